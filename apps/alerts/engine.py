"""The alarm engine: everything that is known of one patient at one moment in, what becomes of their alerts out. Pure.

It keeps nothing between calls: how long a condition has held is in the open alert itself, so that any worker can go on
where another was killed.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from apps.alerts.facts import Condition, DeviceFacts, Evidence, Move, PatientFacts, Reading, Sensed
from apps.alerts.lifecycle import step
from apps.alerts.limits import sense_limits
from apps.alerts.models import Kind
from apps.alerts.technical import CODES, inhibited, sense_device


def evaluate_patient(facts: PatientFacts, now: datetime) -> list[Move]:
    """The openings and changes of one patient's alerts, in no particular order."""
    alerts = {alert.key: alert for alert in facts.open_alerts if alert.kind != Kind.RETROSPECTIVE}
    moves = (step(alerts.get(sensed.key), sensed) for sensed in _sense(facts, alerts, now))
    return [move for move in moves if move is not None]


def _sense(facts: PatientFacts, alerts: dict[tuple[UUID | None, str], Condition], now: datetime) -> Iterator[Sensed]:
    yield from _sense_quantities(facts, alerts, now)
    for device in facts.devices:
        own = [reading for reading in facts.readings.values() if reading.device_uid == device.uid]
        yield from sense_device(device, own, alerts, now=now)
    yield from _sense_removed(facts.devices, alerts)


def _sense_quantities(
    facts: PatientFacts, alerts: dict[tuple[UUID | None, str], Condition], now: datetime
) -> Iterator[Sensed]:
    devices = {device.uid: device for device in facts.devices}
    ruled_out = (code for _, code in alerts if code not in facts.limits and code not in CODES)
    for code in (*facts.limits, *ruled_out):
        limits = facts.limits.get(code, ())
        reading: Reading | None = facts.readings.get(limits[0].quantity) if limits else None
        off = reading is not None and inhibited(reading, devices)
        sensed = sense_limits(code, limits, reading, alerts.get((None, code)), inhibited=off, now=now)
        if sensed is not None:
            yield sensed


def _sense_removed(devices: Sequence[DeviceFacts], alerts: Iterable[tuple[UUID | None, str]]) -> Iterator[Sensed]:
    """A device that is on the patient no more takes its conditions with it."""
    present = {device.id for device in devices}
    for device_id, code in alerts:
        if code in CODES and device_id not in present:
            yield Sensed(code, Kind.TECHNICAL, Evidence.GONE, device_id, "the device was taken off")
