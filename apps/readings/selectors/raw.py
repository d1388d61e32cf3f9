"""Single readings, from the value arrays of frames and of what was derived."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from apps.core.keyset import Cursor, Page, cut
from apps.core.pagination import bad_cursor
from apps.core.tenancy import current_organization_id
from apps.readings.origin import Origin
from apps.readings.quantities import REGISTER, by_number

PAGE_SIZE = 1000
KEY_PARTS = 2

# Each branch runs along its index in order of time and stops at the limit; `tie` orders what is of one moment.
_READINGS = """
SELECT reading.t, reading.code, reading.number, reading.origin, reading.quality, device.uid, reading.tie
FROM (
  (SELECT * FROM (
     SELECT f.t, v.code, v.number, f.origin, 1.0::double precision AS quality, f.device_id,
            concat_ws(' ', lpad(v.code::text, 5, '0'), 'f', f.device_id, f.boot, f.seq) COLLATE "C" AS tie
     FROM readings_frame f CROSS JOIN LATERAL unnest(f.value_codes, f.value_numbers) AS v (code, number)
     WHERE f.organization_id = %(organization)s AND f.patient_id = %(patient)s
       AND f.t >= %(start)s AND f.t < %(end)s AND v.code = ANY(%(codes)s)) AS measured
   WHERE {beyond} ORDER BY t {direction}, tie {direction} LIMIT %(limit)s)
  UNION ALL
  (SELECT * FROM (
     SELECT r.t, v.code, v.number, r.origin, v.quality, v.device_id,
            concat_ws(' ', lpad(v.code::text, 5, '0'), 'd', v.device_id) COLLATE "C" AS tie
     FROM readings_derived r
     CROSS JOIN LATERAL unnest(r.value_codes, r.value_numbers, r.qualities, r.device_ids)
       AS v (code, number, quality, device_id)
     WHERE r.organization_id = %(organization)s AND r.patient_id = %(patient)s
       AND r.t >= %(start)s AND r.t < %(end)s AND v.code = ANY(%(codes)s)) AS derived
   WHERE {beyond} ORDER BY t {direction}, tie {direction} LIMIT %(limit)s)
  UNION ALL
  (SELECT * FROM (
     SELECT o.at AS t, o.quantity, o.value, 2::smallint, 1.0::double precision, NULL::uuid,
            concat_ws(' ', lpad(o.quantity::text, 5, '0'), 'h', o.id) COLLATE "C" AS tie
     FROM readings_observation o
     WHERE o.organization_id = %(organization)s AND o.patient_id = %(patient)s AND o.in_error_at IS NULL
       AND o.at >= %(start)s AND o.at < %(end)s AND o.quantity = ANY(%(codes)s)) AS entered
   WHERE {beyond} ORDER BY t {direction}, tie {direction} LIMIT %(limit)s)
) AS reading
LEFT JOIN devices_device device ON device.id = reading.device_id
ORDER BY reading.t {direction}, reading.tie {direction} LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class RawReading:
    """One number at one moment, in the register's unit. `device` is a uid."""

    code: str
    value: float
    unit: str
    at: datetime
    origin: str
    quality: float
    device: str | None
    tie: str


def raw_readings(
    patient_id: UUID, *, codes: Collection[str], start: datetime, end: datetime, cursor: Cursor | None = None
) -> Page[RawReading]:
    """Readings of these quantities at start <= at < end, oldest first, a page of 1,000."""
    backwards = cursor is not None and cursor.backwards
    parameters: dict[str, Any] = {
        "organization": current_organization_id(),
        "patient": patient_id,
        "codes": [REGISTER[code].number for code in codes],
        "start": start,
        "end": end,
        "limit": PAGE_SIZE + 1,
    }
    beyond = "true"
    if cursor is not None:
        at, tie = _moment(cursor), cursor.key[1]
        # The row comparison alone would not be used as a bound of the index.
        beyond = f"t {'<=' if backwards else '>='} %(at)s AND (t, tie) {'<' if backwards else '>'} (%(at)s, %(tie)s)"
        parameters |= {"at": at, "tie": tie}
    with connection.cursor() as sql:
        sql.execute(_READINGS.format(beyond=beyond, direction="DESC" if backwards else "ASC"), parameters)
        rows = [_reading(row) for row in sql.fetchall()]
    return cut(rows, size=PAGE_SIZE, cursor=cursor, key=lambda row: (row.at.isoformat(), row.tie))


def _moment(cursor: Cursor) -> datetime:
    try:
        at = datetime.fromisoformat(cursor.key[0])
    except ValueError as error:
        raise bad_cursor() from error
    if at.tzinfo is None or "\0" in cursor.key[1]:
        raise bad_cursor()
    return at


def _reading(row: tuple[Any, ...]) -> RawReading:
    at, number, value, origin, quality, uid, tie = row
    quantity = by_number(number)
    return RawReading(quantity.code, value, quantity.unit, at, Origin(origin).label, round(quality, 3), uid, tie)
