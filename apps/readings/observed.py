"""Reading what was entered by hand. Whether the actor may see the patient is patients.selectors' to say, before."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from apps.accounts.models import User
from apps.core.instants import utc_text
from apps.patients.models import Patient
from apps.readings.models import Observation, ObservationEntry
from apps.readings.origin import Origin
from apps.readings.quantities import by_number

FINAL, IN_ERROR = "final", "entered-in-error"


def entries_of(patient: Patient) -> "QuerySet[ObservationEntry]":
    """What was entered of a patient, the latest of the body first, what was entered in error included."""
    return (
        ObservationEntry.objects.filter(patient_id=patient.pk).prefetch_related("observations").order_by("-at", "-id")
    )


def names_of_people(ids: Iterable[UUID]) -> Mapping[UUID, str]:
    """The names of those who are still members, by one query."""
    return {user.pk: str(user) for user in User.objects.filter(pk__in=set(ids))}


def entry_json(entry: ObservationEntry, names: Mapping[UUID, str], *, simulated: bool) -> dict[str, Any]:
    observations = sorted(entry.observations.all(), key=lambda each: each.quantity)
    return {
        "id": entry.pk,
        "patient": entry.patient_id,
        "at": utc_text(entry.at),
        "entered_at": utc_text(entry.entered_at),
        "entered_by": names.get(entry.entered_by),
        "simulated": simulated,
        "observations": [observation_json(each) for each in observations],
    }


def observation_json(observation: Observation) -> dict[str, Any]:
    quantity = by_number(observation.quantity)
    return {
        "id": observation.pk,
        "code": quantity.code,
        "value": observation.value,
        "unit": quantity.unit,
        "at": utc_text(observation.at),
        "origin": Origin.MANUAL.label,
        "state": IN_ERROR if observation.in_error_at else FINAL,
        "in_error_reason": observation.in_error_reason,
    }
