"""Trends: count, minimum, mean and maximum per minute, quarter of an hour or day (UTC), as rolled up."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from apps.core.keyset import Cursor, Page, cut
from apps.core.pagination import bad_cursor
from apps.core.tenancy import current_organization_id
from apps.readings.quantities import REGISTER, by_number

# Thirty days by quarters of an hour come in one page.
PAGE_SIZE = 5000
KEY_PARTS = 2
RESOLUTIONS = {"1m": 1, "15m": 15, "1d": 1440}
"""Minutes of a bucket, by name."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_TREND = """
SELECT quantity, start, count, minimum, total / count, maximum FROM readings_rollup
WHERE organization_id = %(organization)s AND patient_id = %(patient)s AND minutes = %(minutes)s
  AND quantity = ANY(%(codes)s) AND start >= %(start)s AND start < %(end)s AND {beyond}
ORDER BY start {direction}, quantity {direction} LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Bucket:
    """One quantity over one interval that begins at `start`, in the register's unit."""

    code: str
    start: datetime
    count: int
    minimum: float
    mean: float
    maximum: float


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
    backwards = cursor is not None and cursor.backwards
    parameters: dict[str, Any] = {
        "organization": current_organization_id(),
        "patient": patient_id,
        "minutes": minutes,
        "codes": [REGISTER[code].number for code in codes],
        "start": floor(start, minutes),
        "end": end,
        "limit": PAGE_SIZE + 1,
    }
    beyond = "true"
    if cursor is not None:
        parameters |= _bounds(cursor)
        beyond = f"(start, quantity) {'<' if backwards else '>'} (%(at)s, %(number)s)"
    with connection.cursor() as sql:
        sql.execute(_TREND.format(beyond=beyond, direction="DESC" if backwards else "ASC"), parameters)
        rows = [Bucket(by_number(number).code, *rest) for number, *rest in sql.fetchall()]
    return cut(
        rows, size=PAGE_SIZE, cursor=cursor, key=lambda row: (row.start.isoformat(), str(REGISTER[row.code].number))
    )


def floor(at: datetime, minutes: int) -> datetime:
    """The beginning of the bucket that `at` falls into."""
    return at - (at - _EPOCH) % timedelta(minutes=minutes)


def _bounds(cursor: Cursor) -> dict[str, Any]:
    try:
        at, number = datetime.fromisoformat(cursor.key[0]), int(cursor.key[1])
    except ValueError as error:
        raise bad_cursor() from error
    if at.tzinfo is None or not 0 <= number < 2**15:
        raise bad_cursor()
    return {"at": at, "number": number}
