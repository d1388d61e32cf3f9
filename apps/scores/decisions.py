"""Deciding how a patient is scored, and what holds now."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from apps.accounts.actor import Actor
from apps.accounts.policy import Act
from apps.audit.services import record
from apps.core.clock import SYSTEM_CLOCK, Clock
from apps.core.errors import Invalid, NotFound
from apps.core.tenancy import bound_organization_id
from apps.patients.selectors import visible_patients
from apps.scores.models import DecisionKind, ScoringDecision

SCALES: Final = (1, 2)
FROM_YEARS: Final = 16
"""NEWS2 is for people of this age and over (RCP 2017)."""


@dataclass(frozen=True, slots=True)
class Decision:
    """`by` is the id of who decided."""

    value: int
    by: UUID
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Decisions:
    """What holds of one patient; None where nobody has decided."""

    scale: Decision | None = None
    pregnant: Decision | None = None

    @property
    def spo2_scale(self) -> int:
        return self.scale.value if self.scale else 1


UNDECIDED: Final = Decisions()


def decide(
    *, actor: Actor, patient_id: UUID, kind: DecisionKind, value: int, reason: str, clock: Clock = SYSTEM_CLOCK
) -> ScoringDecision:
    """Record a clinician's decision. Raises NotFound, NotAllowed, Invalid."""
    patient = visible_patients(actor, clock=clock).filter(pk=patient_id).first()
    if patient is None:
        raise NotFound("There is no such patient here.")
    actor.must(Act.SCORING)
    if len(reason.strip()) < 3:
        raise Invalid("Say why.", fields={"reason": ["A few words, please."]})
    if value not in (SCALES if kind is DecisionKind.SPO2_SCALE else (0, 1)):
        raise Invalid("There is no such choice.", fields={str(kind): ["There is no such choice."]})
    decision = ScoringDecision.objects.create(
        organization_id=bound_organization_id(),
        patient=patient,
        kind=kind,
        value=value,
        reason=reason.strip(),
        decided_by=actor.user_id,
        decided_at=clock.now(),
    )
    record(
        action="scoring.decided",
        user_id=actor.user_id,
        role=actor.role,
        patient_id=patient.pk,
        detail={"kind": str(kind), "value": value},
        clock=clock,
    )
    return decision


def decisions_of(patient_ids: Collection[UUID]) -> dict[UUID, Decisions]:
    """What holds of each patient about whom anything was decided, by one query."""
    rows = ScoringDecision.objects.filter(patient_id__in=patient_ids)
    latest = rows.order_by("patient_id", "kind", "-decided_at", "-id").distinct("patient_id", "kind")
    found: dict[UUID, dict[str, Decision]] = {}
    for row in latest:
        held = Decision(row.value, row.decided_by, row.decided_at, row.reason)
        found.setdefault(row.patient_id, {})[row.kind] = held
    return {
        patient_id: Decisions(held.get(DecisionKind.SPO2_SCALE), held.get(DecisionKind.PREGNANT))
        for patient_id, held in found.items()
    }


def why_not_applicable(birth_date: date | None, held: Decisions, today: date) -> str | None:
    """Why NEWS2 says nothing of this patient, or None. Of unknown age counts as an adult."""
    if birth_date is not None and age_years(birth_date, today) < FROM_YEARS:
        return f"NEWS2 is for people of {FROM_YEARS} years and over"
    if held.pregnant is not None and held.pregnant.value:
        return "NEWS2 is not for use in pregnancy"
    return None


def age_years(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
