"""Where a twin begins again when data come late: its former states, one a minute for ten minutes and one every ten
minutes for a day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection

from apps.core.arrays import any_of
from apps.core.clock import SYSTEM_CLOCK, Clock
from apps.core.tenancy import bind, bound_organization_id
from apps.readings.late import Minutes
from apps.twin.models import TwinEnsemble, TwinRewind, TwinSnapshot

FINE_EVERY: Final = timedelta(minutes=1)
FINE_FOR: Final = timedelta(minutes=10)
COARSE_EVERY: Final = timedelta(minutes=10)
KEPT_FOR: Final = timedelta(days=1)
# For each patient the latest state that does not know of that moment yet.
_BEFORE = """
SELECT wanted.patient_id, kept.at, kept.state
FROM unnest(%s::uuid[], %s::timestamptz[]) AS wanted (patient_id, moment)
CROSS JOIN LATERAL (
  SELECT s.at, s.state FROM twin_twinsnapshot s
  WHERE s.organization_id = %s AND s.patient_id = wanted.patient_id AND s.at <= wanted.moment
  ORDER BY s.at DESC LIMIT 1
) AS kept
"""
_THIN = """
DELETE FROM twin_twinsnapshot
WHERE organization_id = %s AND patient_id = ANY (%s) AND (at < %s OR (at < %s AND NOT coarse))
"""
_FORGET_FROM = """
DELETE FROM twin_twinsnapshot s USING unnest(%s::uuid[], %s::timestamptz[]) AS rewound (patient_id, moment)
WHERE s.organization_id = %s AND s.patient_id = rewound.patient_id AND s.at > rewound.moment
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A state of a patient's twin that holds for a moment."""

    at: datetime
    state: bytes


def is_due(at: datetime, former: datetime | None) -> bool:
    """Whether a state is to be kept, after one of `former`: once in every minute."""
    return former is None or _bucket(at, FINE_EVERY) != _bucket(former, FINE_EVERY)


def is_coarse(at: datetime, former: datetime | None) -> bool:
    return former is None or _bucket(at, COARSE_EVERY) != _bucket(former, COARSE_EVERY)


def _bucket(at: datetime, every: timedelta) -> int:
    return int(at.timestamp() // every.total_seconds())


def keep(states: Iterable[tuple[UUID, Kept, bool]]) -> None:
    """Keep states (patient, state, whether it is coarse)."""
    organization_id = bound_organization_id()
    TwinSnapshot.objects.bulk_create(
        [
            TwinSnapshot(
                organization_id=organization_id, patient_id=patient_id, at=kept.at, state=kept.state, coarse=coarse
            )
            for patient_id, kept, coarse in states
        ],
        ignore_conflicts=True,
    )


def thin(patient_ids: Sequence[UUID], *, now: datetime) -> None:
    """Let go of what is older than it is kept for."""
    with connection.cursor() as cursor:
        cursor.execute(_THIN, [bound_organization_id(), list(patient_ids), now - KEPT_FOR, now - FINE_FOR])


def before(moments: Mapping[UUID, datetime]) -> dict[UUID, Kept]:
    """Of each patient the latest state kept that does not know of a moment yet; nobody whose day has gone by."""
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE, [list(moments), list(moments.values()), bound_organization_id()])
        return {patient_id: Kept(at, bytes(state)) for patient_id, at, state in cursor.fetchall()}


def forget_from(moments: Mapping[UUID, datetime]) -> None:
    """Forget the states after these: they rest on what is being done again."""
    if not moments:
        return
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_FROM, [list(moments), list(moments.values()), bound_organization_id()])


def forget_all(patient_ids: Sequence[UUID]) -> None:
    TwinSnapshot.objects.filter(any_of("patient_id", patient_ids)).delete()


def forget_old(organization_id: UUID, *, clock: Clock = SYSTEM_CLOCK) -> int:
    """Let go of the day-old states of those whom no analysis thins, since nothing is measured of them. How many."""
    with bind(organization_id):
        deleted, _ = TwinSnapshot.objects.filter(at__lt=clock.now() - KEPT_FOR).delete()
        TwinRewind.objects.filter(minute__lt=clock.now() - KEPT_FOR).delete()
    return deleted


def note_rewinds(minutes: Minutes) -> None:
    """These minutes changed: who has lived them goes back, with the next analysis. Who has no body needs not."""
    organization_id, earliest = bound_organization_id(), dict[UUID, datetime]()
    these = any_of("patient_id", {patient_id for patient_id, _ in minutes})
    bodies = set(TwinEnsemble.objects.filter(these).values_list("patient_id", flat=True))
    for patient_id, minute in minutes:
        if patient_id in bodies:
            earliest[patient_id] = min(minute, earliest.get(patient_id, minute))
    TwinRewind.objects.bulk_create(
        TwinRewind(organization_id=organization_id, patient_id=patient_id, minute=minute)
        for patient_id, minute in sorted(earliest.items())
    )


def take_rewinds(patient_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """The earliest minute of each patient that changed since it was last asked for. Asked for once."""
    rows = list(TwinRewind.objects.filter(any_of("patient_id", patient_ids)).values_list("pk", "patient_id", "minute"))
    TwinRewind.objects.filter(pk__in=[pk for pk, _, _ in rows]).delete()
    earliest: dict[UUID, datetime] = {}
    for _, patient_id, minute in rows:
        earliest[patient_id] = min(minute, earliest.get(patient_id, minute))
    return earliest
