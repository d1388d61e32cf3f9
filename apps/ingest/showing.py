"""Showing new readings at once, past the tick: the waves and measured values of those patients somebody looks at.

This path is lossy: a screen that misses a wave draws a gap, and the next tick says every value again.
"""

from collections.abc import Sequence
from uuid import UUID

from apps.core.clock import SYSTEM_CLOCK
from apps.core.publish import publish
from apps.core.watch import watched
from apps.ingest.arrival import Reading
from apps.readings.current import of_one_source, replaces
from apps.readings.messages import patient_group, vitals_message, wave_message
from apps.readings.quantity import SENSOR
from apps.readings.selectors import vital
from apps.readings.value import Value

KEPT = 100_000


class Shown:
    """Which source of each quantity the screens were last given, by the rule of the current values: two sources do not
    take turns."""

    def __init__(self) -> None:
        self._latest: dict[tuple[UUID, str], Value] = {}

    def may_draw(self, wave: Value) -> bool:
        """Whether a wave may be drawn: a strip made of two signals would be nobody's. What comes late from the source
        that is shown fills its gap."""
        latest = self._latest.get((wave.patient_id, wave.code))
        late = latest is not None and wave.at < latest.at and of_one_source(wave, latest)
        return late or self.take(wave)

    def take(self, value: Value) -> bool:
        """Whether a value may be shown; if so it is the latest now."""
        key = (value.patient_id, value.code)
        if not replaces(value, self._latest.get(key)):
            return False
        if len(self._latest) > KEPT:
            self._latest.clear()
        self._latest[key] = value
        return True


def show(readings: Sequence[Reading], shown: Shown) -> None:
    """Publish readings that are new to whoever watches their patients. Those that another ingest has stored count too:
    where there are several, all go by the same sources."""
    looked_at = watched()
    for reading in readings:
        if reading.patient_id is not None and reading.patient_id in looked_at:
            _show(reading, reading.patient_id, shown)


def _show(reading: Reading, patient_id: UUID, shown: Shown) -> None:
    values = [_value(reading, patient_id, code, number) for code, number in reading.frame.values.items()]
    values = [value for value in values if shown.take(value)]
    waves = [wave for wave in reading.frame.waves if shown.may_draw(_value(reading, patient_id, wave.code, 0.0))]
    if not reading.is_new:
        return
    group = patient_group(patient_id)
    if waves:
        publish(group, wave_message(patient_id, waves, reading.t.timestamp(), reading.origin))
    if values:
        now = SYSTEM_CLOCK.now()
        publish(group, vitals_message(patient_id, [vital(value, now=now) for value in values]))


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
