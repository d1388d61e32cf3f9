"""Single readings: out of rows, and out of the blocks (`merged_readings.py`) into which rows are merged in time.

One statement reads rows and blocks of a stretch of time: what is being merged at that moment is found in one of them,
never in both or neither.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from apps.core.keyset import Cursor, Page, cut
from apps.core.pagination import bad_cursor
from apps.core.tenancy import current_organization_id
from apps.readings import binary
from apps.readings.quantities import REGISTER
from apps.readings.selectors.merged_readings import Wanted, readings_of_block
from apps.readings.selectors.names import device_uids
from apps.readings.selectors.raw_reading import Found, RawReading, raw_reading
from apps.readings.selectors.timespan import TimeSpan
from apps.readings.storage import WINDOW

PAGE_SIZE = 1000
KEY_PARTS = 2
# A block is read whole. A page of dense readings needs one; where they are sparse, more are asked for at once.
FIRST_WINDOWS, MOST_WINDOWS = 2, 64

# `bounds`: the part of the stretch that so many windows with blocks cover. Each branch of the rows runs along its index
# in order of time and stops at the limit; `tie` orders what is of one moment.
_READINGS = """
WITH edge AS MATERIALIZED (
  SELECT start FROM (
    SELECT DISTINCT b.start FROM readings_valueblock b
    WHERE b.organization_id = %(organization)s AND b.patient_id = %(patient)s
      AND b.start > %(lower)s - %(window)s AND b.start < %(upper)s AND b.codes && %(codes)s::smallint[]
    ORDER BY b.start {direction} LIMIT %(windows)s + 1
  ) AS w ORDER BY start {direction} OFFSET %(windows)s
), bounds AS MATERIALIZED ({bounds})
SELECT bounds.lower, bounds.upper, found.*
FROM bounds LEFT JOIN (
  (SELECT NULL::bytea AS data, t, code, number, origin, quality, device_id, tie FROM (
     SELECT f.t, v.code, v.number, f.origin, 1.0::double precision AS quality, f.device_id,
            concat_ws(' ', lpad(v.code::text, 5, '0'), 'f', f.device_id, f.boot, f.seq) COLLATE "C" AS tie
     FROM readings_frame f CROSS JOIN LATERAL unnest(f.value_codes, f.value_numbers) AS v (code, number)
     WHERE f.organization_id = %(organization)s AND f.patient_id = %(patient)s
       AND f.t >= (SELECT lower FROM bounds) AND f.t < (SELECT upper FROM bounds)
       AND v.code = ANY(%(codes)s)) AS measured
   WHERE {beyond} ORDER BY t {direction}, tie {direction} LIMIT %(limit)s)
  UNION ALL
  (SELECT NULL, t, code, number, origin, quality, device_id, tie FROM (
     SELECT r.t, v.code, v.number, r.origin, v.quality, v.device_id,
            concat_ws(' ', lpad(v.code::text, 5, '0'), 'd', v.device_id) COLLATE "C" AS tie
     FROM readings_derived r
     CROSS JOIN LATERAL unnest(r.value_codes, r.value_numbers, r.qualities, r.device_ids)
       AS v (code, number, quality, device_id)
     WHERE r.organization_id = %(organization)s AND r.patient_id = %(patient)s
       AND r.t >= (SELECT lower FROM bounds) AND r.t < (SELECT upper FROM bounds)
       AND v.code = ANY(%(codes)s)) AS derived
   WHERE {beyond} ORDER BY t {direction}, tie {direction} LIMIT %(limit)s)
  UNION ALL
  (SELECT NULL, t, quantity, value, origin, quality, device_id, tie FROM (
     SELECT o.at AS t, o.quantity, o.value, 2::smallint AS origin, 1.0::double precision AS quality,
            NULL::uuid AS device_id, concat_ws(' ', lpad(o.quantity::text, 5, '0'), 'h', o.id) COLLATE "C" AS tie
     FROM readings_observation o
     WHERE o.organization_id = %(organization)s AND o.patient_id = %(patient)s AND o.in_error_at IS NULL
       AND o.at >= (SELECT lower FROM bounds) AND o.at < (SELECT upper FROM bounds)
       AND o.quantity = ANY(%(codes)s)) AS entered
   WHERE {beyond} ORDER BY t {direction}, tie {direction} LIMIT %(limit)s)
  UNION ALL
  (SELECT b.data, b.start, NULL, NULL, NULL, NULL, b.device_id, NULL FROM readings_valueblock b
   WHERE b.organization_id = %(organization)s AND b.patient_id = %(patient)s
     AND b.start > (SELECT lower FROM bounds) - %(window)s AND b.start < (SELECT upper FROM bounds)
     AND b.codes && %(codes)s::smallint[])
) AS found ON true
"""
_FORWARDS = "SELECT %(lower)s::timestamptz AS lower, coalesce((SELECT start FROM edge), %(upper)s) AS upper"
_BACKWARDS = """
SELECT greatest((SELECT start FROM edge) + %(window)s, %(lower)s) AS lower, %(upper)s::timestamptz AS upper
"""


def raw_readings(
    patient_id: UUID, *, codes: Collection[str], start: datetime, end: datetime, cursor: Cursor | None = None
) -> Page[RawReading]:
    """Readings of these quantities at start <= at < end, oldest first, a page of 1,000."""
    wanted = Wanted(
        codes=[REGISTER[code].number for code in codes],
        after=None if cursor is None else (_moment(cursor), cursor.key[1]),
        backwards=cursor is not None and cursor.backwards,
        limit=PAGE_SIZE + 1,
    )
    span = TimeSpan(start, end).or_none()
    if span is not None and wanted.after is not None:
        span = span.from_cursor(wanted.after[0], backwards=wanted.backwards)
    found: list[Found] = []
    windows = FIRST_WINDOWS
    while span is not None and len(found) <= PAGE_SIZE:
        covered, of_part = _part(patient_id, wanted, span, windows)
        found += of_part
        span = span.beyond(covered, backwards=wanted.backwards)
        windows = min(2 * windows, MOST_WINDOWS)
    uids = device_uids(one.device_id for one in found[: PAGE_SIZE + 1] if one.device_id)
    rows = [raw_reading(one, uids) for one in found[: PAGE_SIZE + 1]]
    return cut(rows, size=PAGE_SIZE, cursor=cursor, key=lambda row: (row.at.isoformat(), row.tie))


def _part(patient_id: UUID, wanted: Wanted, span: TimeSpan, windows: int) -> tuple[TimeSpan, list[Found]]:
    """The part of a span with so many windows of blocks, and its readings in the cursor's direction: as many as are
    wanted, or all there are."""
    parameters: dict[str, Any] = {
        "organization": current_organization_id(),
        "patient": patient_id,
        "codes": wanted.codes,
        "lower": span.lower,
        "upper": span.upper,
        "window": WINDOW,
        "windows": windows,
        "limit": wanted.limit,
    }
    beyond = "true"
    if wanted.after is not None:
        beyond = f"(t, tie) {'<' if wanted.backwards else '>'} (%(at)s, %(tie)s)"
        parameters |= {"at": wanted.after[0], "tie": wanted.after[1]}
    sql = _READINGS.format(
        beyond=beyond,
        direction="DESC" if wanted.backwards else "ASC",
        bounds=_BACKWARDS if wanted.backwards else _FORWARDS,
    )
    rows = binary.rows(sql, parameters)
    lower, upper = rows[0][:2]
    found: list[Found] = []
    for _, _, data, t, number, value, origin, quality, device_id, tie in rows:
        if data is not None:
            found += readings_of_block(data, device_id, wanted, lower=lower, upper=upper)
        elif t is not None:
            found.append(Found(t, tie, number, value, origin, quality, device_id))
    found.sort(key=lambda reading: reading.key, reverse=wanted.backwards)
    return TimeSpan(lower, upper), found


def _moment(cursor: Cursor) -> datetime:
    try:
        at = datetime.fromisoformat(cursor.key[0])
    except ValueError as error:
        raise bad_cursor() from error
    if at.tzinfo is None or "\0" in cursor.key[1]:
        raise bad_cursor()
    return at
