"""Which current value each parameter of NEWS2 goes by, and whether it may still be used.

A value that a sensor gives all the time is used for five minutes. What is taken now and then, by hand or by a cuff, is
used for six hours: the longest that the Royal College of Physicians leaves between two observations of anybody who
scores at all. After that the parameter counts as missing, however good the value was. So does a value of a poor signal.
Skin temperature is no body temperature and is not used.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from apps.core.arrays import any_of
from apps.readings.current import GOOD_QUALITY
from apps.readings.models import CurrentValue
from apps.readings.origin import Origin
from apps.readings.quantities import REGISTER

CONTINUOUS_HOLDS: Final = timedelta(minutes=5)
SPOT_HOLDS: Final = timedelta(hours=6)
SPOT_FROM_S: Final = 3_600.0
"""A quantity expected this seldom is taken now and then, whoever takes it."""
ROOM_AIR_PERCENT: Final = 21.0
CODES: Final[Mapping[str, tuple[str, ...]]] = {
    "respiratory_rate": ("respiratory_rate",),
    "spo2": ("spo2",),
    "supplemental_oxygen": ("supplemental_oxygen", "inspired_oxygen"),
    "systolic_pressure": ("systolic_pressure",),
    "heart_rate": ("heart_rate", "pulse_rate"),
    "consciousness": ("consciousness",),
    "temperature": ("core_temperature",),
}
"""By parameter, the quantities it may go by, best first; of oxygen's two the later one decides."""
NEEDED: Final = frozenset(code for codes in CODES.values() for code in codes)


class Use(StrEnum):
    USED = "used"
    STALE = "stale"
    POOR = "poor"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Input:
    """One parameter's value as it stands; `value` is what is scored, None unless `use` is `used`."""

    use: Use
    value: float | None = None
    row: CurrentValue | None = None


Values = Mapping[str, CurrentValue]


def current_values(patient_ids: Collection[UUID]) -> dict[UUID, dict[str, CurrentValue]]:
    """The values that NEWS2 looks at, by patient and code, by one query."""
    found: dict[UUID, dict[str, CurrentValue]] = {patient_id: {} for patient_id in patient_ids}
    for row in CurrentValue.objects.filter(any_of("patient_id", patient_ids), code__in=NEEDED):
        found[row.patient_id][row.code] = row
    return found


def inputs(values: Values, now: datetime) -> dict[str, Input]:
    """Every parameter of NEWS2."""
    return {name: _input(name, values, now) for name in CODES}


def _input(parameter: str, values: Values, now: datetime) -> Input:
    rows = [values[code] for code in CODES[parameter] if code in values]
    if parameter == "supplemental_oxygen":
        rows.sort(key=lambda row: (row.at, _oxygen(row)), reverse=True)
    judged = [Input(_use(row, now), row=row) for row in rows]
    best = next((each for each in judged if each.use is Use.USED), judged[0] if judged else Input(Use.MISSING))
    if best.use is not Use.USED or best.row is None:
        return best
    value = _oxygen(best.row) if parameter == "supplemental_oxygen" else best.row.value
    return Input(Use.USED, value, best.row)


def _oxygen(row: CurrentValue) -> float:
    """Whether oxygen is given, as a number above 0."""
    return max(0.0, row.value - ROOM_AIR_PERCENT) if row.code == "inspired_oxygen" else row.value


def _use(row: CurrentValue, now: datetime) -> Use:
    if row.quality < GOOD_QUALITY:
        return Use.POOR
    spot = row.origin == Origin.MANUAL or REGISTER[row.code].expected_interval_s >= SPOT_FROM_S
    return Use.USED if now - row.at <= (SPOT_HOLDS if spot else CONTINUOUS_HOLDS) else Use.STALE
