"""Organizations, patients and devices by the thousand, written as the services would write them, in bulk."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from apps.accounts.models import Unit, User
from apps.accounts.roles import Role
from apps.accounts.services import add_member, add_unit, create_organization, create_user
from apps.core.tenancy import SIGN_IN, bind
from apps.devices.models import Binding, Credential, Device
from apps.devices.services import verifier_of
from apps.patients.models import Patient
from apps.patients.services import SHARD_SIZE
from tests.benchmarks.load.connection import Sender

MODEL = "Benchmark"
BOUND_FOR = timedelta(days=40)


@dataclass(frozen=True, slots=True)
class Hospital:
    """One organization with one unit, whose patients have one device each, in the same order."""

    id: UUID
    unit: Unit
    clinician: User
    patients: Sequence[Patient]
    devices: Sequence[Device]

    def session(self) -> str:
        """The session cookie of the clinician, signed in."""
        with bind(self.id, user_id=self.clinician.pk, door=SIGN_IN):
            user = User.objects.get(pk=self.clinician.pk)
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "apps.accounts.backends.EmailBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        return session.session_key or ""

    def senders(self, *, hubs: int = 0) -> list[Sender]:
        """The devices' connections: each its own, or shared out among so many hubs that carry their frames."""
        with bind(self.id):
            if not hubs:
                return _with_credentials(self.devices)
            carriers = _devices(self.id, [f"hub-{number:05d}" for number in range(hubs)])
            for index, device in enumerate(self.devices):
                device.hub = carriers[index % hubs]
            Device.objects.bulk_update(self.devices, ["hub"], batch_size=2_000)
            nodes = [tuple(device.uid for device in self.devices[index::hubs]) for index in range(hubs)]
            signed_up = _with_credentials(carriers)
        return [Sender(sender.uid, sender.secret, carried) for sender, carried in zip(signed_up, nodes, strict=True)]


def hospital(slug: str, patients: int) -> Hospital:
    """A hospital whose patients are on their devices since long ago."""
    organization = create_organization(slug=slug, name=slug.title(), manager_email=f"manager@{slug}.example")
    with bind(organization.pk):
        unit = add_unit(name="Ward 1")
        clinician = create_user(email=f"clinician@{slug}.example", name="Clinician")
        add_member(user=clinician, role=Role.CLINICIAN, unit_ids=[unit.pk])
        people = Patient.objects.bulk_create(_patient(organization.pk, unit, number) for number in range(patients))
        devices = _devices(organization.pk, [f"{slug[:8]}-{number:05d}" for number in range(patients)])
        since = DateTimeTZRange(datetime.now(UTC) - BOUND_FOR, None)
        Binding.objects.bulk_create(
            Binding(organization_id=organization.pk, device=device, patient=patient, period=since)
            for device, patient in zip(devices, people, strict=True)
        )
    return Hospital(organization.pk, unit, clinician, people, devices)


def _patient(organization_id: UUID, unit: Unit, number: int) -> Patient:
    return Patient(
        organization_id=organization_id,
        unit=unit,
        mrn=f"{number:06d}",
        given_name="Given",
        family_name=f"Family {number:06d}",
        bed=str(number),
        pseudonym=f"P-{number:06d}",
        shard=number // SHARD_SIZE,
    )


def _devices(organization_id: UUID, uids: Sequence[str]) -> list[Device]:
    return Device.objects.bulk_create(Device(organization_id=organization_id, uid=uid, model=MODEL) for uid in uids)


def _with_credentials(devices: Sequence[Device]) -> list[Sender]:
    senders = [Sender(device.uid, secrets.token_urlsafe(32)) for device in devices]
    Credential.objects.bulk_create(
        Credential(organization_id=device.organization_id, device=device, verifier=verifier_of(sender.secret))
        for device, sender in zip(devices, senders, strict=True)
    )
    return senders
