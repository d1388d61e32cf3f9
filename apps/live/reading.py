"""What a live connection reads from the database: a snapshot when it begins, then what happened since. Synchronous,
each within a binding of its own."""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from apps.accounts.actor import Actor
from apps.alerts.models import AlertTransition, State
from apps.alerts.selectors import as_json, latest_cursor, open_alerts, settled_transitions, transitions_after
from apps.core.tenancy import bind
from apps.ingest.models import Shard
from apps.live.authorise import Credentials, Sight, SignedOutError, identify, note_reading, sight
from apps.live.protocol import Wanted
from apps.readings.selectors import Vital, vitals_of
from apps.scores.news2 import news2_by_id
from apps.scores.telling import score_message
from apps.twin.selectors import twins_of

ALARMS_RUN_WITHIN: Final = timedelta(seconds=5)
# What changes of an open alert without a transition (its text) is not urgent, and to find it all of them are read.
COMPARED_EVERY: Final = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class AlertFrame:
    """An alert as it goes out. `cursor` says where the client stands once it has it."""

    patient: str
    cursor: int
    alert: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Admission:
    """Who is there, and whom they see now. Nobody and nothing, before anybody has asked."""

    actor: Actor | None = None
    sight: Sight = field(default_factory=Sight)

    @property
    def user_id(self) -> UUID:
        return self._known.user_id

    @property
    def organization_id(self) -> UUID:
        return self._known.organization_id

    @property
    def _known(self) -> Actor:
        if self.actor is None:
            raise SignedOutError
        return self.actor

    def bind(self) -> AbstractContextManager[None]:
        return bind(self.organization_id, user_id=self.user_id)

    def note_reading(self, patient_ids: Collection[UUID]) -> None:
        note_reading(self._known, patient_ids)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The alerts are not in it: they come by `news`, which gives every open one that has not been sent."""

    cursor: int
    vitals: dict[UUID, list[Vital]]
    twins: dict[UUID, dict[str, Any]]
    scores: list[dict[str, Any]]


@dataclass(slots=True)
class Position:
    """How far a connection has read. `ahead`: transitions beyond the cursor that went out already (see
    `Transitions.unsettled`). `shown`: each open alert as it was last sent, by id; `compared_at`: when they were last
    held against what is in the database, None if they have to be at once."""

    cursor: int = 0
    ahead: set[int] = field(default_factory=set)
    shown: dict[str, dict[str, Any]] = field(default_factory=dict)
    compared_at: datetime | None = None

    def begin(self, cursor: int) -> None:
        """There is somebody new to see: from the present on, or from where it was."""
        self.cursor, self.compared_at = self.cursor or cursor, None

    def is_to_compare(self, now: datetime) -> bool:
        return self.compared_at is None or now - self.compared_at >= COMPARED_EVERY

    def reach(self, found: "News") -> None:
        """Go on to where this news was read, and sent."""
        self.cursor, self.ahead = found.cursor, found.ahead
        self.compared_at = found.compared_at or self.compared_at
        for frame in found.frames:
            if frame.alert["state"] == State.RESOLVED:
                self.shown.pop(frame.alert["id"], None)
            else:
                self.shown[frame.alert["id"]] = frame.alert


@dataclass(frozen=True, slots=True)
class News:
    frames: list[AlertFrame]
    cursor: int
    ahead: set[int]
    more: bool
    compared_at: datetime | None
    alarms: str
    """Why the alarms of these patients do not run; empty if they do."""


def admit(credentials: Credentials, wanted: Collection[Wanted]) -> Admission:
    """Check who is there and whether they may see all that they want. Raises SignedOutError, NotAllowed."""
    actor = identify(credentials)
    with bind(actor.organization_id, user_id=actor.user_id):
        return Admission(actor, sight(actor, wanted))


def snapshot(admission: Admission, patient_ids: Collection[UUID], now: datetime) -> Snapshot:
    """What a client must know of these patients to begin with, and the note that it was read."""
    clinical = admission.sight.clinical & set(patient_ids)
    with admission.bind():
        admission.note_reading(clinical)
        scores = [score_message(patient_id, shown) for patient_id, shown in news2_by_id(clinical, now=now).items()]
        return Snapshot(latest_cursor(), vitals_of(clinical, now=now), twins_of(clinical, now=now), scores)


def note_again(admission: Admission) -> None:
    """A connection that stays open is noted in the audit trail from time to time."""
    with admission.bind():
        admission.note_reading(admission.sight.clinical)


def news(admission: Admission, position: Position, now: datetime) -> News:
    """What happened to the alerts since a position, and whether the alarms run."""
    seen, comparing = admission.sight, position.is_to_compare(now)
    with admission.bind():
        # Read before the transitions: no cursor among these may lie beyond what the transitions have told.
        opened = list(_open(seen.alerted, seen.kinds)) if comparing else []
        page = transitions_after(position.cursor)
        frames = [_frame(row, row.pk) for row in page.settled if _concerns(row, seen)]
        # These go out at once, under a cursor that does not pass what may still be committed before them.
        frames += [
            _frame(row, page.cursor) for row in page.unsettled if _concerns(row, seen) and row.pk not in position.ahead
        ]
        compared_at = now if comparing and not page.more else None
        if compared_at:
            frames += _changed(opened, frames, position)
        ahead = {row.pk for row in page.unsettled}
        return News(frames, page.cursor, ahead, page.more, compared_at, _alarms(seen, now))


def _changed(opened: Sequence[AlertFrame], frames: Sequence[AlertFrame], position: Position) -> list[AlertFrame]:
    """The open alerts that look different from what was last sent of them, without a transition that says so."""
    told = {frame.alert["id"] for frame in frames}
    return [
        frame
        for frame in opened
        if frame.alert["id"] not in told and frame.alert != position.shown.get(frame.alert["id"])
    ]


def _open(patient_ids: Collection[UUID], kinds: Collection[str]) -> Iterator[AlertFrame]:
    alerts = open_alerts(patient_ids, kinds)
    settled = settled_transitions(alerts)
    for alert in alerts:
        yield AlertFrame(str(alert.patient_id), settled.get(alert.pk, 0), as_json(alert))


def _concerns(row: AlertTransition, seen: Sight) -> bool:
    """Pending conditions, and those that ended pending, are nobody's to see."""
    shown = row.state != State.PENDING and row.alert.activated_at is not None
    return shown and row.patient_id in seen.alerted and row.alert.kind in seen.kinds


def _frame(row: AlertTransition, cursor: int) -> AlertFrame:
    return AlertFrame(str(row.patient_id), cursor, as_json(row.alert, state=row.state))


def _alarms(seen: Sight, now: datetime) -> str:
    """The watchdog: every shard of these patients must have been ticked just now."""
    if not seen.shards:
        return ""
    ticks = Shard.objects.filter(number__in=seen.shards, ticked_at__isnull=False)
    ticked = [at for at in ticks.values_list("ticked_at", flat=True) if at]
    if len(ticked) < len(seen.shards):
        return "the alarm engine has not started"
    if now - min(ticked) > ALARMS_RUN_WITHIN:
        return "the alarm engine has stopped"
    return ""


class Watchdog:
    """When a client is to be told how the alarms are: when it changed, and every so often, so that silence tells."""

    def __init__(self, every_s: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._every_s = every_s
        self._monotonic = monotonic
        self._said: str | None = None
        self._said_at = 0.0

    def is_news(self, alarms: str) -> bool:
        if alarms == self._said and self._monotonic() - self._said_at < self._every_s:
            return False
        self._said, self._said_at = alarms, self._monotonic()
        return True
