"""Rows that the alarm engine's service reads."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from apps.alerts.models import Alert, AlertTransition
from apps.alerts.selectors import transitions_after
from apps.alerts.services import evaluate
from apps.core.tenancy import bind
from apps.devices.models import Binding, Device, DeviceStatus
from apps.patients.models import Patient
from apps.readings.current import current_values
from apps.readings.models import CurrentValue
from tests.held_clock import HeldClock
from tests.waiting import until


def show(patient: Patient, code: str, value: float, at: datetime, **other: Any) -> None:
    """Make a current value."""
    shown = {"value": value, "at": at, "origin": 0, "quality": 1.0, "source": "sensor", **other}
    with bind(patient.organization_id):
        CurrentValue.objects.update_or_create(
            organization_id=patient.organization_id, patient=patient, code=code, defaults=shown
        )


def put_on(patient: Patient, uid: str, *, since: datetime, heard_at: datetime | None = None, **status: Any) -> Device:
    """A device on a patient since then, and its status."""
    owned = {"organization_id": patient.organization_id}
    with bind(patient.organization_id):
        device = Device.objects.create(uid=uid, model="test", **owned)
        Binding.objects.create(device=device, patient=patient, period=DateTimeTZRange(since, None), **owned)
        if heard_at:
            DeviceStatus.objects.create(device=device, last_seen_at=heard_at, **owned, **status)
    return device


def tick(clock: HeldClock, *patients: Patient) -> list[AlertTransition]:
    """One evaluation, as the pipeline does it."""
    organization_id = patients[0].organization_id
    with bind(organization_id):
        patient_ids = [patient.pk for patient in patients]
        return evaluate(patient_ids=patient_ids, current=current_values(patient_ids), clock=clock)


def breach(patient: Patient, clock: HeldClock, code: str = "spo2", value: float = 80.0, seconds: int = 20) -> Alert:
    """Let a value stay beyond its limit until its alert is raised."""
    for _ in range(seconds):
        show(patient, code, value, clock.now())
        tick(clock, patient)
        clock.move(1)
    with bind(patient.organization_id):
        return Alert.objects.exclude(state="resolved").get(patient=patient, kind="physiological")


def alerts_of(organization_id: UUID) -> list[Alert]:
    with bind(organization_id):
        return list(Alert.objects.order_by("since", "code"))


def settle(organization_id: UUID) -> None:
    """Wait until no transaction older than the latest transition is running: other tests may share the server."""

    def is_settled() -> bool:
        with bind(organization_id):
            return not transitions_after(0).unsettled

    until(is_settled, "every older transaction has ended", within_s=60)


def ago(clock: HeldClock, **spans: float) -> datetime:
    return clock.now() - timedelta(**spans)
