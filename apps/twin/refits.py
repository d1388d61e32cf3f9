"""Whose night is fitted anew, and by whom: a row a patient and night, claimed as it is made and finished with what came
of it. A worker that is killed leaves a claim that runs out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from apps.core.clock import SYSTEM_CLOCK, Clock
from apps.core.tenancy import bind, bound_organization_id
from apps.twin.models import TwinRefit

NIGHT_ENDS: Final = timedelta(hours=4)
"""The clock at which a day is looked back on: most of the night is in it, and few look at a body then."""
LEASE: Final = timedelta(minutes=10)
LIVELY: Final = timedelta(minutes=15)
"""Whose body was not analysed for this long is not there to be fitted."""
SHORTEST: Final = timedelta(hours=8)
"""Of less than this there is no day to speak of."""
KEPT_FOR: Final = timedelta(days=90)

_CLAIM = """
INSERT INTO twin_twinrefit AS refit
  (id, organization_id, patient_id, night, claimed_until, readings, taken, why, changes)
SELECT gen_random_uuid(), body.organization_id, body.patient_id, %(night)s, %(until)s, 0, false, '', '[]'
FROM twin_twinensemble body
WHERE body.organization_id = %(organization)s AND body.analysed_at > %(lively)s
  AND EXISTS (SELECT FROM twin_twinsnapshot s
              WHERE s.organization_id = body.organization_id AND s.patient_id = body.patient_id AND s.at < %(lived)s)
  AND NOT EXISTS (SELECT FROM twin_twinrefit r
                  WHERE r.organization_id = body.organization_id AND r.patient_id = body.patient_id
                    AND r.night = %(night)s AND (r.finished_at IS NOT NULL OR r.claimed_until > %(now)s))
ORDER BY body.patient_id LIMIT %(most)s
ON CONFLICT (organization_id, patient_id, night) DO UPDATE SET claimed_until = EXCLUDED.claimed_until
WHERE refit.finished_at IS NULL AND refit.claimed_until <= %(now)s
RETURNING patient_id
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a refit. Evidence is the mean log score of a reading, nat, before and after."""

    patient_id: UUID
    taken: bool
    why: str
    since: datetime | None = None
    judged_from: datetime | None = None
    until: datetime | None = None
    readings: int = 0
    evidence_before: float | None = None
    evidence_after: float | None = None
    error: float | None = None
    changes: Sequence[dict[str, Any]] = field(default_factory=list)


def night_of(now: datetime, timezone: str) -> date:
    """The morning of the last night that is over, where the organization is."""
    return (now.astimezone(ZoneInfo(timezone)) - NIGHT_ENDS).date()


def claim(night: date, *, most: int, now: datetime) -> list[UUID]:
    """Claim up to `most` patients of the bound organization who have no refit of this night yet."""
    with connection.cursor() as cursor:
        parameters: dict[str, Any] = {
            "organization": bound_organization_id(),
            "night": night,
            "now": now,
            "until": now + LEASE,
            "lively": now - LIVELY,
            "lived": now - SHORTEST,
            "most": most,
        }
        cursor.execute(_CLAIM, parameters)
        return [patient_id for (patient_id,) in cursor.fetchall()]


def finish(outcomes: Iterable[Outcome], night: date, *, now: datetime) -> None:
    for one in outcomes:
        came = {name: getattr(one, name) for name in Outcome.__slots__ if name != "patient_id"}
        TwinRefit.objects.filter(patient_id=one.patient_id, night=night, finished_at=None).update(
            finished_at=now, **came
        )


def give_back(patient_ids: Sequence[UUID], night: date, *, now: datetime) -> None:
    """Let somebody else do these, at once."""
    TwinRefit.objects.filter(patient_id__in=patient_ids, night=night, finished_at=None).update(claimed_until=now)


def forget(organization_id: UUID, *, clock: Clock = SYSTEM_CLOCK) -> int:
    """Let go of the refits of nights long ago. How many."""
    with bind(organization_id):
        deleted, _ = TwinRefit.objects.filter(night__lt=(clock.now() - KEPT_FOR).date()).delete()
    return deleted


def latest(patient_id: UUID) -> TwinRefit | None:
    """The last one that is finished."""
    return TwinRefit.objects.filter(patient_id=patient_id).exclude(finished_at=None).order_by("-night").first()
