"""The streaming detectors of this process, all channels of one wave and rate advanced as one array.

A cache: see `derive.py`. A channel is a device's wave; a frame that one has seen already is not fed to it again.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from numpy.typing import NDArray

from apps.readings.fresh_frames import FreshFrame
from apps.readings.quantities import REGISTER
from apps.readings.quantity import SENSOR
from apps.readings.value import Value
from apps.readings.waves import Wave, physical, unpack
from ml.signals.live import ChannelUpdate, EcgShard, PpgShard

UNFED_FOR_S = 900.0
MILLIVOLTS_PER_MICROVOLT = 1e-3


@dataclass(frozen=True, slots=True)
class Detector:
    """Which vital a wave gives, by what, and the factor from the register's unit to the detector's."""

    vital: str
    shard: type[EcgShard[UUID]] | type[PpgShard[UUID]]
    factor: float = 1.0


DETECTORS: Final[dict[str, Detector]] = {
    "ecg": Detector("heart_rate", EcgShard, MILLIVOLTS_PER_MICROVOLT),
    "ppg_infrared": Detector("pulse_rate", PpgShard),
    "ppg_red": Detector("pulse_rate", PpgShard),
    "ppg_green": Detector("pulse_rate", PpgShard),
}

Bank = tuple[str, float]
"""Wave and rate in Hz: what is advanced together."""


class Channels:
    def __init__(self) -> None:
        self._shards: dict[Bank, EcgShard[UUID] | PpgShard[UUID]] = {}
        self._fed: dict[tuple[UUID, Bank], float] = {}
        self._upto: dict[UUID, float] = {}

    def upto(self, device_id: UUID) -> float | None:
        """The start of the last frame of a device that was fed here, epoch seconds; None if none was."""
        return self._upto.get(device_id)

    def feed(self, frames: Sequence[FreshFrame]) -> list[tuple[FreshFrame, Value]]:
        """What frames give, those of each device in order of time: vitals, and the quality of each wave."""
        found = [pair for together in _rounds(frames) for pair in self._feed_round(together)]
        self._forget_unfed(max((frame.start for frame in frames), default=0.0))
        return found

    def _feed_round(self, frames: Iterable[FreshFrame]) -> Iterator[tuple[FreshFrame, Value]]:
        """At most one frame of each device."""
        banks: dict[Bank, dict[UUID, tuple[float, NDArray]]] = {}  # type: ignore[type-arg]
        by_device = {}
        for frame in frames:
            by_device[frame.device_id] = frame
            self._upto[frame.device_id] = max(frame.start, self._upto.get(frame.device_id, frame.start))
            for wave in _detected(unpack(frame.waves)):
                bank = (wave.code, wave.rate_hz)
                if frame.start > self._fed.get((frame.device_id, bank), float("-inf")):
                    self._fed[frame.device_id, bank] = frame.start
                    samples = physical(wave) * DETECTORS[wave.code].factor
                    banks.setdefault(bank, {})[frame.device_id] = (frame.start, samples)
        for bank, fed in banks.items():
            for device_id, update in self._shard(bank).push(fed).items():
                for value in _values(by_device[device_id], bank[0], update):
                    yield by_device[device_id], value

    def _shard(self, bank: Bank) -> EcgShard[UUID] | PpgShard[UUID]:
        if bank not in self._shards:
            self._shards[bank] = DETECTORS[bank[0]].shard(bank[1])
        return self._shards[bank]

    def _forget_unfed(self, now: float) -> None:
        for (device_id, bank), fed in list(self._fed.items()):
            if fed < now - UNFED_FOR_S:
                self._shards[bank].forget(device_id)
                del self._fed[device_id, bank]
                self._upto.pop(device_id, None)

    def forget(self) -> None:
        """Start anew: after a tick that was rolled back the channels are ahead of the database."""
        self._shards.clear()
        self._fed.clear()
        self._upto.clear()


def _rounds(frames: Sequence[FreshFrame]) -> Iterator[list[FreshFrame]]:
    """The first frame of every device, then the second of those that have one, and so on."""
    queues: dict[UUID, list[FreshFrame]] = {}
    for frame in frames:
        queues.setdefault(frame.device_id, []).append(frame)
    for number in range(max(map(len, queues.values()), default=0)):
        yield [queue[number] for queue in queues.values() if number < len(queue)]


def _detected(waves: Sequence[Wave]) -> list[Wave]:
    """The waves that are worth a detector: of several that give one vital, the register's first choice."""
    best: dict[str, Wave] = {}
    for wave in waves:
        detector = DETECTORS.get(wave.code)
        if detector is not None and _accepted(wave):
            rank = REGISTER[detector.vital].source_rank
            if detector.vital not in best or rank(wave.code) < rank(best[detector.vital].code):
                best[detector.vital] = wave
    return list(best.values())


def _accepted(wave: Wave) -> bool:
    """Whether the detectors are made for this rate (ml.signals.live)."""
    lowest_hz = 100.0 if wave.code == "ecg" else 25.0
    return lowest_hz <= wave.rate_hz <= 1_000.0


def _values(frame: FreshFrame, code: str, update: ChannelUpdate) -> Iterator[Value]:
    """The wave's own quality under its own code, and the vital where the wave gives one."""
    yield frame.value(code, update.quality, source=SENSOR, origin=frame.origin, quality=update.quality)
    if update.rate_per_min is not None:
        vital = DETECTORS[code].vital
        yield frame.value(vital, update.rate_per_min, source=code, origin=frame.origin.derived, quality=update.quality)
    if update.variability is not None:
        for name, number in (("rmssd", update.variability.rmssd_ms), ("sdnn", update.variability.sdnn_ms)):
            yield frame.value(name, number, source=code, origin=frame.origin.derived, quality=update.quality)


CHANNELS: Final = Channels()
