"""Reading devices, by the reach that the policy grants."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Prefetch, QuerySet

from apps.accounts.actor import Actor
from apps.accounts.policy import Reach
from apps.devices.models import Binding, Device
from apps.patients.selectors import listed_patients, within


@dataclass(frozen=True, slots=True)
class Whose:
    """A device as commands find it before any organization is bound."""

    device_id: UUID
    organization_id: UUID


def whose_device(uid: str) -> Whose | None:
    """By the definer function bodylink_device_by_uid."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT device_id, organization_id FROM bodylink_device_by_uid(%s)", [uid])
        row = cursor.fetchone()
    return Whose(*row) if row else None


def visible_devices(actor: Actor, *, at: datetime) -> "QuerySet[Device]":
    """The devices an actor may see: the organization's, or those now on the patients within their reach."""
    reach = actor.grant.devices
    if reach is Reach.ORGANIZATION:
        return Device.objects.all()
    patients = within(actor, reach).values("pk")
    return Device.objects.filter(bindings__patient_id__in=patients, bindings__period__contains=at)


def bindings_now(*, patient_ids: "list[UUID] | QuerySet", at: datetime) -> "QuerySet[Binding]":  # type: ignore[type-arg]
    """The devices that are on these patients, with their status."""
    return Binding.objects.filter(patient_id__in=patient_ids, period__contains=at).select_related(
        "device", "device__status"
    )


def with_state(devices: "QuerySet[Device]", *, actor: Actor, at: datetime) -> "QuerySet[Device]":
    """With hub and status, and in `bindings_now` the patient each is on, where the actor may know of that patient."""
    known = Binding.objects.filter(period__contains=at, patient__in=listed_patients(actor))
    return devices.select_related("hub", "status").prefetch_related(
        Prefetch("bindings", queryset=known, to_attr="bindings_now")
    )
