"""Rollups that are some days old move into blocks, a day each, and back where late data comes to such a day.

Rows are written as time goes by, those of one patient far from each other; a month of one vital would be read from as
many places as it has buckets. A block holds a day of them in one. Days stay rows: there is one of each.

A day is merged and taken apart in one transaction each, and never both at once (`move_alone`, `hold_still`): a day of a
patient is all rows or all blocks. Whoever makes a minute anew takes its day apart first.
"""

import time
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from math import inf
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection

from apps.core.clock import SYSTEM_CLOCK, Clock
from apps.core.tenancy import bind, bound_organization_id
from apps.readings import binary
from apps.readings.blocks import rollups
from apps.readings.blocks.rollups import RollupColumns
from apps.readings.quantities import REGISTER
from apps.readings.storage import EPOCH, microseconds, moment, move_alone

DAY = timedelta(days=1)
MERGE_AFTER = timedelta(days=2)
MERGED_MINUTES = [1, 15]
AT_ONCE = 200
_QUANTITIES = [quantity.number for quantity in REGISTER.values()]

PatientDay = tuple[UUID, datetime]

# Per patient, quantity and resolution one look along the index for each day that holds something.
_DUE = """
WITH RECURSIVE due (patient_id, quantity, minutes, upto) AS (
  SELECT p.id, q.number, m.minutes, %(beginning)s::timestamptz
  FROM patients_patient p CROSS JOIN unnest(%(quantities)s::smallint[]) AS q (number)
  CROSS JOIN unnest(%(minutes)s::smallint[]) AS m (minutes)
  UNION ALL
  SELECT due.patient_id, due.quantity, due.minutes, date_bin(%(day)s, next.start, %(beginning)s) + %(day)s
  FROM due CROSS JOIN LATERAL (
    SELECT r.start FROM readings_rollup r
    WHERE r.patient_id = due.patient_id AND r.quantity = due.quantity AND r.minutes = due.minutes
      AND r.start >= due.upto AND r.start < %(before)s
    ORDER BY r.start LIMIT 1
  ) AS next
)
SELECT DISTINCT patient_id, upto - %(day)s FROM due WHERE upto > %(beginning)s
"""
_TAKE_ROWS = """
DELETE FROM readings_rollup
WHERE patient_id = %(patient)s AND quantity = ANY(%(quantities)s) AND minutes = ANY(%(minutes)s)
  AND start >= %(start)s AND start < %(end)s
RETURNING quantity, minutes, start, count, minimum, total, maximum
"""
_PUT_BLOCK = """
INSERT INTO readings_rollupblock (organization_id, patient_id, quantity, minutes, start, entries, data)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
_TAKE_BLOCKS = """
DELETE FROM readings_rollupblock b
USING unnest(%(patients)s::uuid[], %(days)s::timestamptz[]) AS apart (patient_id, start)
WHERE b.patient_id = apart.patient_id AND b.start = apart.start AND b.minutes = ANY(%(minutes)s)
RETURNING b.patient_id, b.quantity, b.minutes, b.data
"""
_PUT_ROWS = """
INSERT INTO readings_rollup (organization_id, patient_id, quantity, minutes, start, count, minimum, total, maximum)
SELECT %(organization)s, %(patient)s, %(quantity)s, %(minutes)s, row.*
FROM unnest(%(starts)s::timestamptz[], %(counts)s::integer[], %(minima)s::double precision[],
            %(totals)s::double precision[], %(maxima)s::double precision[]) AS row
"""


def merge_rollups(organization_id: UUID, *, clock: Clock = SYSTEM_CLOCK, until: float = inf) -> int:
    """Merge an organization's days that ended so long ago: all of them, or for as long as the monotonic clock is not
    past `until`. How many rollups there were."""
    moved = 0
    for patient_id, day in _due(organization_id, before=day_of(clock.now()) - MERGE_AFTER):
        if time.monotonic() > until:
            break
        moved += _merge_day(organization_id, patient_id, day)
    return moved


def day_of(at: datetime) -> datetime:
    """The beginning of the day (UTC) that a moment falls into."""
    return at - (at - EPOCH) % DAY


def take_apart(days: Iterable[PatientDay]) -> None:
    """Make rows again of what is merged of these days, in a transaction that holds still."""
    apart = sorted(set(days))
    blocks = binary.rows(
        _TAKE_BLOCKS,
        {
            "patients": [patient_id for patient_id, _ in apart],
            "days": [day for _, day in apart],
            "minutes": MERGED_MINUTES,
        },
    )
    for patient_id, quantity, minutes, data in blocks:
        columns = rollups.decode(data)
        parameters: dict[str, Any] = {
            "organization": bound_organization_id(),
            "patient": patient_id,
            "quantity": quantity,
            "minutes": minutes,
            "starts": [moment(t_us) for t_us in columns.t_us.tolist()],
            "counts": columns.count.tolist(),
            "minima": columns.minimum.tolist(),
            "totals": columns.total.tolist(),
            "maxima": columns.maximum.tolist(),
        }
        with connection.cursor() as cursor:
            cursor.execute(_PUT_ROWS, parameters)


def _due(organization_id: UUID, *, before: datetime) -> list[PatientDay]:
    parameters = {
        "quantities": _QUANTITIES,
        "minutes": MERGED_MINUTES,
        "beginning": EPOCH,
        "day": DAY,
        "before": before,
    }
    with bind(organization_id):
        found = [(patient_id, day) for patient_id, day in binary.rows(_DUE, parameters)]
    # Day by day: the rows of a day lie together, those of a patient do not.
    return sorted(found, key=lambda patient_day: (patient_day[1], patient_day[0]))


def _merge_day(organization_id: UUID, patient_id: UUID, day: datetime) -> int:
    parameters = {
        "patient": patient_id,
        "quantities": _QUANTITIES,
        "minutes": MERGED_MINUTES,
        "start": day,
        "end": day + DAY,
    }
    with bind(organization_id):
        move_alone(organization_id)
        rows = binary.rows(_TAKE_ROWS, parameters)
        series: dict[tuple[int, int], list[tuple[Any, ...]]] = defaultdict(list)
        for quantity, minutes, *bucket in rows:
            series[quantity, minutes].append(tuple(bucket))
        blocks = [
            (organization_id, patient_id, quantity, minutes, day, len(buckets), _block(buckets))
            for (quantity, minutes), buckets in series.items()
        ]
        binary.insert(_PUT_BLOCK, blocks)
    return len(rows)


def _block(buckets: list[tuple[Any, ...]]) -> bytes:
    starts, counts, minima, totals, maxima = zip(*sorted(buckets), strict=True)
    return rollups.encode(
        RollupColumns(
            t_us=np.array([microseconds(start) for start in starts], dtype=np.int64),
            count=np.array(counts, dtype=np.int64),
            minimum=np.array(minima, dtype=np.float64),
            total=np.array(totals, dtype=np.float64),
            maximum=np.array(maxima, dtype=np.float64),
        )
    )
