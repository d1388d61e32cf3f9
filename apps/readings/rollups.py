"""Rolling values up to minutes, minutes to quarters of an hour, and these to days (UTC).

A minute is closed a minute and a half after its end; what arrives for it later is noted by ingest (LateMinute) and the
minute is made again. Every step is one transaction over a stretch of minutes and moves the organization's mark with
it, so that it may be interrupted anywhere and repeated: a rollup is always made whole from what it summarises.

What was merged meanwhile is read out of its blocks (`merged.py`), and a sum is taken in order of time, so that a minute
comes out the same to the last bit before and after.

Where a quantity has both a reported and a computed value within a minute, the register's preferred kind is taken; to
mix them would count one heart twice.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from apps.core.clock import SYSTEM_CLOCK, Clock
from apps.core.tenancy import bind, bound_organization_id
from apps.patients.models import Patient
from apps.readings.late import tell_made_anew
from apps.readings.merged import Span, merged_values
from apps.readings.models import Rollup, RollupProgress
from apps.readings.quantities import REGISTER
from apps.readings.quantity import HAND, SENSOR, Form
from apps.readings.retention import first_day_kept
from apps.readings.rollup_blocks import day_of, take_apart
from apps.readings.selectors.trends import floor
from apps.readings.storage import WINDOW, hold_still

MINUTE = timedelta(minutes=1)
CLOSED_AFTER = timedelta(seconds=90)
STEP = timedelta(minutes=15)
LATE_AT_ONCE = 1000
SPANS_AT_ONCE = 100
COARSER = ((1, 15), (15, 1440))
"""Each resolution in minutes, and the one made of it."""
COMPUTED_FIRST = [
    quantity.number
    for quantity in REGISTER.values()
    if quantity.form is Form.VALUE and quantity.source_priority[0] not in (SENSOR, HAND)
]

Key = tuple[UUID, int, datetime]

# One run along the index per patient, whatever the planner thinks of the organization's size; the bounds of the whole
# let it leave out the partitions of other days.
_MINUTES = """
INSERT INTO readings_rollup (organization_id, patient_id, quantity, minutes, start, count, minimum, total, maximum)
SELECT %(organization)s, patient_id, quantity, 1, minute, count, minimum, total, maximum
FROM (
  SELECT *, row_number() OVER (PARTITION BY patient_id, quantity, minute
                               ORDER BY computed = (quantity = ANY(%(computed_first)s)) DESC) AS choice
  FROM (
    SELECT patient_id, quantity, date_trunc('minute', t) AS minute, computed,
           count(*) AS count, min(number) AS minimum, sum(number ORDER BY t, number) AS total, max(number) AS maximum
    FROM (
      SELECT span.patient_id, source.*
      FROM unnest(%(patients)s::uuid[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
        AS span (patient_id, start, "end")
      CROSS JOIN LATERAL (
        SELECT f.t, v.code AS quantity, v.number, false AS computed
        FROM readings_frame f CROSS JOIN LATERAL unnest(f.value_codes, f.value_numbers) AS v (code, number)
        WHERE f.organization_id = %(organization)s AND f.patient_id = span.patient_id
          AND f.t >= span.start AND f.t < span."end" AND f.t >= %(first)s AND f.t < %(last)s
        UNION ALL
        SELECT r.t, v.code, v.number, true
        FROM readings_derived r CROSS JOIN LATERAL unnest(r.value_codes, r.value_numbers) AS v (code, number)
        WHERE r.organization_id = %(organization)s AND r.patient_id = span.patient_id
          AND r.t >= span.start AND r.t < span."end" AND r.t >= %(first)s AND r.t < %(last)s
        UNION ALL
        SELECT o.at, o.quantity, o.value, false FROM readings_observation o
        WHERE o.organization_id = %(organization)s AND o.patient_id = span.patient_id AND o.in_error_at IS NULL
          AND o.at >= span.start AND o.at < span."end" AND o.at >= %(first)s AND o.at < %(last)s
      ) AS source
      UNION ALL
      SELECT * FROM unnest(%(merged_patients)s::uuid[], %(merged_moments)s::timestamptz[],
                           %(merged_codes)s::smallint[], %(merged_numbers)s::double precision[],
                           %(merged_computed)s::boolean[])
    ) AS value
    GROUP BY 1, 2, 3, 4
  ) AS by_kind
) AS ranked
WHERE choice = 1
ON CONFLICT (patient_id, quantity, minutes, start) DO UPDATE
SET count = excluded.count, minimum = excluded.minimum, total = excluded.total, maximum = excluded.maximum
RETURNING patient_id, quantity, start
"""
_COARSER = """
INSERT INTO readings_rollup (organization_id, patient_id, quantity, minutes, start, count, minimum, total, maximum)
SELECT %(organization)s, r.patient_id, r.quantity, %(to)s, touched.start,
       sum(r.count), min(r.minimum), sum(r.total ORDER BY r.start), max(r.maximum)
FROM unnest(%(patients)s::uuid[], %(quantities)s::smallint[], %(starts)s::timestamptz[])
  AS touched (patient_id, quantity, start)
JOIN readings_rollup r
  ON r.patient_id = touched.patient_id AND r.quantity = touched.quantity AND r.minutes = %(of)s
 AND r.start >= touched.start AND r.start < touched.start + %(width)s
GROUP BY r.patient_id, r.quantity, touched.start
ON CONFLICT (patient_id, quantity, minutes, start) DO UPDATE
SET count = excluded.count, minimum = excluded.minimum, total = excluded.total, maximum = excluded.maximum
"""
_EARLIEST = """
SELECT min(first.t) FROM patients_patient p CROSS JOIN LATERAL (
  (SELECT t FROM readings_frame f
   WHERE f.organization_id = p.organization_id AND f.patient_id = p.id AND f.t >= %(since)s ORDER BY t LIMIT 1)
  UNION ALL
  (SELECT t FROM readings_derived r WHERE r.patient_id = p.id AND r.t >= %(since)s ORDER BY t LIMIT 1)
  UNION ALL
  (SELECT greatest(b.start, %(since)s) FROM readings_valueblock b
   WHERE b.organization_id = p.organization_id AND b.patient_id = p.id AND b.start > %(since)s - %(window)s
   ORDER BY b.start LIMIT 1)
  UNION ALL
  (SELECT at FROM readings_observation o
   WHERE o.organization_id = p.organization_id AND o.patient_id = p.id AND o.at >= %(since)s AND o.in_error_at IS NULL
   ORDER BY at LIMIT 1)
) AS first
"""
_TAKE_LATE = """
DELETE FROM readings_lateminute WHERE id IN
  (SELECT id FROM readings_lateminute WHERE organization_id = %s AND minute < %s ORDER BY id LIMIT %s)
RETURNING patient_id, minute
"""
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def roll_up(organization_id: UUID, *, clock: Clock = SYSTEM_CLOCK) -> int:
    """Bring an organization's rollups up to the last closed minute, and those that got late data up to date. How many
    minutes (of a patient and quantity) were made."""
    now, made, more = clock.now(), 0, True
    while more:
        of_step, more = _step(organization_id, now)
        made += of_step
    return made


def forget_value(patient_id: UUID, *, number: int, at: datetime) -> None:
    """Take a quantity's minute of `at` out of the rollups, and make what is coarser without it. The minute itself is
    to be noted as late: what else it holds is rolled up anew."""
    list(RollupProgress.objects.select_for_update())  # whoever rolls up now has read it as it was
    hold_still(bound_organization_id())
    take_apart([(patient_id, day_of(at))])
    minutes = [(floor(at, 1), 1), *((floor(at, to), to) for _, to in COARSER)]
    for start, width in minutes:
        Rollup.objects.filter(patient_id=patient_id, quantity=number, minutes=width, start=start).delete()
    for of, to in COARSER:
        _make_coarser(bound_organization_id(), [(patient_id, number, floor(at, of))], of=of, to=to)


def _step(organization_id: UUID, now: datetime) -> tuple[int, bool]:
    """One transaction's share of the work: how many minutes were made, and whether there is more to do (there is none
    for us while another worker is at it)."""
    closed = floor(now - CLOSED_AFTER, 1)
    with bind(organization_id):
        progress = _locked_progress(organization_id, closed)
        if progress is None:
            return 0, False
        hold_still(organization_id)
        former, progress.upto = progress.upto, max(progress.upto, min(progress.upto + STEP, closed))
        made = _make_minutes(organization_id, _everybody(former, progress.upto)) if progress.upto > former else 0
        if not made and progress.upto < closed:
            progress.upto = min(_earliest(since=progress.upto) or closed, closed)
        progress.save(update_fields=["upto"])
        late, more_late = _take_late(organization_id, before=progress.upto)
        kept_since = first_day_kept("values", now=now)
        anew = [span for span in late if span[1] >= kept_since]
        made += _make_minutes(organization_id, anew)
        tell_made_anew([(patient_id, minute) for patient_id, minute, _ in anew])
        return made, progress.upto < closed or more_late


def _locked_progress(organization_id: UUID, closed: datetime) -> RollupProgress | None:
    """The organization's mark, locked; None while there is nothing to roll up, or while another worker holds it."""
    if not RollupProgress.objects.exists():
        earliest = _earliest(since=_BEGINNING)
        if earliest is None or earliest >= closed:
            return None
        RollupProgress.objects.bulk_create(
            [RollupProgress(organization_id=organization_id, upto=earliest)], ignore_conflicts=True
        )
    return RollupProgress.objects.select_for_update(skip_locked=True).first()


def _earliest(*, since: datetime) -> datetime | None:
    """The minute of the first value at or after a moment."""
    with connection.cursor() as cursor:
        parameters: dict[str, Any] = {"since": since, "window": WINDOW}
        cursor.execute(_EARLIEST, parameters)
        (found,) = cursor.fetchone() or (None,)
    return floor(found, 1) if found else None


def _everybody(start: datetime, end: datetime) -> list[Span]:
    return [(patient_id, start, end) for patient_id in Patient.objects.values_list("pk", flat=True)]


def _take_late(organization_id: UUID, *, before: datetime) -> tuple[list[Span], bool]:
    """Late minutes that have been rolled up already, each once, and whether there may be more of them. Later ones will
    be whole when their turn comes."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_LATE, [organization_id, before, LATE_AT_ONCE])
        taken = cursor.fetchall()
    spans = [(patient_id, minute, minute + MINUTE) for patient_id, minute in sorted(set(taken))]
    return spans, len(taken) == LATE_AT_ONCE


def _make_minutes(organization_id: UUID, spans: Sequence[Span]) -> int:
    """The minutes of these spans, which do not overlap, and all that is made of them, anew. How many there are."""
    made = 0
    for first in range(0, len(spans), SPANS_AT_ONCE):
        keys = _make_some_minutes(organization_id, spans[first : first + SPANS_AT_ONCE])
        for of, to in COARSER:
            _make_coarser(organization_id, keys, of=of, to=to)
        made += len(keys)
    return made


def _make_some_minutes(organization_id: UUID, spans: Sequence[Span]) -> list[Key]:
    patients, starts, ends = (list(column) for column in zip(*spans, strict=True))
    take_apart((patient_id, day_of(at)) for patient_id, start, end in spans for at in (start, end - MINUTE))
    merged = merged_values(spans)
    parameters: dict[str, Any] = {
        "organization": organization_id,
        "computed_first": COMPUTED_FIRST,
        "patients": patients,
        "starts": starts,
        "ends": ends,
        "first": min(starts),
        "last": max(ends),
        "merged_patients": merged.patients,
        "merged_moments": merged.moments,
        "merged_codes": merged.codes,
        "merged_numbers": merged.numbers,
        "merged_computed": merged.computed,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MINUTES, parameters)
        made: list[Key] = cursor.fetchall()
    return made


def _make_coarser(organization_id: UUID, made: Sequence[Key], *, of: int, to: int) -> None:
    touched = sorted({(patient_id, quantity, floor(start, to)) for patient_id, quantity, start in made})
    if not touched:
        return
    patients, quantities, starts = (list(column) for column in zip(*touched, strict=True))
    parameters: dict[str, Any] = {
        "organization": organization_id,
        "of": of,
        "to": to,
        "width": timedelta(minutes=to),
        "patients": patients,
        "quantities": quantities,
        "starts": starts,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COARSER, parameters)
