"""Muscle: how hard it works, at which frequency, and how that falls as it tires.

    muscles = MuscleWatch(rate_hz=1000)
    muscles.push({patient: (start_epoch_s, microvolts)})      # -> {patient: Muscle}, each second

The envelope is the root mean square of the band of 20 to 450 Hz (SENIAM, Hermens et al. 2000, J Electromyogr Kinesiol
10:361). The median frequency splits its power in two; in a muscle that tires it falls, for its fibres conduct more
slowly (De Luca 1984, Crit Rev Biomed Eng 11:251). Frequencies are taken of seconds in which the muscle works, the slope
from the last minute of those.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import numpy as np
from scipy.signal import butter, sosfilt

from ml.signals.filters import FloatArray
from ml.signals.lanes import Frame, LaneState, Second, Seconds, rolled

Key = TypeVar("Key", bound=Hashable)

LOWEST_HZ, HIGHEST_HZ = 20.0, 450.0
BLOCKS: Final = 10  # of a second: bursts are seen to a tenth
WORKS: Final = 3.0  # envelope against that of rest
REST_FORGETS: Final = 1.02  # how fast rest may come up again, a block: a lead may grow noisier
REMEMBERED: Final = 60  # working seconds
LEAST_WORKING: Final = 5


@dataclass(frozen=True)
class Muscle:
    """`envelope` (BLOCKS,) of tenths of a second, in the signal's unit; `works` in which of them the muscle does.

    `median_hz` of this second, and `fatigue_percent_per_min`, its slope over the working seconds of the last minute:
    not-a-number where the muscle rests or too little is known.
    """

    envelope: tuple[float, ...]
    works: tuple[bool, ...]
    median_hz: float
    fatigue_percent_per_min: float


class MuscleWatch(Generic[Key]):
    """200 to 4000 Hz (else ValueError), any unit."""

    def __init__(self, rate_hz: float) -> None:
        if not 200.0 <= rate_hz <= 4000.0:
            raise ValueError(f"EMG rate {rate_hz} Hz is outside 200 to 4000 Hz")
        self._seconds: Seconds[Key] = Seconds(rate_hz)
        highest = min(HIGHEST_HZ, 0.45 * rate_hz)
        self._band = butter(2, (LOWEST_HZ, highest), btype="bandpass", fs=rate_hz, output="sos")
        self._hz = np.fft.rfftfreq(self._seconds.length, 1.0 / rate_hz)
        self._state = LaneState(
            filter=np.zeros((len(self._band), 2)),
            anchor=np.float64(0.0),
            rest=np.float64(np.inf),
            at=np.full(REMEMBERED, np.nan),
            median=np.full(REMEMBERED, np.nan),
        )

    def forget(self, key: Key) -> None:
        self._seconds.forget(key)

    def push(self, frames: Mapping[Key, Frame]) -> dict[Key, list[Muscle]]:
        """Every second that became whole. Raises ValueError for a frame of another shape."""
        anew, seconds = self._seconds.push(frames)
        self._state.fit(self._seconds.rows.capacity)
        self._state.reset(anew)
        found: dict[Key, list[Muscle]] = {}
        for second in seconds:
            for key, muscle in zip(second.keys, self._second(second), strict=True):
                found.setdefault(key, []).append(muscle)
        return found

    def _second(self, second: Second[Key]) -> list[Muscle]:
        wave = self._filtered(second)
        size = wave.shape[1] // BLOCKS
        envelope = np.sqrt((wave[:, : BLOCKS * size].reshape(len(wave), BLOCKS, size) ** 2).mean(axis=2))
        envelope[second.number == 0, :2] = np.nan  # of the filter
        works = self._works(second, envelope)
        median = np.where(works.mean(axis=1) >= 0.5, self._median_hz(wave), np.nan)
        slope = self._fatigue(second, median)
        rows = zip(envelope.tolist(), works.tolist(), median.tolist(), slope.tolist(), strict=True)
        return [Muscle(tuple(each), tuple(on), hz, falls) for each, on, hz, falls in rows]

    def _filtered(self, second: Second[Key]) -> FloatArray:
        first = second.number == 0
        self._state["anchor"][second.rows[first]] = second.samples[first, 0, 0]
        samples = second.samples[:, 0] - self._state["anchor"][second.rows][:, None]
        before = np.moveaxis(self._state["filter"][second.rows], 1, 0)
        wave, after = sosfilt(self._band, samples, axis=1, zi=before)
        self._state["filter"][second.rows] = np.moveaxis(after, 0, 1)
        return np.asarray(wave, dtype=np.float64)

    def _works(self, second: Second[Key], envelope: FloatArray) -> FloatArray:
        """Blocks well above the quietest ones; how quiet rest is may only grow slowly again."""
        rest = self._state["rest"][second.rows]
        quietest = np.nanmin(envelope, axis=1)
        rest = np.minimum(np.where(np.isfinite(rest), rest * REST_FORGETS, np.inf), quietest)
        self._state["rest"][second.rows] = rest
        with np.errstate(invalid="ignore"):
            return np.asarray(envelope > WORKS * rest[:, None])

    def _median_hz(self, wave: FloatArray) -> FloatArray:
        power = np.cumsum(np.abs(np.fft.rfft(wave * np.hanning(wave.shape[1]), axis=1)) ** 2, axis=1)
        return np.asarray(self._hz[np.argmax(power >= 0.5 * power[:, -1:], axis=1)])

    def _fatigue(self, second: Second[Key], median: FloatArray) -> FloatArray:
        working = np.isfinite(median)
        rows = second.rows[working]
        rolled(self._state["at"], rows, second.end_epoch_s[working, None])
        rolled(self._state["median"], rows, median[working, None])
        minute = (self._state["at"][second.rows] - second.end_epoch_s[:, None]) / 60.0
        value = self._state["median"][second.rows]
        known = (minute > -1.0) & np.isfinite(value)
        count = np.maximum(known.sum(axis=1), 1)
        x, y = np.where(known, minute, 0.0), np.where(known, value, 0.0)
        mean = y.sum(axis=1) / count
        x = np.where(known, x - (x.sum(axis=1) / count)[:, None], 0.0)
        spread = (x * x).sum(axis=1)
        enough = (known.sum(axis=1) >= LEAST_WORKING) & (spread > 0)
        slope = (x * y).sum(axis=1) / np.where(enough, spread * mean, 1.0)
        return np.where(enough, 100.0 * slope, np.nan)
