"""Alerts that a device raises by itself: what it, or the person who presses its button, says of the patient it is on.

Nothing ends such a condition but a person: the engine, which judges what is measured, leaves it alone. A device's own
opinion of a patient is of medium priority, since nobody knows how good it is; somebody who calls for help, or falls, is
of high priority.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.db import IntegrityError, transaction

from apps.alerts.models import Alert, AlertTransition, Kind, Priority, State
from apps.alerts.selectors import alerts_group
from apps.audit.services import record
from apps.core.clock import SYSTEM_CLOCK, Clock
from apps.core.errors import Invalid
from apps.core.publish import publish
from apps.devices.models import Device
from apps.patients.models import Patient

CODE_PREFIX: Final = "reported_"


@dataclass(frozen=True, slots=True)
class Report:
    label: str
    kind: Kind
    priority: Priority


REPORTS: Final[Mapping[str, Report]] = MappingProxyType(
    {
        "help": Report("Calls for help", Kind.PHYSIOLOGICAL, Priority.HIGH),
        "fall": Report("Fall", Kind.PHYSIOLOGICAL, Priority.HIGH),
        "cardiac_issue": Report("Cardiac issue", Kind.PHYSIOLOGICAL, Priority.MEDIUM),
        "dehydration": Report("Dehydration", Kind.PHYSIOLOGICAL, Priority.MEDIUM),
        "low_oxygen": Report("Low oxygen", Kind.PHYSIOLOGICAL, Priority.MEDIUM),
        "abnormal_heart_rate": Report("Abnormal heart rate", Kind.PHYSIOLOGICAL, Priority.MEDIUM),
        "abnormal_temperature": Report("Abnormal temperature", Kind.PHYSIOLOGICAL, Priority.MEDIUM),
        "sensor_fault": Report("Sensor fault", Kind.TECHNICAL, Priority.LOW),
        "device_fault": Report("Device fault", Kind.TECHNICAL, Priority.LOW),
    }
)
"""What may be reported, by the name of its type."""


def type_named(name: str) -> str:
    """`Cardiac Issue` and `Dehydration Alert` are `cardiac_issue` and `dehydration`. Raises Invalid for others."""
    found = re.sub(r"[^a-z]+", "_", name.lower()).strip("_").removesuffix("_alert")
    if found not in REPORTS:
        known = ", ".join(REPORTS)
        raise Invalid("That type of alert is not known.", fields={"alert_type": [f"One of {known}."]})
    return found


def report(*, device: Device, patient: Patient, type_name: str, clock: Clock = SYSTEM_CLOCK) -> Alert:
    """Raise what a device says of the patient it is on, within a binding to their organization.

    While the same is open already, from this device, that alert stays as it is. Raises Invalid for an unknown type.
    """
    name = type_named(type_name)
    present = {"patient_id": patient.pk, "device_id": device.pk, "code": CODE_PREFIX + name}
    try:
        with transaction.atomic():
            return _open(present) or _raise(device, patient, name, clock)
    except IntegrityError:
        # Two requests at the same time: the other one has raised it.
        return Alert.objects.exclude(state=State.RESOLVED).get(**present)


def _open(present: Mapping[str, object]) -> Alert | None:
    return Alert.objects.filter(**present).exclude(state=State.RESOLVED).first()


def _raise(device: Device, patient: Patient, name: str, clock: Clock) -> Alert:
    now, report_ = clock.now(), REPORTS[name]
    alert = Alert.objects.create(
        organization_id=patient.organization_id,
        patient=patient,
        device_id=device.pk,
        code=CODE_PREFIX + name,
        kind=report_.kind,
        priority=report_.priority,
        state=State.ACTIVE,
        since=now,
        activated_at=now,
        text=f"{report_.label}, says {device.label or device.uid}"[:200],
    )
    AlertTransition.objects.create(
        organization_id=patient.organization_id,
        alert=alert,
        patient_id=patient.pk,
        state=alert.state,
        at=now,
        reason="reported by the device",
    )
    record(
        action="alert.reported",
        user_id=None,
        patient_id=patient.pk,
        device_id=device.pk,
        detail={"alert": str(alert.pk), "code": alert.code},
        clock=clock,
    )
    publish(alerts_group(patient.organization_id), {"type": "live.alert"})
    return alert
