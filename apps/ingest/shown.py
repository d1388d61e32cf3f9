"""Which source of each quantity the screens were last given, by the rule of the current values: two sources do not take
turns, also when two processes take their frames.

The processes tell each other by Redis; while it is away each goes by what it knows.
"""

import logging
import time
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.core.cache import cache
from redis.exceptions import RedisError

from apps.readings.current import of_one_source, replaces
from apps.readings.value import Value

logger = logging.getLogger(__name__)
KEPT: Final = 100_000
TOLD_FOR_S: Final = 60
# A source keeps its place for ten seconds at least: half of that is soon enough to hear of it.
EXCHANGED_EVERY_S: Final = 5.0
SILENT_AFTER_FAILURE_S: Final = 5.0


class Shown:
    """One process's view of it."""

    def __init__(self) -> None:
        self._latest: dict[UUID, dict[str, Value]] = {}
        self._changed: set[UUID] = set()
        self._heard_at: dict[UUID, float] = {}
        self._told_at: dict[UUID, float] = {}
        self._silent_until = 0.0

    def hear(self, patient_ids: Iterable[UUID]) -> None:
        """What others have shown of these patients meanwhile."""
        keys = {_key(patient_id): patient_id for patient_id in self._due(patient_ids, self._heard_at)}
        if not keys:
            return
        try:
            told = cache.get_many(keys)
        except (RedisError, OSError):
            self._fall_silent()
            return
        for key, latest in told.items():
            ours = self._of(keys[key])
            ours.update({code: value for code, value in latest.items() if code not in ours or value.at > ours[code].at})

    def tell(self) -> None:
        """Tell the others what we have shown."""
        changed, self._changed = self._due(self._changed, self._told_at), set()
        if not changed:
            return
        try:
            cache.set_many({_key(patient_id): self._of(patient_id) for patient_id in changed}, TOLD_FOR_S)
        except (RedisError, OSError):
            self._fall_silent()

    def may_draw(self, wave: Value) -> bool:
        """Whether a wave may be drawn: a strip made of two signals would be nobody's. What comes late from the source
        that is shown fills its gap."""
        latest = self._of(wave.patient_id).get(wave.code)
        late = latest is not None and wave.at < latest.at and of_one_source(wave, latest)
        return late or self.take(wave)

    def take(self, value: Value) -> bool:
        """Whether a value may be shown; if so it is the latest now."""
        latest = self._of(value.patient_id)
        if not replaces(value, latest.get(value.code)):
            return False
        latest[value.code] = value
        self._changed.add(value.patient_id)
        return True

    def _due(self, patient_ids: Iterable[UUID], last_at: dict[UUID, float]) -> list[UUID]:
        """Those that were not exchanged lately, noted as exchanged now; none while Redis is away."""
        now = time.monotonic()
        if now < self._silent_until:
            return []
        due = [each for each in patient_ids if now - last_at.get(each, -EXCHANGED_EVERY_S) >= EXCHANGED_EVERY_S]
        last_at.update(dict.fromkeys(due, now))
        return due

    def _of(self, patient_id: UUID) -> dict[str, Value]:
        if len(self._latest) > KEPT:
            for kept in (self._latest, self._heard_at, self._told_at):
                kept.clear()
        return self._latest.setdefault(patient_id, {})

    def _fall_silent(self) -> None:
        logger.debug("cannot tell the others what is shown: the cache is away")
        self._silent_until = time.monotonic() + SILENT_AFTER_FAILURE_S


def _key(patient_id: UUID) -> str:
    return f"ingest:shown:{patient_id}"
