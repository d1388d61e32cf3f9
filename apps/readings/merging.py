"""Merging: what is some hours old moves from rows, one a frame, into blocks, a quarter of an hour each (`blocks/`).

A stretch is one window of one patient, all devices (`stretch.py`). It moves in one transaction, by deleting rows and
writing what the deletion gave back: a row is in its table or in a block, whatever happens and whoever else is at it,
and who inserts meanwhile is neither seen nor kept waiting. What arrives late for a stretch that was merged is merged
into its blocks by a later turn.
"""

import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import inf
from typing import Any
from uuid import UUID

from django.db import connection

from apps.core.clock import SYSTEM_CLOCK, Clock
from apps.core.tenancy import bind
from apps.readings.partitions import ensure_partition
from apps.readings.storage import STORAGE, WINDOW, window_of
from apps.readings.stretch import Stretch

MERGE_AFTER = timedelta(hours=3)
NEVER_BEFORE = timedelta(hours=1)
"""The policy of the tables lets nothing younger be taken away: ticks and roll-ups are still at it."""
AT_ONCE = 500

# From window to window along the index, never through the rows between: one look for each window that holds something.
_DUE = """
WITH RECURSIVE due (patient_id, upto) AS (
  {patients}
  UNION ALL
  SELECT due.patient_id, date_bin(%(window)s, next.t, %(beginning)s) + %(window)s
  FROM due CROSS JOIN LATERAL (
    SELECT min(t) AS t FROM (
      (SELECT f.t FROM readings_frame f
       WHERE f.organization_id = %(organization)s AND f.patient_id {is_patient} AND f.t >= due.upto AND f.t < %(before)s
       ORDER BY f.t LIMIT 1)
      UNION ALL
      (SELECT r.t FROM readings_derived r
       WHERE r.patient_id = due.patient_id AND r.t >= due.upto AND r.t < %(before)s ORDER BY r.t LIMIT 1)
    ) AS first
  ) AS next
  WHERE next.t IS NOT NULL
)
SELECT patient_id, upto - %(window)s FROM due WHERE upto > %(beginning)s LIMIT %(most)s
"""
_ON_PATIENTS = _DUE.format(
    patients="SELECT id, %(beginning)s::timestamptz FROM patients_patient", is_patient="= due.patient_id"
)
_ON_NOBODY = _DUE.format(patients="SELECT NULL::uuid, %(beginning)s::timestamptz", is_patient="IS NULL")
_BEGINNING = datetime.fromisoformat("1970-01-01T00:00:00Z")


@dataclass
class Merged:
    """How many stretches, and how many rows of frames and of what was derived went into blocks."""

    stretches: int = 0
    frames: int = 0
    derived: int = 0

    def __add__(self, more: "Merged") -> "Merged":
        return Merged(self.stretches + more.stretches, self.frames + more.frames, self.derived + more.derived)


def merge_frames(
    organization_id: UUID,
    *,
    clock: Clock = SYSTEM_CLOCK,
    older_than: timedelta = MERGE_AFTER,
    until: float = inf,
) -> Merged:
    """Merge an organization's windows that ended so long ago, the oldest first: all of them, or for as long as the
    monotonic clock is not past `until`. ValueError for an age that the tables' policy does not allow."""
    if older_than < NEVER_BEFORE:
        raise ValueError(f"nothing younger than {NEVER_BEFORE} is merged")
    before, merged, made = window_of(clock.now() - older_than), Merged(), set[date]()
    while stretches := _due(organization_id, before=before):
        former = merged.stretches
        for stretch in stretches:
            if time.monotonic() > until:
                return merged
            if stretch.start.date() not in made:
                ensure_partition(stretch.start.date())
                made.add(stretch.start.date())
            _merge(stretch, merged)
        if merged.stretches == former:
            break  # another worker was there before
    return merged


def _due(organization_id: UUID, *, before: datetime) -> list[Stretch]:
    """Some of the stretches with rows before a moment."""
    parameters: dict[str, Any] = {
        "organization": organization_id,
        "before": before,
        "window": WINDOW,
        "beginning": _BEGINNING,
        "most": AT_ONCE,
    }
    with bind(organization_id), connection.cursor() as cursor:
        cursor.execute(_ON_PATIENTS, parameters)
        rows = cursor.fetchall()
        cursor.execute(_ON_NOBODY, parameters)
        rows += cursor.fetchall()
    return [Stretch(organization_id, patient_id, start) for patient_id, start in rows]


def _merge(stretch: Stretch, merged: Merged) -> None:
    with bind(stretch.organization_id, door=STORAGE):
        moved = stretch.move()
    if any(moved):
        merged.stretches += 1
        merged.frames += moved.frames
        merged.derived += moved.derived
