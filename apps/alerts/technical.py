"""What the devices on a patient say about themselves, and which values mean nothing because of it. Pure.

Lead off and sensor off are of low priority (they are many, and the screen shows the missing value); a device that is
silent is of medium priority: nothing of it is watched any more.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from apps.alerts.facts import GOOD_ENOUGH, Condition, DeviceFacts, Evidence, Reading, Sensed
from apps.alerts.models import Kind, Priority
from apps.devices.liveness import SILENT_AFTER
from apps.readings.freshness import Freshness
from apps.readings.quantities import REGISTER, Form
from apps.readings.quantity import SENSOR
from ml.signals.trouble import Trouble

DEVICE_SILENT, LEAD_OFF, SENSOR_OFF, BATTERY_LOW, POOR_SIGNAL = CODES = (
    "device_silent",
    "lead_off",
    "sensor_off",
    "battery_low",
    "poor_signal",
)
HEARD_WITHIN: Final = timedelta(hours=24)
BATTERY_LOW_PERCENT: Final = 15.0
BATTERY_FINE_PERCENT: Final = 20.0
DELAYS: Final = {
    LEAD_OFF: timedelta(seconds=5),
    SENSOR_OFF: timedelta(seconds=5),
    BATTERY_LOW: timedelta(seconds=10),
    POOR_SIGNAL: timedelta(seconds=10),
}
# What a device reports itself by the sensor that the flag is about; what we derive is known by its wave.
_BY_FLAG: Final = {
    LEAD_OFF: ({"ecg"}, {"heart_rate", "rmssd", "sdnn", "pacemaker_pulse"}),
    SENSOR_OFF: ({"ppg_red", "ppg_infrared", "ppg_green"}, {"spo2", "pulse_rate", "perfusion_index"}),
}


@dataclass(frozen=True, slots=True)
class _Finding:
    evidence: Evidence
    text: str = ""
    value: float | None = None
    limit: float | None = None
    unit: str = ""


_UNCERTAIN, _ABSENT = _Finding(Evidence.UNCERTAIN), _Finding(Evidence.ABSENT)


def inhibited(reading: Reading, devices: Mapping[str, DeviceFacts]) -> bool:
    """Whether the sensor that a value comes from is off. `devices` by uid."""
    device = devices.get(reading.device_uid)
    if device is None:
        return False
    return any(
        flag in device.flags and (reading.source in waves or (reading.source == SENSOR and reading.code in codes))
        for flag, (waves, codes) in _BY_FLAG.items()
    )


def sense_device(
    device: DeviceFacts,
    readings: Iterable[Reading],
    alerts: Mapping[tuple[UUID | None, str], Condition],
    *,
    now: datetime,
) -> Iterator[Sensed]:
    """What the present says of each technical condition of a device. `readings`: those that come from it."""
    silence = _sense_silence(device, now)
    yield silence
    speaks = silence.evidence is Evidence.ABSENT
    for code, finding in _findings(device, readings, alerts).items():
        yield _sensed(device, code, finding if speaks else _UNCERTAIN, alerts.get((device.id, code)), now)


def _sense_silence(device: DeviceFacts, now: datetime) -> Sensed:
    """A device that has never been heard on this patient, nor in the last day, is not in use: it is not missed."""
    seen = device.last_seen_at
    if seen is None or (seen < now - HEARD_WITHIN and seen < device.bound_since):
        return Sensed(DEVICE_SILENT, Kind.TECHNICAL, Evidence.GONE, device.id, "not in use")
    since = max(seen, device.bound_since)
    if now - since <= SILENT_AFTER:
        return Sensed(DEVICE_SILENT, Kind.TECHNICAL, Evidence.ABSENT, device.id, "heard again")
    return Sensed(
        DEVICE_SILENT,
        Kind.TECHNICAL,
        Evidence.PRESENT,
        device.id,
        onsets={Priority.MEDIUM: since},
        due=Priority.MEDIUM,
        text=f"No data from {device.name}",
    )


def _findings(
    device: DeviceFacts, readings: Iterable[Reading], alerts: Mapping[tuple[UUID | None, str], Condition]
) -> dict[str, _Finding]:
    return {
        LEAD_OFF: _flag(device, LEAD_OFF, f"Lead off, {device.name}"),
        SENSOR_OFF: _flag(device, SENSOR_OFF, f"Sensor off, {device.name}"),
        BATTERY_LOW: _battery(device, alarmed=(device.id, BATTERY_LOW) in alerts),
        POOR_SIGNAL: _signal(device, readings),
    }


def _flag(device: DeviceFacts, flag: str, text: str) -> _Finding:
    return _Finding(Evidence.PRESENT, text) if flag in device.flags else _ABSENT


def _battery(device: DeviceFacts, *, alarmed: bool) -> _Finding:
    percent = device.battery_percent
    if percent is None:
        return _UNCERTAIN
    if device.charging or percent >= (BATTERY_FINE_PERCENT if alarmed else BATTERY_LOW_PERCENT):
        return _ABSENT
    text = f"Battery {percent:.0f} % < {BATTERY_LOW_PERCENT:.0f}, {device.name}"
    return _Finding(Evidence.PRESENT, text, percent, BATTERY_LOW_PERCENT, "%")


def _signal(device: DeviceFacts, readings: Iterable[Reading]) -> _Finding:
    live = [reading for reading in readings if reading.freshness is Freshness.LIVE]
    poor = sorted(_named(reading) for reading in live if reading.quality < GOOD_ENOUGH)
    if poor:
        return _Finding(Evidence.PRESENT, f"Poor signal ({', '.join(poor)}), {device.name}"[:200])
    return _ABSENT if live else _UNCERTAIN


def _named(reading: Reading) -> str:
    """Which signal is poor, and of a wave what is wrong with it: its own value is the number of its trouble."""
    quantity = REGISTER[reading.code]
    label = quantity.label.lower()
    if quantity.form is not Form.WAVE or reading.value not in set(Trouble) or reading.value == Trouble.NONE:
        return label
    return f"{label}: {Trouble(int(reading.value)).word}"


def _sensed(device: DeviceFacts, code: str, finding: _Finding, alert: Condition | None, now: datetime) -> Sensed:
    onset = alert.onsets.get(Priority.LOW, now) if alert else now
    due = finding.evidence is Evidence.PRESENT and now - onset >= DELAYS[code]
    return Sensed(
        code,
        Kind.TECHNICAL,
        finding.evidence,
        device.id,
        onsets={Priority.LOW: onset} if finding.evidence is Evidence.PRESENT else {},
        due=Priority.LOW if due else None,
        value=finding.value,
        limit=finding.limit,
        unit=finding.unit,
        text=finding.text,
    )
