"""The current value of each quantity of each patient: latest by event time, from one source at a time.

Two sources of one quantity do not take turns on the screen: the one that is shown stays until a better one speaks, or
until it has been silent for longer than the register expects. Whoever wants its place must be clearly good, not just
good enough, or a signal about the limit would come and go.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import repeat
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection

from apps.core.rows import write
from apps.core.tenancy import bound_organization_id
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

# A row per patient: a tick reads some thousand values, and the driver takes longer for a row than for a cell.
_READ: Final = """
SELECT patient_id, array_agg(code), array_agg(value), array_agg(extract(epoch FROM at)::float8), array_agg(origin),
       array_agg(source), array_agg(quality), array_agg(device_uid)
FROM readings_currentvalue WHERE organization_id = %s AND patient_id = ANY(%s) GROUP BY patient_id
"""

# What was measured of the person comes before a recording, and a recording before a body that is made up.
_NOT_MEASURED = {Origin.REPLAYED: 1, Origin.SIMULATED: 2}


class Current(NamedTuple):
    """The value of a quantity of a patient that is shown."""

    code: str
    value: float
    at: datetime
    origin: int
    source: str
    quality: float
    device_uid: str


Currents = dict[UUID, dict[str, Current]]
"""By patient and code."""


def current_values(patient_ids: Iterable[UUID]) -> Currents:
    """The current values of these patients, of each who has any; within a binding to their organization."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, [bound_organization_id(), list(patient_ids)])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return {row[0]: dict(zip(row[1], _currents(*row[1:]), strict=True)) for row in rows}


def _currents(
    codes: Sequence[str], values: Sequence[float], epochs_s: Sequence[float], *others: Sequence[Any]
) -> Iterable[Current]:
    return map(Current, codes, values, map(datetime.fromtimestamp, epochs_s, repeat(UTC)), *others)


def keep_current(values: Iterable[Value], current: Currents | None = None) -> list[Value]:
    """Bring the current values up to date with these, of any order and number. Those that are shown now.

    `current`: what they were, which is brought up to date as the rows are; else it is read.
    """
    offered = sorted(values, key=lambda value: value.at)
    if current is None:
        current = current_values({value.patient_id for value in offered})
    changed: dict[tuple[UUID, str], Value] = {}
    for value in offered:
        own = current.setdefault(value.patient_id, {})
        if replaces(value, own.get(value.code)):
            own[value.code] = _shown(value)
            changed[value.patient_id, value.code] = value
    kept = [changed[key] for key in sorted(changed)]
    write(_KEEP, kept, bound_organization_id())
    return kept


def _shown(value: Value) -> Current:
    return Current(value.code, value.value, value.at, value.origin, value.source, value.quality, value.device_uid)


def replaces(value: Value, shown: Current | Value | None) -> bool:
    """Whether a value takes the place of the one that is shown."""
    if shown is None:
        return True
    if value.at < shown.at:
        return False
    if of_one_source(value, shown):
        return True
    better = _rank(value, CLEARLY_GOOD) < _rank(shown, GOOD_QUALITY)
    return better or value.at - shown.at > _hold(value.code)


def of_one_source(value: Value, shown: Current | Value) -> bool:
    """A device that is replayed is not the source that it is by itself."""
    return (value.device_uid, value.source, value.origin) == (shown.device_uid, shown.source, shown.origin)


def _rank(of: Value | Current, good: float) -> tuple[bool, int, int]:
    """Lower is better: a signal of `good` quality before a poor one, a measured one before others, then
    the register's order."""
    return of.quality < good, _NOT_MEASURED.get(Origin(of.origin), 0), REGISTER[of.code].source_rank(of.source)


def _hold(code: str) -> timedelta:
    return max(HOLDS_AT_LEAST, timedelta(seconds=REGISTER[code].expected_interval_s * HOLDS_FOR_INTERVALS))
