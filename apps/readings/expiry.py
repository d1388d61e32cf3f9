"""Letting go of what an organization keeps no longer (`retention.py`), in small batches, each a transaction.

This is for days that another organization still wants; those that nobody wants are dropped whole (`partitions.py`).
What is old lies in blocks: what does not yet is merged first. The ledger of ingest keeps every frame's name for ever:
what was let go is not stored again when a device repeats it.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Any, Final
from uuid import UUID

from django.db import connection

from apps.core.clock import SYSTEM_CLOCK, Clock
from apps.core.tenancy import bind
from apps.readings.merging import merge_frames
from apps.readings.quantities import REGISTER
from apps.readings.retention import CATEGORIES, first_day_kept
from apps.readings.selectors.trends import RESOLUTIONS
from apps.readings.storage import STORAGE, WINDOW

ROLLUPS_AT_ONCE = 5000

WAVES: Final = "readings_block"
VALUES: Final = "readings_valueblock"
_OLDEST = "SELECT min(start) FROM {table} WHERE organization_id = %s AND start < %s"
_DELETE = "DELETE FROM {table} WHERE organization_id = %s AND start >= %s AND start < %s"
# One look along the index for each patient, quantity and resolution.
_DELETE_ROLLUPS = """
DELETE FROM readings_rollup WHERE ctid = ANY (ARRAY(
  SELECT old.place
  FROM patients_patient p
  CROSS JOIN unnest(%(quantities)s::smallint[]) AS q (number)
  CROSS JOIN unnest(%(resolutions)s::smallint[]) AS m (minutes)
  CROSS JOIN LATERAL (
    SELECT r.ctid AS place FROM readings_rollup r
    WHERE r.patient_id = p.id AND r.quantity = q.number AND r.minutes = m.minutes AND r.start < %(before)s
    LIMIT %(most)s
  ) AS old
  LIMIT %(most)s
))
"""
_DELETE_ROLLUP_BLOCKS = """
DELETE FROM readings_rollupblock WHERE ctid = ANY (ARRAY(
  SELECT old.place
  FROM patients_patient p
  CROSS JOIN unnest(%(resolutions)s::smallint[]) AS m (minutes)
  CROSS JOIN LATERAL (
    SELECT b.ctid AS place FROM readings_rollupblock b
    WHERE b.patient_id = p.id AND b.minutes = m.minutes AND b.start < %(before)s
    LIMIT %(most)s
  ) AS old
  LIMIT %(most)s
))
"""


@dataclass
class Expired:
    """How many blocks and rows of rollups were deleted."""

    wave_blocks: int = 0
    value_blocks: int = 0
    rollups: int = 0
    rollup_blocks: int = 0

    def __add__(self, more: "Expired") -> "Expired":
        return Expired(
            wave_blocks=self.wave_blocks + more.wave_blocks,
            value_blocks=self.value_blocks + more.value_blocks,
            rollups=self.rollups + more.rollups,
            rollup_blocks=self.rollup_blocks + more.rollup_blocks,
        )


def expire(organization_id: UUID, *, clock: Clock = SYSTEM_CLOCK, until: float = inf) -> Expired:
    """Delete what the organization wants no more: all of it, or for as long as the monotonic clock is not past `until`.
    May be interrupted anywhere, and repeated."""
    now = clock.now()
    merge_frames(organization_id, clock=clock, until=until)
    with bind(organization_id):
        waves, values, rollups = (first_day_kept(category, now=now) for category in CATEGORIES)
    return Expired(
        wave_blocks=sum(_while(until, lambda: _delete_blocks(WAVES, organization_id, before=waves))),
        value_blocks=sum(_while(until, lambda: _delete_blocks(VALUES, organization_id, before=values))),
        rollups=sum(_while(until, lambda: _delete_rollups(_DELETE_ROLLUPS, organization_id, before=rollups))),
        rollup_blocks=sum(
            _while(until, lambda: _delete_rollups(_DELETE_ROLLUP_BLOCKS, organization_id, before=rollups))
        ),
    )


def _while(until: float, delete: Callable[[], int]) -> Iterator[int]:
    """How much each batch deleted, until there is nothing left or no time."""
    while time.monotonic() <= until and (deleted := delete()):
        yield deleted


def _delete_blocks(table: str, organization_id: UUID, *, before: datetime) -> int:
    """Those of the oldest window."""
    with bind(organization_id, door=STORAGE), connection.cursor() as cursor:
        cursor.execute(_OLDEST.format(table=table), [organization_id, before])
        (oldest,) = cursor.fetchone()
        if oldest is None:
            return 0
        cursor.execute(_DELETE.format(table=table), [organization_id, oldest, min(oldest + WINDOW, before)])
        return int(cursor.rowcount)


def _delete_rollups(sql: str, organization_id: UUID, *, before: datetime) -> int:
    parameters: dict[str, Any] = {
        "quantities": [quantity.number for quantity in REGISTER.values()],
        "resolutions": list(RESOLUTIONS.values()),
        "before": before,
        "most": ROLLUPS_AT_ONCE,
    }
    with bind(organization_id), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)
