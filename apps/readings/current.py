"""The current value of each quantity of each patient: latest by event time, from one source at a time.

Two sources of one quantity do not take turns on the screen: the one that is shown stays until a better one speaks, or
until it has been silent for longer than the register expects. Whoever wants its place must be clearly good, not just
good enough, or a signal about the limit would come and go.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from apps.core.arrays import any_of
from apps.core.rows import write
from apps.core.tenancy import bound_organization_id
from apps.readings.models import CurrentValue
from apps.readings.origin import Origin
from apps.readings.quantities import REGISTER
from apps.readings.value import Value

HOLDS_FOR_INTERVALS = 5
HOLDS_AT_LEAST = timedelta(seconds=10)
GOOD_QUALITY = 0.5
CLEARLY_GOOD = 0.7
_KEEP: Final = """
INSERT INTO readings_currentvalue AS former
    (id, organization_id, patient_id, code, value, at, origin, source, quality, device_uid)
SELECT gen_random_uuid(), %s, row.*
FROM json_to_recordset(%s) AS row (patient_id uuid, code text, value float8, at timestamptz, origin smallint,
                                   source text, quality float8, device_uid text)
ON CONFLICT (organization_id, patient_id, code) DO UPDATE
SET (value, at, origin, source, quality, device_uid) =
    (EXCLUDED.value, EXCLUDED.at, EXCLUDED.origin, EXCLUDED.source, EXCLUDED.quality, EXCLUDED.device_uid)
"""

# What was measured of the person comes before a recording, and a recording before a body that is made up.
_NOT_MEASURED = {Origin.REPLAYED: 1, Origin.SIMULATED: 2}

Key = tuple[UUID, str]


class Shown(NamedTuple):
    """What the choice between two sources needs of the value that is shown."""

    patient_id: UUID
    code: str
    at: datetime
    origin: int
    source: str
    quality: float
    device_uid: str


def keep_current(values: Iterable[Value]) -> list[Value]:
    """Bring the current values up to date with these, of any order and number. Those that are shown now."""
    offered = sorted(values, key=lambda value: value.at)
    shown = _shown(offered)
    changed: dict[Key, Value] = {}
    for value in offered:
        key = (value.patient_id, value.code)
        if replaces(value, changed.get(key) or shown.get(key)):
            changed[key] = value
    kept = [changed[key] for key in sorted(changed)]
    write(_KEEP, kept, bound_organization_id())
    return kept


def replaces(value: Value, shown: Shown | Value | None) -> bool:
    """Whether a value takes the place of the one that is shown."""
    if shown is None:
        return True
    if value.at < shown.at:
        return False
    if of_one_source(value, shown):
        return True
    better = _rank(value, CLEARLY_GOOD) < _rank(shown, GOOD_QUALITY)
    return better or value.at - shown.at > _hold(value.code)


def of_one_source(value: Value, shown: Shown | Value) -> bool:
    """A device that is replayed is not the source that it is by itself."""
    return (value.device_uid, value.source, value.origin) == (shown.device_uid, shown.source, shown.origin)


def _rank(of: Value | Shown, good: float) -> tuple[bool, int, int]:
    """Lower is better: a signal of `good` quality before a poor one, a measured one before others, then
    the register's order."""
    return of.quality < good, _NOT_MEASURED.get(Origin(of.origin), 0), REGISTER[of.code].source_rank(of.source)


def _hold(code: str) -> timedelta:
    return max(HOLDS_AT_LEAST, timedelta(seconds=REGISTER[code].expected_interval_s * HOLDS_FOR_INTERVALS))


def _shown(offered: Iterable[Value]) -> dict[Key, Shown]:
    patient_ids, codes = {value.patient_id for value in offered}, {value.code for value in offered}
    if not patient_ids:
        return {}
    rows = CurrentValue.objects.filter(any_of("patient_id", patient_ids), code__in=codes)
    return {(row[0], row[1]): Shown(*row) for row in rows.values_list(*Shown._fields)}
