"""Respiratory rate from a breathing wave itself: impedance, a belt, a thermistor, any unit and polarity.

    waves = BreathWave(rate_hz=25)
    waves.push({patient: (start_epoch_s, samples)})          # -> {patient: Breath}, every five seconds of each

The wave is freed of what is faster than breathing (the heart moves the same electrodes), brought to 4 Hz, and its last
32 s are judged as `breathing` says. A wave that does not move is no apnoea that could be told from a loose belt: no
rate, and poor quality.
"""

from collections.abc import Hashable, Mapping
from typing import Final, Generic, TypeVar

import numpy as np
from scipy.signal import butter, sosfilt

from ml.signals.breathing import SAMPLES, SERIES_HZ, WINDOW_S, rates
from ml.signals.filters import FloatArray
from ml.signals.lanes import Frame, LaneState, Second, Seconds, rolled
from ml.signals.modulation import Breath, Withheld

Key = TypeVar("Key", bound=Hashable)

HIGHEST_HZ: Final = 1.2
MIN_QUALITY: Final = 0.3
MAX_MISSING: Final = 0.1
EVERY_S: Final = 5


class BreathWave(Generic[Key]):
    """5 to 1000 Hz (else ValueError)."""

    def __init__(self, rate_hz: float) -> None:
        if not 5.0 <= rate_hz <= 1000.0:
            raise ValueError(f"breathing wave of {rate_hz} Hz is outside 5 to 1000 Hz")
        self._seconds: Seconds[Key] = Seconds(rate_hz)
        self._slow = butter(2, HIGHEST_HZ, fs=rate_hz, output="sos")
        length, step = self._seconds.length, int(SERIES_HZ)
        self._kept = np.rint(np.arange(1, step + 1) * length / step).astype(np.int64) - 1
        self._state = LaneState(
            filter=np.zeros((len(self._slow), 2)),
            anchor=np.float64(0.0),
            series=np.full(SAMPLES, np.nan),
            missing=np.zeros(WINDOW_S),
        )

    def forget(self, key: Key) -> None:
        self._seconds.forget(key)

    def push(self, frames: Mapping[Key, Frame]) -> dict[Key, Breath]:
        """What was due, each fifth second of a lane's. Raises ValueError for a frame of another shape."""
        anew, seconds = self._seconds.push(frames)
        self._state.fit(self._seconds.rows.capacity)
        self._state.reset(anew)
        return {key: breath for second in seconds for key, breath in self._second(second)}

    def _second(self, second: Second[Key]) -> list[tuple[Key, Breath]]:
        series = rolled(self._state["series"], second.rows, self._filtered(second)[:, self._kept])
        missing = rolled(self._state["missing"], second.rows, second.missing[:, None]).mean(axis=1)
        due = np.flatnonzero((second.number + 1) % EVERY_S == 0)
        found = rates(series[due])
        settled = second.number[due] + 1 >= WINDOW_S
        per_min = found.per_min * self._seconds.rate_hz / self._seconds.length  # a second of 12.5 Hz has 12 samples
        columns = (per_min, found.quality, missing[due], settled)
        judged = zip(*(column.tolist() for column in columns), strict=True)
        return [(second.keys[index], _breath(*one)) for index, one in zip(due.tolist(), judged, strict=True)]

    def _filtered(self, second: Second[Key]) -> FloatArray:
        first = second.number == 0
        self._state["anchor"][second.rows[first]] = second.samples[first, 0, 0]
        samples = second.samples[:, 0] - self._state["anchor"][second.rows][:, None]
        before = np.moveaxis(self._state["filter"][second.rows], 1, 0)
        slow, after = sosfilt(self._slow, samples, axis=1, zi=before)
        self._state["filter"][second.rows] = np.moveaxis(after, 0, 1)
        return np.asarray(slow, dtype=np.float64)


def _breath(per_min: float, quality: float, missing: float, settled: bool) -> Breath:
    if not settled:
        return Breath(None, 0.0, reason=Withheld.SETTLING)
    if not quality >= MIN_QUALITY or missing > MAX_MISSING:
        return Breath(None, quality, reason=Withheld.POOR_SIGNAL)
    return Breath(per_min, quality, ("wave",))
