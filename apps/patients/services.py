"""Writing patients: admit, correct, share, break the glass."""

import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from apps.accounts.actor import Actor
from apps.accounts.models import Unit
from apps.accounts.policy import Act
from apps.accounts.selectors import units
from apps.audit.services import record
from apps.core.clock import SYSTEM_CLOCK, Clock
from apps.core.errors import Conflict, Invalid, NotFound
from apps.core.tenancy import bound_organization_id
from apps.patients.models import BreakGlass, Patient, Share
from apps.patients.selectors import listed_patients

SHARD_SIZE = 128
GLASS_LASTS = timedelta(hours=4)
# Without 0, O, 1 and I, which are misread on a bedside label.
PSEUDONYM_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def admit(*, unit_id: UUID, mrn: str, given_name: str, family_name: str, **details: Any) -> Patient:
    """A new patient of the organization in force. `details` are further fields of Patient."""
    if not Unit.objects.filter(pk=unit_id).exists():
        raise Invalid("There is no such unit.", fields={"unit": ["There is no such unit."]})
    patient = Patient(
        organization_id=bound_organization_id(),
        unit_id=unit_id,
        mrn=mrn,
        given_name=given_name,
        family_name=family_name,
        pseudonym="P-" + "".join(secrets.choice(PSEUDONYM_LETTERS) for _ in range(6)),
        shard=Patient.objects.count() // SHARD_SIZE,
        **details,
    )
    return _save(patient)


def admit_as(*, actor: Actor, unit_id: UUID, clock: Clock = SYSTEM_CLOCK, **fields: Any) -> Patient:
    """`admit` by somebody whose role must permit it, into a unit of theirs."""
    actor.must(Act.PATIENTS)
    _must_be_own_unit(actor, unit_id)
    patient = admit(unit_id=unit_id, **fields)
    record(action="patient.admitted", user_id=actor.user_id, role=actor.role, patient_id=patient.pk, clock=clock)
    return patient


def correct_as(*, actor: Actor, patient_id: UUID, changes: dict[str, Any], clock: Clock = SYSTEM_CLOCK) -> Patient:
    """`correct` by somebody whose role must permit it, of a patient they may see. Only names go into the audit trail:
    what was there before belongs to the patient, not to the trail."""
    patient = listed_patients(actor, clock=clock).select_for_update(of=("self",)).filter(pk=patient_id).first()
    if patient is None:
        raise NotFound("There is no such patient here.")
    actor.must(Act.PATIENTS)
    if "unit_id" in changes and changes["unit_id"] != patient.unit_id:
        _must_be_own_unit(actor, changes["unit_id"])
    corrected = correct(patient=patient, changes=changes)
    record(
        action="patient.corrected",
        user_id=actor.user_id,
        role=actor.role,
        patient_id=patient.pk,
        detail={"fields": sorted(changes)},
        clock=clock,
    )
    return corrected


def _must_be_own_unit(actor: Actor, unit_id: UUID) -> None:
    if not units(actor).filter(pk=unit_id).exists():
        raise Invalid("There is no such unit.", fields={"unit": ["There is no such unit among yours."]})


def correct(*, patient: Patient, changes: dict[str, Any]) -> Patient:
    """Change a patient's own fields."""
    for field, value in changes.items():
        setattr(patient, field, value)
    return _save(patient)


def _save(patient: Patient) -> Patient:
    try:
        patient.clean_fields()
        with transaction.atomic():
            patient.save()
    except ValidationError as error:
        raise Invalid("Some fields are not acceptable.", fields=error.message_dict) from error
    except IntegrityError as error:
        raise Conflict("There is a patient with this number already.") from error
    return patient


def break_glass(*, actor: Actor, patient_id: UUID, reason: str, clock: Clock = SYSTEM_CLOCK) -> BreakGlass:
    """Open a patient of another unit for a while, with a reason that the privacy officer will read."""
    actor.must(Act.BREAK_GLASS)
    if len(reason.strip()) < 10:
        raise Invalid("Say why in a few words.", fields={"reason": ["At least ten characters."]})
    if not Patient.objects.filter(pk=patient_id).exists():
        raise NotFound("There is no such patient here.")
    glass = BreakGlass.objects.create(
        organization_id=actor.organization_id,
        patient_id=patient_id,
        user_id=actor.user_id,
        reason=reason.strip(),
        expires_at=clock.now() + GLASS_LASTS,
    )
    record(
        action="break-glass",
        user_id=actor.user_id,
        role=actor.role,
        patient_id=patient_id,
        detail={"reason": glass.reason, "until": glass.expires_at.isoformat()},
        clock=clock,
    )
    return glass


def review_glass(*, actor: Actor, glass: BreakGlass, clock: Clock = SYSTEM_CLOCK) -> None:
    """Note that a break-glass has been looked over. Once: a second look changes nothing."""
    actor.must(Act.REVIEW)
    reviewed = BreakGlass.objects.filter(pk=glass.pk, reviewed_at=None).update(reviewed_at=clock.now())
    if reviewed:
        record(
            action="break-glass.reviewed",
            user_id=actor.user_id,
            role=actor.role,
            patient_id=glass.patient_id,
            detail={"glass": str(glass.pk), "by": str(glass.user_id)},
            clock=clock,
        )


def share(*, patient: Patient, user_id: UUID, expires_at: datetime, alerts: bool = True) -> Share:
    """Let a caregiver see a patient until `expires_at`."""
    return Share.objects.create(
        organization_id=patient.organization_id,
        patient=patient,
        user_id=user_id,
        expires_at=expires_at,
        alerts=alerts,
    )
