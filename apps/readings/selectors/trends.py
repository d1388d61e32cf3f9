"""Trends: count, minimum, mean and maximum per minute, quarter of an hour or day (UTC), as rolled up: out of rows, and
out of the blocks into which the rows of a day are merged after some days.

One statement reads both: what is being merged at that moment is found in one of them.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any
from uuid import UUID

import msgspec

from apps.core.keyset import Cursor, Page, cut
from apps.core.pagination import bad_cursor
from apps.core.tenancy import current_organization_id
from apps.readings import binary
from apps.readings.blocks import rollups
from apps.readings.quantities import REGISTER, by_number
from apps.readings.selectors.timespan import TimeSpan
from apps.readings.storage import microseconds, moment

# Thirty days by quarters of an hour come in one page.
PAGE_SIZE = 5000
KEY_PARTS = 2
RESOLUTIONS = {"1m": 1, "15m": 15, "1d": 1440}
"""Minutes of a bucket, by name."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_MINUTES_A_DAY = 1440
_NUMBER_BITS = 15

# `bounds`: the part of the span that so many days with blocks cover. Each quantity runs along the index of the rows in
# order of time and stops at the limit: all of them together would be read to the end and sorted for every page.
_TREND = """
WITH edge AS MATERIALIZED (
  SELECT start FROM (
    SELECT DISTINCT b.start FROM readings_rollupblock b
    WHERE b.patient_id = %(patient)s AND b.minutes = %(minutes)s
      AND b.start > %(lower)s - %(day)s AND b.start < %(upper)s AND b.quantity = ANY(%(codes)s::smallint[])
    ORDER BY b.start {direction} LIMIT %(days)s + 1
  ) AS d ORDER BY start {direction} OFFSET %(days)s
), bounds AS MATERIALIZED ({bounds})
SELECT bounds.lower, bounds.upper, found.*
FROM bounds LEFT JOIN (
  (SELECT NULL::bytea AS data, rows.* FROM unnest(%(codes)s::smallint[]) AS wanted (quantity) CROSS JOIN LATERAL (
     SELECT start, quantity, count, minimum, total, maximum FROM readings_rollup r
     WHERE r.organization_id = %(organization)s AND r.patient_id = %(patient)s AND r.minutes = %(minutes)s
       AND r.quantity = wanted.quantity
       AND r.start >= (SELECT lower FROM bounds) AND r.start < (SELECT upper FROM bounds) AND {beyond}
     ORDER BY start {direction} LIMIT %(limit)s
   ) AS rows)
  UNION ALL
  (SELECT b.data, b.start, b.quantity, NULL, NULL, NULL, NULL FROM readings_rollupblock b
   WHERE b.organization_id = %(organization)s AND b.patient_id = %(patient)s AND b.minutes = %(minutes)s
     AND b.start > (SELECT lower FROM bounds) - %(day)s AND b.start < (SELECT upper FROM bounds)
     AND b.quantity = ANY(%(codes)s::smallint[]))
) AS found ON true
"""
_FORWARDS = "SELECT %(lower)s::timestamptz AS lower, coalesce((SELECT start FROM edge), %(upper)s) AS upper"
_BACKWARDS = """
SELECT greatest((SELECT start FROM edge) + %(day)s, %(lower)s) AS lower, %(upper)s::timestamptz AS upper
"""


class Bucket(msgspec.Struct, frozen=True, gc=False):
    """One quantity over one interval that begins at `start`, in the register's unit. Thousands come at once and none
    refers to another: the garbage collector need not look at them, which would pause the process as long as reading."""

    code: str
    start: datetime
    count: int
    minimum: float
    mean: float
    maximum: float


