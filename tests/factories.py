"""Measured things for the tests, written the way the real writers write them: frames by ingest's role, the rest by the
application's."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import UUID, uuid4

import numpy as np
from django.db import connections
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from apps.alerts.models import Alert
from apps.core.tenancy import bind
from apps.devices.models import Binding, Device, DeviceStatus
from apps.patients.models import Patient
from apps.readings.models import CurrentValue, Derived, Observation, ObservationEntry
from apps.readings.origin import Origin
from apps.readings.quantities import REGISTER
from apps.readings.waves import Wave, pack
from tests.personas import Hospital

_seq = count()


def now() -> datetime:
    return datetime.now(UTC)


def a_device(hospital: Hospital, uid: str, *, on: Patient | None = None, heard: bool = False) -> Device:
    """A device of the hospital, on a patient since an hour ago, heard just now."""
    with bind(hospital.id):
        device = Device.objects.create(organization_id=hospital.id, uid=uid, model="node", label=f"Label {uid}")
        if on is not None:
            Binding.objects.create(
                organization_id=hospital.id,
                device=device,
                patient=on,
                period=DateTimeTZRange(now() - timedelta(hours=1), None),
            )
        if heard:
            DeviceStatus.objects.create(
                organization_id=hospital.id, device=device, last_seen_at=now(), battery_percent=81.0, flags=["lead_off"]
            )
    return device


def a_wave(code: str, samples: Sequence[int], *, rate_hz: float = 250.0, scale: float = 2.5) -> Wave:
    counts = np.asarray(samples, dtype="<i2")
    return Wave(code, rate_hz, REGISTER[code].unit, scale, 0.0, counts)


def a_frame(
    patient: Patient | None,
    device: Device,
    at: datetime,
    *,
    values: Mapping[str, float] | None = None,
    waves: Sequence[Wave] = (),
    origin: Origin = Origin.MEASURED,
    late: bool = False,
) -> None:
    """One frame at `at`; `late` notes its minute as ingest does for one that arrives long after."""
    values = values or {}
    duration_s = max((wave.duration_s for wave in waves), default=1.0)
    make_partition(at.date())
    with connections["ingest"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO readings_frame (organization_id, device_id, patient_id, boot, seq, t, device_t, duration_s, "
            "origin, waves, value_codes, value_numbers, flags) "
            "VALUES (%s, %s, %s, 'b007', %s, %s, %s, %s, %s, %s, %s, %s, '{}')",
            [
                device.organization_id,
                device.pk,
                patient.pk if patient else None,
                next(_seq),
                at,
                at.timestamp(),
                duration_s,
                int(origin),
                pack(waves),
                [REGISTER[code].number for code in values],
                list(values.values()),
            ],
        )
        if late and patient is not None:
            cursor.execute(
                "INSERT INTO readings_lateminute (organization_id, patient_id, minute) "
                "VALUES (%s, %s, date_trunc('minute', %s::timestamptz)) ON CONFLICT DO NOTHING",
                [device.organization_id, patient.pk, at],
            )


def make_partition(day: date) -> None:
    with connections["ingest"].cursor() as cursor:
        cursor.execute("SELECT bodylink_make_partitions(%s)", [day])


def derived(
    patient: Patient,
    device: Device,
    at: datetime,
    values: Mapping[str, float],
    *,
    quality: float = 0.9,
    origin: Origin = Origin.DERIVED,
) -> None:
    make_partition(at.date())
    with bind(patient.organization_id):
        Derived.objects.bulk_create(
            [
                Derived(
                    organization_id=patient.organization_id,
                    patient_id=patient.pk,
                    t=at,
                    origin=int(origin),
                    value_codes=[REGISTER[code].number for code in values],
                    value_numbers=list(values.values()),
                    qualities=[quality] * len(values),
                    device_ids=[device.pk] * len(values),
                )
            ]
        )


def a_current_value(
    patient: Patient,
    code: str,
    value: float,
    at: datetime,
    *,
    origin: Origin = Origin.MEASURED,
    device: str = "node-0001",
) -> None:
    with bind(patient.organization_id):
        CurrentValue.objects.create(
            organization_id=patient.organization_id,
            patient=patient,
            code=code,
            value=value,
            at=at,
            origin=int(origin),
            source="sensor",
            quality=0.97,
            device_uid=device,
        )


def an_alert(patient: Patient, *, code: str = "spo2_low", kind: str = "physiological", state: str = "active") -> UUID:
    """An alert that was raised, in the given state."""
    with bind(patient.organization_id):
        alert = Alert.objects.create(
            organization_id=patient.organization_id,
            patient=patient,
            code=code,
            kind=kind,
            priority="high",
            state=state,
            since=now(),
            activated_at=None if state == "pending" else now(),
            value=86.0,
            limit=90.0,
            unit="%",
            text="SpO₂ 86 %, below 90 %",
        )
    return alert.pk


def an_observation(
    patient: Patient, code: str = "core_temperature", value: float = 37.2, *, at: datetime | None = None
) -> UUID:
    """One value that somebody entered by hand, who is no member any more."""
    at = at or now() - timedelta(minutes=5)
    with bind(patient.organization_id):
        entry = ObservationEntry.objects.create(
            organization_id=patient.organization_id,
            patient=patient,
            entered_by=uuid4(),
            role="clinician",
            entered_at=at,
            at=at,
            digest="",
        )
        observation = Observation.objects.create(
            organization_id=patient.organization_id,
            entry=entry,
            patient_id=patient.pk,
            at=at,
            quantity=REGISTER[code].number,
            value=value,
        )
    return observation.pk
