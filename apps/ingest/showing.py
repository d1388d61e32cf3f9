"""Showing new readings at once, past the tick: the waves and measured values of those patients somebody looks at.

This path is lossy: a screen that misses a wave draws a gap, and the next tick says every value again.
"""

from collections.abc import Sequence
from uuid import UUID

from apps.core.clock import SYSTEM_CLOCK
from apps.core.publish import publish
from apps.core.watch import watched
from apps.ingest.arrival import Reading
from apps.ingest.shown import Shown
from apps.readings.messages import frame_message, patient_group, vitals_message, wave_message
from apps.readings.quantity import SENSOR
from apps.readings.selectors import vital
from apps.readings.value import Value


def show(readings: Sequence[Reading], shown: Shown) -> None:
    """Publish readings that are new to whoever watches their patients."""
    looked_at = watched()
    of_watched = [
        (reading, reading.patient_id)
        for reading in readings
        if reading.patient_id is not None and reading.patient_id in looked_at
    ]
    if not of_watched:
        return
    shown.hear({patient_id for _, patient_id in of_watched})
    for reading, patient_id in of_watched:
        _show(reading, patient_id, shown)
    shown.tell()


def _show(reading: Reading, patient_id: UUID, shown: Shown) -> None:
    values = [_value(reading, patient_id, code, number) for code, number in reading.frame.values.items()]
    values = [value for value in values if shown.take(value)]
    waves = [wave for wave in reading.frame.waves if shown.may_draw(_value(reading, patient_id, wave.code, 0.0))]
    if not reading.is_new:
        return
    parts = []
    if waves:
        parts.append(wave_message(patient_id, waves, reading.t.timestamp(), reading.origin))
    if values:
        now = SYSTEM_CLOCK.now()
        parts.append(vitals_message(patient_id, [vital(value, now=now) for value in values]))
    if parts:
        publish(patient_group(patient_id), frame_message(patient_id, parts))


def _value(reading: Reading, patient_id: UUID, code: str, number: float) -> Value:
    """A value, or a wave by its source only, before its quality is known."""
    return Value(
        patient_id=patient_id,
        code=code,
        value=number,
        at=reading.t,
        origin=reading.origin,
        source=SENSOR,
        quality=1.0,
        device_id=reading.sender.device_id,
        device_uid=reading.sender.uid,
    )
