"""Rolling values up to minutes, minutes to quarters of an hour, and these to days (UTC).

A minute is closed a minute and a half after its end; what arrives for it later is noted by ingest (LateMinute) and the
minute is made again. Every step is one transaction over a stretch of minutes and moves the organization's mark with
it, so that it may be interrupted anywhere and repeated: a rollup is always made whole from what it summarises.

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
from apps.readings.models import Rollup, RollupProgress
from apps.readings.quantities import REGISTER
from apps.readings.quantity import HAND, SENSOR, Form
from apps.readings.selectors.trends import floor

CLOSED_AFTER = timedelta(seconds=90)
STEP = timedelta(minutes=15)
LATE_AT_ONCE = 5000
COARSER = ((1, 15), (15, 1440))
"""Each resolution in minutes, and the one made of it."""
COMPUTED_FIRST = [
    quantity.number
    for quantity in REGISTER.values()
    if quantity.form is Form.VALUE and quantity.source_priority[0] not in (SENSOR, HAND)
]

Span = tuple[UUID, datetime, datetime]
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
    SELECT span.patient_id, v.code AS quantity, date_trunc('minute', source.t) AS minute, source.computed,
           count(*) AS count, min(v.number) AS minimum, sum(v.number) AS total, max(v.number) AS maximum
    FROM unnest(%(patients)s::uuid[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
      AS span (patient_id, start, "end")
    CROSS JOIN LATERAL (
      SELECT f.t, f.value_codes, f.value_numbers, false AS computed FROM readings_frame f
      WHERE f.organization_id = %(organization)s AND f.patient_id = span.patient_id
        AND f.t >= span.start AND f.t < span."end" AND f.t >= %(first)s AND f.t < %(last)s
      UNION ALL
      SELECT r.t, r.value_codes, r.value_numbers, true FROM readings_derived r
      WHERE r.organization_id = %(organization)s AND r.patient_id = span.patient_id
        AND r.t >= span.start AND r.t < span."end" AND r.t >= %(first)s AND r.t < %(last)s
      UNION ALL
      SELECT o.at, ARRAY[o.quantity], ARRAY[o.value], false FROM readings_observation o
      WHERE o.organization_id = %(organization)s AND o.patient_id = span.patient_id AND o.in_error_at IS NULL
        AND o.at >= span.start AND o.at < span."end" AND o.at >= %(first)s AND o.at < %(last)s
    ) AS source
    CROSS JOIN LATERAL unnest(source.value_codes, source.value_numbers) AS v (code, number)
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
       sum(r.count), min(r.minimum), sum(r.total), max(r.maximum)
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


def roll_up(organization_id: UUID, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """Bring an organization's rollups up to the last closed minute, and those that got late data up to date."""
    closed = floor(clock.now() - CLOSED_AFTER, 1)
    while _step(organization_id, closed):
        pass


def forget_value(patient_id: UUID, *, number: int, at: datetime) -> None:
    """Take a quantity's minute of `at` out of the rollups, and make what is coarser without it. The minute itself is
    to be noted as late: what else it holds is rolled up anew."""
    list(RollupProgress.objects.select_for_update())  # whoever rolls up now has read it as it was
    minutes = [(floor(at, 1), 1), *((floor(at, to), to) for _, to in COARSER)]
    for start, width in minutes:
        Rollup.objects.filter(patient_id=patient_id, quantity=number, minutes=width, start=start).delete()
    for of, to in COARSER:
        _make_coarser(bound_organization_id(), [(patient_id, number, floor(at, of))], of=of, to=to)


def _step(organization_id: UUID, closed: datetime) -> bool:
    """One transaction's share of the work. False once there is no more, or another worker is at it."""
    with bind(organization_id):
        progress = _locked_progress(organization_id, closed)
        if progress is None:
            return False
        former, progress.upto = progress.upto, max(progress.upto, min(progress.upto + STEP, closed))
        made = _make_minutes(organization_id, _everybody(former, progress.upto)) if progress.upto > former else 0
        if not made and progress.upto < closed:
            progress.upto = min(_earliest(since=progress.upto) or closed, closed)
        progress.save(update_fields=["upto"])
        late = _take_late(organization_id, before=progress.upto)
        _make_minutes(organization_id, late)
        return progress.upto < closed or len(late) == LATE_AT_ONCE


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
        cursor.execute(_EARLIEST, {"since": since})
        (found,) = cursor.fetchone() or (None,)
    return floor(found, 1) if found else None


def _everybody(start: datetime, end: datetime) -> list[Span]:
    return [(patient_id, start, end) for patient_id in Patient.objects.values_list("pk", flat=True)]


def _take_late(organization_id: UUID, *, before: datetime) -> list[Span]:
    """Late minutes that have been rolled up already; later ones will be whole when their turn comes."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_LATE, [organization_id, before, LATE_AT_ONCE])
        minutes = set(cursor.fetchall())  # one may be noted several times
    return [(patient_id, minute, minute + timedelta(minutes=1)) for patient_id, minute in sorted(minutes)]


def _make_minutes(organization_id: UUID, spans: Sequence[Span]) -> int:
    """The minutes of these spans, and all that is made of them, anew. How many there are."""
    if not spans:
        return 0
    patients, starts, ends = (list(column) for column in zip(*spans, strict=True))
    parameters: dict[str, Any] = {
        "organization": organization_id,
        "computed_first": COMPUTED_FIRST,
        "patients": patients,
        "starts": starts,
        "ends": ends,
        "first": min(span[1] for span in spans),
        "last": max(span[2] for span in spans),
    }
    with connection.cursor() as cursor:
        cursor.execute(_MINUTES, parameters)
        made: list[Key] = cursor.fetchall()
    for of, to in COARSER:
        _make_coarser(organization_id, made, of=of, to=to)
    return len(made)


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
