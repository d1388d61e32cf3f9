"""Two hospitals with devices, quarantine, an audit trail and broken glass of their own."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connections

from apps.accounts.models import Membership
from apps.accounts.roles import Role
from apps.alerts.models import Rule
from apps.audit.models import AuditEvent
from apps.core.tenancy import bind
from apps.devices.models import Credential, Device, DeviceStatus
from apps.devices.services import bind_device, provision
from apps.ingest.models import Quarantined
from apps.patients.models import BreakGlass
from apps.patients.services import break_glass
from apps.readings.models import Frame, Retention
from apps.readings.retention import settled_retention
from tests.factories import a_frame, a_wave, now
from tests.personas import Hospital, World


@dataclass
class Things:
    """What one hospital has for the admin to show."""

    hospital: Hospital
    device: Device
    credential: Credential
    quarantined: Quarantined
    glass: BreakGlass
    event: AuditEvent
    membership: Membership
    rule: Rule
    retention: Retention


@pytest.fixture
def north(world: World) -> Things:
    return furnish(world.north)


@pytest.fixture
def south(world: World) -> Things:
    return furnish(world.south)


def furnish(hospital: Hospital) -> Things:
    slug = hospital.organization.slug
    with bind(hospital.id):
        device = provision(model="bodylink-node", uid=f"{slug}-node", label=f"{slug} label").device
        bind_device(device=device, patient=hospital.alice, since=now() - timedelta(hours=1))
        glass = break_glass(
            actor=hospital.actor(Role.CLINICIAN), patient_id=hospital.charlie.pk, reason=f"Fell ill at {slug}"
        )
        rule = Rule.objects.create(organization_id=hospital.id, quantity="heart_rate", low=40, priority="low")
        membership = Membership.objects.get(user=hospital.people[Role.CAREGIVER])
        event = AuditEvent.objects.filter(device_id=device.pk).latest("at")
        credential = Credential.objects.get(device=device)
        retention = settled_retention()
    quarantine(f"{slug}-stray", hospital, payload=f'{{"boot": "{slug}", "seq": -1}}'.encode())
    with bind(hospital.id):
        quarantined = Quarantined.objects.get()
    return Things(hospital, device, credential, quarantined, glass, event, membership, rule, retention)


def quarantine(uid: str, hospital: Hospital | None, *, payload: bytes | None, reason: str = "seq") -> None:
    """What ingest's role writes of a payload that could not be taken."""
    with connections["ingest"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO ingest_quarantined (id, organization_id, device_uid, topic, reason, detail, digest, payload, "
            "size_bytes, count, first_at, last_at) "
            "VALUES (%s, %s, %s, %s, %s, 'seq is wrong', %s, %s, %s, 3, now(), now())",
            [
                uuid4(),
                hospital.id if hospital else None,
                uid,
                f"bl/v1/{uid}/up/frame",
                reason,
                uuid4().hex,
                payload,
                len(payload or b""),
            ],
        )


def a_last_frame(things: Things) -> None:
    """An ECG and a temperature of the device, just now, which its status names."""
    at = now() - timedelta(seconds=2)
    ecg = a_wave("ecg", [0, 10, -20, 400, -50, 0] * 50)
    a_frame(things.hospital.alice, things.device, at, values={"skin_temperature": 33.4}, waves=[ecg])
    with bind(things.hospital.id):
        frame = Frame.objects.get(device_id=things.device.pk)
        DeviceStatus.objects.create(
            organization_id=things.hospital.id,
            device=things.device,
            last_seen_at=now(),
            last_frame_t=frame.t,
            last_frame_boot=frame.boot,
            last_frame_seq=frame.seq,
            battery_percent=81.0,
            battery_mv=3912.0,
            charging=False,
            flags=["lead_off"],
        )
