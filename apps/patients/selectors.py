"""The only gate to a patient. What is not the actor's to see does not exist."""

from uuid import UUID

from django.db.models import Q, QuerySet

from apps.accounts.actor import Actor
from apps.accounts.policy import Reach
from apps.audit.services import record_read
from apps.core.clock import SYSTEM_CLOCK, Clock
from apps.core.errors import NotFound
from apps.patients.models import BreakGlass, Patient, Share


def visible_patients(actor: Actor, *, clock: Clock = SYSTEM_CLOCK) -> "QuerySet[Patient]":
    """The patients whose clinical data the actor may see."""
    return within(actor, actor.grant.clinical, clock=clock)


def identified_patients(actor: Actor, *, clock: Clock = SYSTEM_CLOCK) -> "QuerySet[Patient]":
    """The patients whose identity the actor may see: the roster, which says nothing of their health."""
    return within(actor, actor.grant.identity, clock=clock)


def listed_patients(actor: Actor, *, clock: Clock = SYSTEM_CLOCK) -> "QuerySet[Patient]":
    """The patients that the actor may know to be there: by name, or by bed and pseudonym only."""
    if actor.grant.pseudonyms:
        return Patient.objects.all()
    return identified_patients(actor, clock=clock)


def within(actor: Actor, reach: Reach, *, clock: Clock = SYSTEM_CLOCK) -> "QuerySet[Patient]":
    """The patients within a reach of the policy."""
    patients = Patient.objects.all()
    if reach is Reach.ORGANIZATION:
        return patients
    if reach is Reach.UNITS:
        return patients.filter(Q(unit_id__in=actor.unit_ids) | Q(pk__in=_behind_glass(actor, clock)))
    if reach is Reach.OWN:
        return patients.filter(user_id=actor.user_id)
    if reach is Reach.SHARED:
        return patients.filter(pk__in=_shared_with(actor, clock))
    return patients.none()


def _behind_glass(actor: Actor, clock: Clock) -> "QuerySet[BreakGlass, UUID]":
    glass = BreakGlass.objects.filter(user_id=actor.user_id, expires_at__gt=clock.now())
    return glass.values_list("patient_id", flat=True)


def _shared_with(actor: Actor, clock: Clock) -> "QuerySet[Share, UUID]":
    shares = Share.objects.filter(user_id=actor.user_id, revoked_at=None, expires_at__gt=clock.now())
    return shares.values_list("patient_id", flat=True)


def patient(actor: Actor, patient_id: UUID, *, door: str, clock: Clock = SYSTEM_CLOCK) -> Patient:
    """One patient whose data the actor may see, and the note in the audit trail that they looked through `door`."""
    return _looked_at(visible_patients(actor, clock=clock), actor, patient_id, door, clock)


def listed_patient(actor: Actor, patient_id: UUID, *, door: str, clock: Clock = SYSTEM_CLOCK) -> Patient:
    """One patient of the roster, noted in the audit trail. Not a licence to show clinical data."""
    return _looked_at(listed_patients(actor, clock=clock), actor, patient_id, door, clock)


def _looked_at(patients: "QuerySet[Patient]", actor: Actor, patient_id: UUID, door: str, clock: Clock) -> Patient:
    found = patients.filter(pk=patient_id).first()
    if found is None:
        raise NotFound("There is no such patient here.")
    record_read(user_id=actor.user_id, role=actor.role, patient_id=found.pk, door=door, clock=clock)
    return found
