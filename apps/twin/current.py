"""The current values that judgement and inputs of the twin go by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from apps.readings.current import Current, current_values
from apps.readings.late import LATE_AFTER_S
from apps.readings.quantities import REGISTER
from apps.twin.evidence import CODES
from apps.twin.organs import NEEDED, Measured

OXYGEN: Final = ("supplemental_oxygen", "inspired_oxygen")
NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
FAST: Final = tuple(code for code in CODES if REGISTER[code].expected_interval_s <= 10.0)
SETTLED: Final = (timedelta(seconds=8), timedelta(seconds=30), timedelta(seconds=LATE_AFTER_S))
"""Few steps, so that the bodies of a shard stay together."""
READ: Final = tuple({*CODES, *NEEDED, *OXYGEN})


@dataclass(slots=True)
class Vitals:
    """Of one patient, by code."""

    values: dict[str, Measured] = field(default_factory=dict)

    @property
    def latest_at(self) -> datetime:
        """When a sensor of the twin last had anything to say."""
        return max((self.values[code].at for code in CODES if code in self.values), default=NEVER)


def settled_after(vitals: Vitals, now: datetime) -> timedelta:
    """How far behind the clock a patient's body lives: so long that what was measured has come by then. What the
    slowest of their sensors needs; who is later than a minute is late, and sends the body back."""
    waits = [
        now - measured.at - timedelta(seconds=REGISTER[code].expected_interval_s)
        for code, measured in vitals.values.items()
        if code in FAST
    ]
    waited = max((wait for wait in waits if wait <= SETTLED[-1]), default=SETTLED[0])
    return next(enough for enough in SETTLED if waited <= enough)


def measured(current: Mapping[str, Current], codes: Iterable[str]) -> dict[str, Measured]:
    """Those of a patient's current values that are of these codes."""
    found = ((code, current.get(code)) for code in codes)
    return {code: Measured(value.value, value.at, value.quality) for code, value in found if value}


def current_vitals(patient_ids: Iterable[UUID]) -> dict[UUID, Vitals]:
    """Of each of these patients, by one query."""
    patient_ids = list(patient_ids)
    current = current_values(patient_ids)
    return {patient_id: Vitals(measured(current.get(patient_id, {}), READ)) for patient_id in patient_ids}
