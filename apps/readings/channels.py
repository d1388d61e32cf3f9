"""The streaming detectors of this process, all channels of one wave and rate advanced as one array.

A cache: see `derive.py`. A channel is a device's wave; a frame that one has seen already is not fed to it again.

A wave's own value is the number of its `Trouble` (0 for none), with the wave's quality. A vital of a wave that is not
good enough, or that another wave of the same body contradicts, is not given at all.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from numpy.typing import NDArray

from apps.readings.fresh_frames import FreshFrame, rounds
from apps.readings.muscle_brain import MuscleAndBrain, nerve_waves
from apps.readings.network import RESPIRATION, Beaten, BodyNetwork, Waves
from apps.readings.quantities import REGISTER
from apps.readings.quantity import SENSOR
from apps.readings.rhythm import rhythm_values
from apps.readings.value import Value
from apps.readings.waves import Wave, physical, unpack
from ml.signals.agreement import Agreement, Heard, Verdict
from ml.signals.live import EcgShard, PpgShard
from ml.signals.trouble import GOOD_ENOUGH, Trouble, trouble_of_ecg, trouble_of_pulse

UNFED_FOR_S = 900.0
MILLIVOLTS_PER_MICROVOLT = 1e-3
CONTRADICTED_QUALITY = 0.2
RHYTHM_EVERY_S = 10.0
"""Where there is none to speak of."""


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
        self._agreement: Agreement[UUID] = Agreement()
        self._network = BodyNetwork()
        self._nerves = MuscleAndBrain()

    def upto(self, device_id: UUID) -> float | None:
        """The start of the last frame of a device that was fed here, epoch seconds; None if none was."""
        return self._upto.get(device_id)

    def feed(self, frames: Sequence[FreshFrame]) -> list[tuple[FreshFrame, Value]]:
        """What frames give, those of each device in order of time: vitals, and the quality of each wave."""
        found = [pair for together in rounds(frames) for pair in self._feed_round(together)]
        self._forget_unfed(max((frame.start for frame in frames), default=0.0))
        return found

    def _feed_round(self, frames: Iterable[FreshFrame]) -> Iterator[tuple[FreshFrame, Value]]:
        """At most one frame of each device."""
        banks: dict[Bank, dict[UUID, tuple[float, NDArray]]] = {}  # type: ignore[type-arg]
        by_device: dict[UUID, FreshFrame] = {}
        waves: Waves = {}
        for frame in frames:
            by_device[frame.device_id] = frame
            self._upto[frame.device_id] = max(frame.start, self._upto.get(frame.device_id, frame.start))
            unpacked = unpack(frame.waves)
            for wave in (*_detected(unpacked), *_breathing(unpacked), *nerve_waves(unpacked)):
                bank = (wave.code, wave.rate_hz)
                if frame.start > self._fed.get((frame.device_id, bank), float("-inf")):
                    self._fed[frame.device_id, bank] = frame.start
                    waves[frame.device_id] = (frame, unpacked)
                    if wave.code in DETECTORS:
                        samples = physical(wave) * DETECTORS[wave.code].factor
                        banks.setdefault(bank, {})[frame.device_id] = (frame.start, samples)
        beaten = self._judged(list(self._detect(banks, by_device)))
        yield from self._network.feed(beaten, waves)
        yield from self._nerves.feed(waves)
        for each in beaten:
            perfusion_percent = self._network.perfusion_percent.get(each.frame.device_id, float("nan"))
            yield from ((each.frame, value) for value in _values(each, perfusion_percent))

    def _detect(
        self,
        banks: Mapping[Bank, Mapping[UUID, tuple[float, NDArray]]],  # type: ignore[type-arg]
        by_device: Mapping[UUID, FreshFrame],
    ) -> Iterator[Beaten]:
        for bank, fed in banks.items():
            for device_id, update in self._shard(bank).push(fed).items():
                yield Beaten(by_device[device_id], *bank, fed[device_id][1], update, agreed=True)

    def _judged(self, beaten: Sequence[Beaten]) -> list[Beaten]:
        """With what ECG and pulse of one person, be they of two devices, say of each other."""
        for each in beaten:
            rate = Heard(each.frame.start, each.update.rate_per_min, each.update.reason, each.update.quality)
            hear = self._agreement.hear_ecg if each.code == "ecg" else self._agreement.hear_pulse
            hear(each.frame.patient_id, rate)
        verdicts = {each.frame.patient_id: Verdict.STANDS for each in beaten}
        verdicts = {patient_id: self._agreement.verdict(patient_id) for patient_id in verdicts}
        return [replace(each, agreed=_stands(each.code, verdicts[each.frame.patient_id])) for each in beaten]

    def _shard(self, bank: Bank) -> EcgShard[UUID] | PpgShard[UUID]:
        if bank not in self._shards:
            self._shards[bank] = DETECTORS[bank[0]].shard(bank[1])
        return self._shards[bank]

    def _forget_unfed(self, now: float) -> None:
        self._agreement.forget_before(now - UNFED_FOR_S)
        for (device_id, bank), fed in list(self._fed.items()):
            if fed < now - UNFED_FOR_S:
                if bank in self._shards:
                    self._shards[bank].forget(device_id)
                self._network.forget(device_id)
                self._nerves.forget(device_id)
                del self._fed[device_id, bank]
                self._upto.pop(device_id, None)

    def forget(self) -> None:
        """Start anew: after a tick that was rolled back the channels are ahead of the database."""
        self._shards.clear()
        self._fed.clear()
        self._upto.clear()
        self._agreement = Agreement()
        self._network = BodyNetwork()
        self._nerves = MuscleAndBrain()


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


def _breathing(waves: Sequence[Wave]) -> list[Wave]:
    return [wave for wave in waves if wave.code == RESPIRATION]


def _stands(code: str, verdict: Verdict) -> bool:
    return verdict is not (Verdict.ECG_CONTRADICTED if code == "ecg" else Verdict.PULSE_CONTRADICTED)


def _values(each: Beaten, perfusion_percent: float) -> Iterator[Value]:
    """What is wrong with the wave under its own code, with its quality; vital and rhythm, where it gives good ones."""
    frame, update = each.frame, each.update
    trouble = trouble_of_ecg(update) if each.code == "ecg" else trouble_of_pulse(update, perfusion_percent)
    quality = update.quality
    if not each.agreed:
        trouble, quality = Trouble.CONTRADICTED, min(quality, CONTRADICTED_QUALITY)
    yield frame.value(each.code, float(trouble), source=SENSOR, origin=frame.origin, quality=quality)
    if update.rate_per_min is not None and quality >= GOOD_ENOUGH:
        vital = DETECTORS[each.code].vital
        yield frame.value(vital, update.rate_per_min, source=each.code, origin=frame.origin.derived, quality=quality)
    rhythm = update.rhythm
    if rhythm is not None and quality >= GOOD_ENOUGH and (rhythm.rhythm or each.passes(RHYTHM_EVERY_S)):
        for code, number in rhythm_values(rhythm):
            yield frame.value(code, number, source=each.code, origin=frame.origin.derived, quality=quality)


CHANNELS: Final = Channels()
