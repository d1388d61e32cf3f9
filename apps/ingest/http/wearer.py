"""The patient (or machine) that a device is on, as far as their devices may know of them: by the binding in force now.

All of it within a binding to the device's organization.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from apps.alerts.models import Alert, Kind, State
from apps.audit.services import record_read_by_device
from apps.core.instants import utc_text
from apps.core.keyset import Cursor
from apps.devices.basic import KnownDevice
from apps.devices.models import Binding
from apps.ingest.checks import TICK_LATE_AFTER
from apps.ingest.models import Shard
from apps.patients.models import Patient
from apps.readings.freshness import Freshness
from apps.readings.selectors import RawReading, raw_readings, vitals_of
from apps.readings.selectors.vitals import VITAL_CODES

LAST_READINGS: Final = 10
LOOKED_BACK: Final = timedelta(days=1)
# A device's clock may be a little ahead of ours: what it has just sent is among the last readings.
AHEAD: Final = timedelta(minutes=3)
ON: Final = (State.ACTIVE, State.ACKNOWLEDGED)
ANALYZED: Final = {
    "heart_rate": ("heart_rate", "pulse_rate"),
    "spo2": ("spo2",),
    "hydration": ("hydration",),
    "temperature": ("core_temperature", "skin_temperature"),
}
"""What the paper asks for, by the quantities that answer it, the first that is known."""


def wearer_of(device: KnownDevice, *, now: datetime) -> Patient | None:
    binding = Binding.objects.filter(device_id=device.device_id, period__contains=now).select_related("patient").first()
    return binding.patient if binding else None


def read_wearer_of(device: KnownDevice, *, now: datetime) -> Patient | None:
    """The same, noted in the audit trail as a look at their data."""
    patient = wearer_of(device, now=now)
    if patient is not None:
        record_read_by_device(device_id=device.device_id, patient_id=patient.pk)
    return patient


def alert_is_on(patient: Patient, *, now: datetime) -> bool | None:
    """Whether a physiological alert of the patient is on, acknowledged or not. None while the alarm engine has not
    looked at them lately: then nobody knows."""
    shard = Shard.objects.filter(number=patient.shard).first()
    if shard is None or shard.ticked_at is None or now - shard.ticked_at > TICK_LATE_AFTER:
        return None
    return Alert.objects.filter(patient=patient, kind=Kind.PHYSIOLOGICAL, state__in=ON).exists()


def analyzed(patient: Patient, *, now: datetime) -> dict[str, float | None]:
    """The current values that the paper asks for; None where there is none, or a lost one only."""
    known = {
        vital["code"]: vital["value"]
        for vital in vitals_of([patient.pk], now=now)[patient.pk]
        if vital["state"] != Freshness.LOST
    }
    return {name: next((known[code] for code in codes if code in known), None) for name, codes in ANALYZED.items()}


def last_readings(patient: Patient, *, now: datetime) -> list[dict[str, Any]]:
    """The last ten readings, the latest first, as the API shows readings."""
    end = now + AHEAD
    before = Cursor((end.isoformat(), ""), backwards=True)
    page = raw_readings(patient.pk, codes=VITAL_CODES, start=now - LOOKED_BACK, end=end, cursor=before)
    return [_shown(reading) for reading in reversed(page.rows[-LAST_READINGS:])]


def _shown(reading: RawReading) -> dict[str, Any]:
    return {
        "code": reading.code,
        "value": reading.value,
        "unit": reading.unit,
        "at": utc_text(reading.at),
        "origin": reading.origin,
        "quality": reading.quality,
        "device": reading.device,
    }
