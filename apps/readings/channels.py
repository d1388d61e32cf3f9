"""The streaming detectors of this process, one per device and wave. A cache: see `derive.py`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from apps.readings.value import Value
from apps.readings.waves import Wave, physical, unpack
from ml.signals.live import ChannelUpdate, EcgChannel, PpgChannel

if TYPE_CHECKING:
    from apps.readings.fresh_frames import FreshFrame

MICROVOLT_IN_MILLIVOLT = 1e-3
KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Detector:
    """How a wave becomes a vital: which, by what, and in which unit the detector wants the samples."""

    vital: str
    make: Callable[[float], EcgChannel | PpgChannel]
    factor: float = 1.0


DETECTORS: Final[dict[str, Detector]] = {
    "ecg": Detector("heart_rate", EcgChannel, MICROVOLT_IN_MILLIVOLT),
    "ppg_infrared": Detector("pulse_rate", PpgChannel),
    "ppg_red": Detector("pulse_rate", PpgChannel),
    "ppg_green": Detector("pulse_rate", PpgChannel),
}


@dataclass(slots=True)
class _Channel:
    detector: EcgChannel | PpgChannel
    rate_hz: float
    upto: float


class Channels:
    def __init__(self) -> None:
        self._channels: dict[tuple[UUID, str], _Channel] = {}

    def upto(self, device_id: UUID) -> float | None:
        """The start of the last frame that every channel of a device has seen here; None if it has none."""
        seen = [c.upto for code in DETECTORS if (c := self._channels.get((device_id, code)))]
        return min(seen, default=None)

    def feed(self, frame: "FreshFrame") -> list[Value]:
        """What the waves of the next frame of a device give. A frame that was fed before gives nothing."""
        values = [self._feed(frame, wave) for wave in unpack(frame.waves) if wave.code in DETECTORS]
        return _best_of_each(value for value in values if value is not None)

    def _feed(self, frame: "FreshFrame", wave: Wave) -> Value | None:
        detector = DETECTORS[wave.code]
        channel = self._channel(frame, wave, detector)
        if frame.start <= channel.upto:
            return None
        channel.upto = frame.start
        update: ChannelUpdate = channel.detector.push(frame.start, physical(wave) * detector.factor)
        if update.rate_per_min is None:
            return None
        return Value(
            patient_id=frame.patient_id,
            code=detector.vital,
            value=update.rate_per_min,
            at=frame.at,
            origin=frame.origin.derived,
            source=wave.code,
            quality=update.quality,
            device_id=frame.device_id,
            device_uid=frame.device_uid,
        )

    def _channel(self, frame: "FreshFrame", wave: Wave, detector: Detector) -> _Channel:
        key = (frame.device_id, wave.code)
        channel = self._channels.pop(key, None)
        if channel is None or channel.rate_hz != wave.rate_hz:
            channel = _Channel(detector.make(wave.rate_hz), wave.rate_hz, float("-inf"))
        self._channels[key] = channel  # last in, so that the first is the one longest unfed
        if len(self._channels) > KEPT:
            del self._channels[next(iter(self._channels))]
        return channel

    def forget(self) -> None:
        """Start anew: after a tick that was rolled back the channels are ahead of the database."""
        self._channels.clear()


def _best_of_each(values: Iterable[Value]) -> list[Value]:
    """Of two waves that give one vital (red and infra-red pulse), the better one."""
    best: dict[str, Value] = {}
    for value in values:
        if value.code not in best or value.quality > best[value.code].quality:
            best[value.code] = value
    return list(best.values())


CHANNELS: Final = Channels()
