"""What muscles and brain give beyond their waves, for all devices of a round at once: how hard a muscle works, at which
frequency and how it tires; the share of each band of the brain's waves. A cache like the channels: see `derive.py`.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite, sqrt
from typing import Final
from uuid import UUID

import numpy as np

from apps.readings.fresh_frames import FreshFrame
from apps.readings.network import Found, Waves, passes
from apps.readings.quantities import REGISTER
from apps.readings.quantity import SENSOR
from apps.readings.waves import Wave, physical
from ml.signals.eeg import Bands, BrainWatch
from ml.signals.emg import Muscle, MuscleWatch
from ml.signals.filters import FloatArray
from ml.signals.trouble import Trouble

EMG: Final = "emg"
EEG: Final = "eeg"
RATES_HZ: Final = {EMG: (200.0, 4_000.0), EEG: (80.0, 4_000.0)}
"""Outside these a wave is stored, and nothing is made of it."""
TOLD_EVERY_S: Final = 5
AT_THE_RAIL: Final = 0.2
"""The share of a frame's samples at its highest or lowest value from which the amplifier has no more to say."""

Heard = tuple[float, FloatArray]
"""The start of a frame, epoch seconds, and its samples in the register's unit."""


class MuscleAndBrain:
    """State by device. `feed` takes one frame of each of some devices."""

    def __init__(self) -> None:
        self._muscles: dict[float, MuscleWatch[UUID]] = {}
        self._brains: dict[float, BrainWatch[UUID]] = {}

    def forget(self, device_id: UUID) -> None:
        for muscles in self._muscles.values():
            muscles.forget(device_id)
        for brains in self._brains.values():
            brains.forget(device_id)

    def feed(self, waves: Waves) -> Iterator[Found]:
        """Every few seconds how good each wave is, and what it gives where it is good."""
        for code, banks in _banks(waves).items():
            for rate_hz, frames in banks.items():
                for device_id, values in self._values(code, rate_hz, frames).items():
                    start, samples = frames[device_id]
                    if passes(start, len(samples) / rate_hz, TOLD_EVERY_S):
                        yield from _told(waves[device_id][0], code, samples, values)

    def _values(self, code: str, rate_hz: float, frames: Mapping[UUID, Heard]) -> dict[UUID, dict[str, float]]:
        if code == EMG:
            muscles = self._muscles.setdefault(rate_hz, MuscleWatch(rate_hz))
            return {device_id: _of_muscle(seconds[-1]) for device_id, seconds in muscles.push(frames).items()}
        brains = self._brains.setdefault(rate_hz, BrainWatch(rate_hz))
        return {device_id: _of_brain(seconds[-1]) for device_id, seconds in brains.push(frames).items()}


def nerve_waves(waves: Sequence[Wave]) -> list[Wave]:
    """Those of a frame that something is made of here."""
    return [each for each in waves if each.code in RATES_HZ and _between(each.rate_hz, *RATES_HZ[each.code])]


def _between(value: float, low: float, high: float) -> bool:
    return low <= value <= high


def _banks(waves: Waves) -> dict[str, dict[float, dict[UUID, Heard]]]:
    """By wave and rate: what is advanced together."""
    banks: dict[str, dict[float, dict[UUID, Heard]]] = defaultdict(lambda: defaultdict(dict))
    for device_id, (frame, unpacked) in waves.items():
        for wave in nerve_waves(unpacked):
            banks[wave.code][wave.rate_hz][device_id] = (frame.start, physical(wave))
    return banks


def _of_muscle(muscle: Muscle) -> dict[str, float]:
    envelope = np.asarray(muscle.envelope)
    return {
        "emg_envelope": sqrt(float(np.nanmean(envelope**2))) if np.isfinite(envelope).any() else float("nan"),
        "emg_median_frequency": muscle.median_hz,
        "emg_fatigue": muscle.fatigue_percent_per_min,
    }


def _of_brain(bands: Bands) -> dict[str, float]:
    """Shares of the power from 1 to 30 Hz: absolute ones differ more between amplifiers than between people."""
    whole = sum(bands.power.values())
    known = isfinite(whole) and whole > 0.0
    return {f"eeg_{name}": 100.0 * power / whole if known else float("nan") for name, power in bands.power.items()}


def _told(frame: FreshFrame, code: str, samples: FloatArray, values: Mapping[str, float]) -> Iterator[Found]:
    good = _speaks(samples)
    trouble, quality = (Trouble.NONE, 1.0) if good else (Trouble.NO_CONTACT, 0.1)
    yield frame, frame.value(code, float(trouble), source=SENSOR, origin=frame.origin, quality=quality)
    for name, number in values.items():
        if good and isfinite(number) and REGISTER[name].plausible(number):
            yield frame, frame.value(name, number, source=code, origin=frame.origin.derived, quality=quality)


def _speaks(samples: FloatArray) -> bool:
    """Neither flat nor at the end of its range: a muscle at rest still rustles."""
    low, high = samples.min(), samples.max()
    return bool(high > low and max((samples == low).mean(), (samples == high).mean()) < AT_THE_RAIL)