class _Found(msgspec.Struct, frozen=True, gc=False):
    """As rows and blocks have it. `number` is the quantity's."""

    t_us: int
    number: int
    readings: int
    minimum: float
    total: float
    maximum: float

    @property
    def place(self) -> int:
        """In the order of time, and of the quantities at one moment."""
        return self.t_us << _NUMBER_BITS | self.number


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a page asks for: quantities by number, those beyond (start, number), in which direction."""

    patient_id: UUID
    numbers: Collection[int]
    minutes: int
    after: tuple[datetime, int] | None
    backwards: bool

    def beyond(self, found: Iterable[_Found]) -> Iterable[_Found]:
        if self.after is None:
            return found
        at, number = self.after
        place = microseconds(at) << _NUMBER_BITS | number
        return (one for one in found if (one.place < place if self.backwards else one.place > place))


def trend(
    patient_id: UUID,
    *,
    codes: Collection[str],
    minutes: int,
    start: datetime,
    end: datetime,
    cursor: Cursor | None = None,
) -> Page[Bucket]:
    """The buckets that overlap start..end, oldest first, a page of 5,000."""
    wanted = _Wanted(
        patient_id=patient_id,
        numbers=[REGISTER[code].number for code in codes],
        minutes=minutes,
        after=None if cursor is None else _key(cursor),
        backwards=cursor is not None and cursor.backwards,
    )
    span = TimeSpan(floor(start, minutes), end).or_none()
    if span is not None and wanted.after is not None:
        span = span.from_cursor(wanted.after[0], backwards=wanted.backwards)
    found: list[_Found] = []
    # As many days as a page takes if every quantity has every bucket; more where they are sparse.
    days = 1 + PAGE_SIZE * minutes // (_MINUTES_A_DAY * max(1, len(codes)))
    while span is not None and len(found) <= PAGE_SIZE:
        covered, of_part = _part(wanted, span, days)
        found += of_part
        span = span.beyond(covered, backwards=wanted.backwards)
        days *= 2
    rows = [_bucket(one) for one in found[: PAGE_SIZE + 1]]
    return cut(
        rows, size=PAGE_SIZE, cursor=cursor, key=lambda row: (row.start.isoformat(), str(REGISTER[row.code].number))
    )


def floor(at: datetime, minutes: int) -> datetime:
    """The beginning of the bucket that `at` falls into."""
    return at - (at - _EPOCH) % timedelta(minutes=minutes)


def _part(wanted: _Wanted, span: TimeSpan, days: int) -> tuple[TimeSpan, list[_Found]]:
    """The part of a span with so many days of blocks, and its buckets in the cursor's direction: as many as a page
    takes, or all there are."""
    parameters: dict[str, Any] = {
        "organization": current_organization_id(),
        "patient": wanted.patient_id,
        "codes": wanted.numbers,
        "minutes": wanted.minutes,
        "lower": span.lower,
        "upper": span.upper,
        "day": _DAY,
        "days": days,
        "limit": PAGE_SIZE + 1,
    }
    beyond = "true"
    if wanted.after is not None:
        beyond = f"(start, quantity) {'<' if wanted.backwards else '>'} (%(at)s, %(number)s)"
        parameters |= {"at": wanted.after[0], "number": wanted.after[1]}
    sql = _TREND.format(
        beyond=beyond,
        direction="DESC" if wanted.backwards else "ASC",
        bounds=_BACKWARDS if wanted.backwards else _FORWARDS,
    )
    rows = binary.rows(sql, parameters)
    covered = TimeSpan(*rows[0][:2])
    found: list[_Found] = []
    for _, _, data, start, number, *summary in rows:
        if data is not None:
            found += wanted.beyond(_of_block(data, number, covered))
        elif start is not None:
            found.append(_Found(microseconds(start), number, *summary))
    found.sort(key=attrgetter("place"), reverse=wanted.backwards)
    return covered, found


def _of_block(data: bytes, number: int, within: TimeSpan) -> Iterator[_Found]:
    columns = rollups.decode(data)
    lower, upper = microseconds(within.lower), microseconds(within.upper)
    in_it = (columns.t_us >= lower) & (columns.t_us < upper)
    parts = (columns.t_us, columns.count, columns.minimum, columns.total, columns.maximum)
    for t_us, count, minimum, total, maximum in zip(*(part[in_it].tolist() for part in parts), strict=True):
        yield _Found(t_us, number, count, minimum, total, maximum)


def _bucket(found: _Found) -> Bucket:
    return Bucket(
        by_number(found.number).code,
        moment(found.t_us),
        found.readings,
        found.minimum,
        found.total / found.readings,
        found.maximum,
    )


def _key(cursor: Cursor) -> tuple[datetime, int]:
    try:
        at, number = datetime.fromisoformat(cursor.key[0]), int(cursor.key[1])
    except ValueError as error:
        raise bad_cursor() from error
    if at.tzinfo is None or not 0 <= number < 1 << _NUMBER_BITS:
        raise bad_cursor()
    return at, number
