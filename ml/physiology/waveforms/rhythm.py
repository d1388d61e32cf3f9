"""When breaths and beats come: two processes that schedule events ahead, so that a change of rate bends no wave.

Intervals between beats vary with breathing (respiratory sinus arrhythmia), with the blood pressure waves of about
0.1 Hz that Mayer found, and at random, as in McSharry et al. 2003 (IEEE Trans Biomed Eng 50:289). There an RR series
with two spectral peaks is drawn beforehand; here each interval is made when its beat comes, since rates may change.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from ml.signals.filters import FloatArray

INSPIRATION_SHARE: Final = 0.4
BREATH_VARIATION: Final = 0.05  # standard deviation of a breath's length, of its mean
SINUS_ARRHYTHMIA: Final = 0.03  # half swing of an interval with breathing, at 60 /min and 15 breaths
MAYER_WAVE: Final = 0.015
MAYER_HZ: Final = 0.1
BEAT_VARIATION: Final = 0.006
REMEMBERED_S: Final = 4.0


def lung_volume(phase: FloatArray) -> FloatArray:
    """0 empty to 1 full, for phases 0 to 1 of a breath: a quicker inspiration, a slower expiration."""
    inhaling = 0.5 - 0.5 * np.cos(np.pi * phase / INSPIRATION_SHARE)
    exhaling = 0.5 + 0.5 * np.cos(np.pi * (phase - INSPIRATION_SHARE) / (1.0 - INSPIRATION_SHARE))
    return np.where(phase < INSPIRATION_SHARE, inhaling, exhaling)


class Breathing:
    """Breaths one after the other; `start_s[i]` to `start_s[i + 1]` is breath i."""

    def __init__(self, generator: np.random.Generator) -> None:
        self._generator = generator
        self._start_s = [-float(generator.uniform(0.0, 4.0)) - REMEMBERED_S]

    def schedule(self, until_s: float, rate_per_min: float) -> None:
        """Breaths at this rate from the last one known until `until_s`; forgets those long past."""
        while self._start_s[-1] <= until_s:
            length_s = 60.0 / rate_per_min * (1.0 + BREATH_VARIATION * float(self._generator.standard_normal()))
            self._start_s.append(self._start_s[-1] + max(0.5, length_s))
        while len(self._start_s) > 2 and self._start_s[1] < until_s - 2 * REMEMBERED_S:
            self._start_s.pop(0)

    def volume(self, times_s: FloatArray) -> FloatArray:
        """Lung volume, 0 to 1, at scheduled times."""
        edges = np.array(self._start_s)
        breath = np.clip(np.searchsorted(edges, times_s, side="right") - 1, 0, len(edges) - 2)
        return lung_volume((times_s - edges[breath]) / (edges[breath + 1] - edges[breath]))


@dataclass(frozen=True)
class Beats:
    """Beats about a second: when each comes, and the interval before it; (k,) each."""

    time_s: FloatArray
    interval_s: FloatArray


class Heart:
    """Beats one after the other, each interval made from the state of the breath and of the Mayer wave at the last."""

    def __init__(self, generator: np.random.Generator) -> None:
        self._generator = generator
        self._mayer_phase = float(generator.uniform(0.0, 2 * np.pi))
        self._time_s = [-REMEMBERED_S - float(generator.uniform(0.0, 1.0))]
        self._interval_s = [60.0 / 72.0]

    def schedule(self, until_s: float, rate_per_min: float, breathing: Breathing) -> None:
        """Beats at this mean rate until one lies beyond `until_s`; forgets those long past."""
        while self._time_s[-1] <= until_s:
            self._interval_s.append(self._next_interval_s(rate_per_min, breathing))
            self._time_s.append(self._time_s[-1] + self._interval_s[-1])
        while self._time_s[1] < until_s - REMEMBERED_S:
            self._time_s.pop(0)
            self._interval_s.pop(0)

    def _next_interval_s(self, rate_per_min: float, breathing: Breathing) -> float:
        now_s = self._time_s[-1]
        vagal = float(np.clip((150.0 - rate_per_min) / 90.0, 0.1, 1.3))  # a fast heart has lost its vagal swing
        breath = 1.0 - 2.0 * float(breathing.volume(np.array([now_s]))[0])  # inspiration shortens
        mayer = math.sin(2 * np.pi * MAYER_HZ * now_s + self._mayer_phase)
        random = float(self._generator.standard_normal())
        swing = vagal * (SINUS_ARRHYTHMIA * breath + MAYER_WAVE * mayer + BEAT_VARIATION * random)
        return 60.0 / rate_per_min * (1.0 + swing)

    def beats(self, start_s: float, end_s: float) -> Beats:
        """The scheduled beats from `start_s` to `end_s`."""
        time_s, interval_s = np.array(self._time_s), np.array(self._interval_s)
        inside = (time_s >= start_s) & (time_s <= end_s)
        return Beats(time_s[inside], interval_s[inside])
