"""How the audit trail names a patient: by name where the role may know whom an event speaks of, else by pseudonym."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import Q

from apps.accounts.actor import Actor
from apps.accounts.naming import MOST_FOUND, Naming, register
from apps.patients.models import Patient


def name_for(actor: Actor, patient: Patient) -> str:
    return f"{patient.mrn} · {patient}" if actor.grant.audit_identity else patient.pseudonym


def _names(actor: Actor, ids: Collection[UUID]) -> Mapping[UUID, str]:
    return {patient.pk: name_for(actor, patient) for patient in Patient.objects.filter(pk__in=ids)}


def _found(actor: Actor, text: str) -> Collection[UUID]:
    wanted = Q(pseudonym__iexact=text)
    if actor.grant.audit_identity:
        wanted |= Q(mrn__iexact=text) | Q(family_name__icontains=text) | Q(given_name__icontains=text)
    return list(Patient.objects.filter(wanted).values_list("pk", flat=True)[:MOST_FOUND])


register("patient", Naming(_names, _found))
