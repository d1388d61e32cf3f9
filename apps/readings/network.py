"""The body network: what waves give beyond a rate, for all devices of a round at once.

Saturation and perfusion from the light, respiratory rate from the breathing wave or from what breathing does to the
beats, variability from the beats. A cache like the channels that feed it: see `derive.py`.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import numpy as np

from apps.readings.fresh_frames import FreshFrame
from apps.readings.quantities import REGISTER
from apps.readings.quantity import SENSOR
from apps.readings.value import Value
from apps.readings.waves import Wave, physical
from ml.signals.activity import MODERATE_MG
from ml.signals.beat_series import ECG, PPG, Beating, BeatSeries, Series
from ml.signals.breath_wave import BreathWave
from ml.signals.filters import FloatArray
from ml.signals.live import ChannelUpdate
from ml.signals.modulation import Breath, Modulation, Withheld, fused, modulations
from ml.signals.oximeters import oximeter_of
from ml.signals.oximetry import saturation
from ml.signals.pulse_light import WINDOW_S, Light, PulseLight
from ml.signals.trouble import GOOD_ENOUGH, Trouble
from ml.signals.variability import variability

BREATH_EVERY_S: Final = 5
VARIABILITY_EVERY_S: Final = 60
# A beat in noise is timed too badly long before it is miscounted, and a pulse in motion more so.
VARIABILITY_QUALITY: Final = {"ecg": 0.8}
PULSE_VARIABILITY_QUALITY: Final = 0.9
RESPIRATION: Final = "respiration_wave"

Found = tuple[FreshFrame, Value]
PERFUSION_EVERY_S: Final = 5.0

Waves = dict[UUID, tuple[FreshFrame, Sequence[Wave]]]
"""By device: its frame, and all waves in it."""


@dataclass(frozen=True, slots=True)
class Beaten:
    """A wave of this round whose beats a detector has found. `samples` in the detector's unit; `agreed`: not
    contradicted by another signal of the same body."""

    frame: FreshFrame
    code: str
    rate_hz: float
    samples: FloatArray
    update: ChannelUpdate
    agreed: bool

    def passes(self, every_s: float) -> bool:
        """Whether a multiple of so many seconds lies in the frame."""
        return passes(self.frame.start, len(self.samples) / self.rate_hz, every_s)


def passes(start: float, duration_s: float, every_s: float) -> bool:
    """Whether a multiple of so many seconds lies in a stretch: what changes slowly is told as often."""
    return int(start // every_s) != int((start + duration_s) // every_s)


class BodyNetwork:
    """State by device. `feed` takes one frame of each of some devices."""

    def __init__(self) -> None:
        self._light: dict[tuple[float, int], PulseLight[UUID]] = {}
        self._series: dict[tuple[str, float], BeatSeries[UUID]] = {}
        self._breath: dict[float, BreathWave[UUID]] = {}
        self._pulse_quality: dict[UUID, deque[float]] = {}
        self.perfusion_percent: dict[UUID, float] = {}

    def forget(self, device_id: UUID) -> None:
        for light in self._light.values():
            light.forget(device_id)
        for series in self._series.values():
            series.forget(device_id)
        for breath in self._breath.values():
            breath.forget(device_id)
        self._pulse_quality.pop(device_id, None)
        self.perfusion_percent.pop(device_id, None)

    def feed(self, beaten: Sequence[Beaten], waves: Waves) -> Iterator[Found]:
        """`beaten`: the waves of these frames that have beats."""
        pulses = [each for each in beaten if each.code != "ecg"]
        yield from self._feed_light(pulses, waves)
        yield from self._feed_breath(waves)
        yield from self._feed_series(beaten)

    def _feed_light(self, pulses: Iterable[Beaten], waves: Waves) -> Iterator[Found]:
        banks: dict[tuple[float, int], dict[UUID, tuple[float, FloatArray]]] = defaultdict(dict)
        by_device = {each.frame.device_id: each for each in pulses}
        for device_id, each in by_device.items():
            colours = _colours(each, waves[device_id][1])
            banks[each.rate_hz, len(colours)][device_id] = (each.frame.start, colours)
            remembered = self._pulse_quality.setdefault(device_id, deque(maxlen=WINDOW_S))
            remembered.append(each.update.quality if each.agreed else 0.0)
        for bank, frames in banks.items():
            if bank not in self._light:
                self._light[bank] = PulseLight(*bank)
            for device_id, light in self._light[bank].push(frames).items():
                self.perfusion_percent[device_id] = light.perfusion_percent
                yield from self._light_values(by_device[device_id], light)

    def _light_values(self, pulse: Beaten, light: Light) -> Iterator[Found]:
        frame, now = pulse.frame, pulse.update.quality
        plausible = REGISTER["perfusion_index"].plausible(light.perfusion_percent)
        if now >= GOOD_ENOUGH and plausible and pulse.passes(PERFUSION_EVERY_S):
            yield _found(frame, "perfusion_index", light.perfusion_percent, pulse.code, now)
        if frame.measured("spo2") is not None or (frame.measured("activity") or 0.0) >= MODERATE_MG:
            return  # the device has its own, with a calibration of its own; or whoever wears it is on the move
        heard = self._pulse_quality[frame.device_id]
        found = saturation(light, oximeter_of(frame.model), min(now, sum(heard) / len(heard)))
        if found.percent is not None and found.quality >= GOOD_ENOUGH:
            yield _found(frame, "spo2", found.percent, "ppg_red", found.quality)

    def _feed_breath(self, waves: Waves) -> Iterator[Found]:
        banks: dict[float, dict[UUID, tuple[float, FloatArray]]] = defaultdict(dict)
        for device_id, (frame, each) in waves.items():
            for wave in each:
                if wave.code == RESPIRATION and 5.0 <= wave.rate_hz <= 1_000.0:
                    banks[wave.rate_hz][device_id] = (frame.start, physical(wave))
        for rate_hz, frames in banks.items():
            if rate_hz not in self._breath:
                self._breath[rate_hz] = BreathWave(rate_hz)
            for device_id, breath in self._breath[rate_hz].push(frames).items():
                yield from _breath_values(waves[device_id][0], breath)

    def _feed_series(self, beaten: Iterable[Beaten]) -> Iterator[Found]:
        banks: dict[tuple[str, float], dict[UUID, Beaten]] = defaultdict(dict)
        for each in beaten:
            banks[each.code, each.rate_hz][each.frame.device_id] = each
        seen: dict[UUID, list[tuple[Beaten, list[Modulation], float]]] = defaultdict(list)
        for bank, frames in banks.items():
            if bank not in self._series:
                self._series[bank] = BeatSeries(bank[1], ECG if bank[0] == "ecg" else PPG)
            numbers = self._series[bank].push({device_id: _beating(each) for device_id, each in frames.items()})
            if due := self._due(frames, numbers, VARIABILITY_EVERY_S):
                yield from _variability([frames[device_id] for device_id in due], self._series[bank].series(due))
            if due := self._due(frames, numbers, BREATH_EVERY_S):
                series = self._series[bank].series(due)
                found = modulations(bank[0], series)
                for device_id, shown, quality in zip(due, found, series.quality.tolist(), strict=True):
                    seen[device_id].append((frames[device_id], shown, quality))
        for parts in seen.values():
            yield from _respiratory_rate(parts)

    @staticmethod
    def _due(frames: Mapping[UUID, Beaten], numbers: Mapping[UUID, int], every_s: int) -> list[UUID]:
        """Devices whose count of seconds has come round."""
        due = (device_id for device_id, number in numbers.items() if number % every_s == 0)
        return [device_id for device_id in due if frames[device_id].agreed]


def _colours(pulse: Beaten, waves: Sequence[Wave]) -> FloatArray:
    """Red above infrared, (2, n), where a frame has both alike; else the one wave, (1, n)."""
    both = {wave.code: wave for wave in waves if wave.code in ("ppg_red", "ppg_infrared")}
    red, infrared = both.get("ppg_red"), both.get("ppg_infrared")
    if red is None or infrared is None or red.rate_hz != infrared.rate_hz or len(red.samples) != len(infrared.samples):
        return np.atleast_2d(pulse.samples)
    return np.stack((physical(red), physical(infrared)))


def _beating(each: Beaten) -> Beating:
    quality = each.update.quality if each.agreed else 0.0
    return Beating(each.frame.start, each.samples, each.update.peaks_epoch_s, quality)


def _variability(due: Sequence[Beaten], series: Series) -> Iterator[Found]:
    found = variability(series.time_s)
    rows = zip(due, series.quality.tolist(), found.normal_share.tolist(), strict=True)
    for lane, (each, quality, normal) in enumerate(rows):
        if quality < VARIABILITY_QUALITY.get(each.code, PULSE_VARIABILITY_QUALITY):
            continue
        for code, number in (("rmssd", float(found.rmssd_ms[lane])), ("sdnn", float(found.sdnn_ms[lane]))):
            if REGISTER[code].plausible(number):
                yield _found(each.frame, code, number, each.code, min(quality, normal))


def _breath_values(frame: FreshFrame, breath: Breath) -> Iterator[Found]:
    """How good the wave is, once that can be said, and its rate if it is good."""
    if breath.reason is Withheld.SETTLING:
        return
    good = breath.per_min is not None and breath.quality >= GOOD_ENOUGH
    trouble = Trouble.NONE if good else Trouble.NOISE
    yield frame, frame.value(RESPIRATION, trouble, source=SENSOR, origin=frame.origin, quality=breath.quality)
    if breath.per_min is not None and good:
        yield _found(frame, "respiratory_rate", breath.per_min, RESPIRATION, breath.quality)


def _respiratory_rate(parts: Sequence[tuple[Beaten, list[Modulation], float]]) -> Iterator[Found]:
    """From one wave or two of a device; named after the first that has a part in it."""
    good = [part for part in parts if part[2] >= GOOD_ENOUGH]
    breath = fused([each for _, found, _ in good for each in found], max((part[2] for part in good), default=0.0))
    if breath.per_min is not None and breath.quality >= GOOD_ENOUGH:
        source = "ecg" if any(name.startswith("ecg") for name in breath.agreed) else good[-1][0].code
        yield _found(good[0][0].frame, "respiratory_rate", breath.per_min, source, breath.quality)


def _found(frame: FreshFrame, code: str, number: float, source: str, quality: float) -> Found:
    return frame, frame.value(code, number, source=source, origin=frame.origin.derived, quality=quality)
