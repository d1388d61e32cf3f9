"""When breaths and beats come: two processes that schedule events ahead, so that a change of rate bends no wave.

All people at once: row i of every array is person i, the last column the latest event, and times count from the
beginning of the present second (`pass_second` moves on). Intervals between beats vary with breathing (respiratory
sinus arrhythmia), with the blood pressure waves of about 0.1 Hz that Mayer found, and at random, as in McSharry et al.
2003 (IEEE Trans Biomed Eng 50:289). There an RR series with two spectral peaks is drawn beforehand; here each interval
is made when its beat comes, since rates may change. In fibrillation each interval is drawn by itself, log-normal about
the mean. A ventricular ectopic comes early and the beat after it late, so
that the sinus node keeps its time.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import ndtr

from ml.physiology.waveforms.constants import Shown
from ml.signals.filters import FloatArray, IntArray

INSPIRATION_SHARE: Final = 0.4
BREATH_VARIATION: Final = 0.05  # standard deviation of a breath's length, of its mean
SINUS_ARRHYTHMIA: Final = 0.03  # half swing of an interval with breathing, at 60 /min and 15 breaths
MAYER_WAVE: Final = 0.015
MAYER_HZ: Final = 0.1
BEAT_VARIATION: Final = 0.006
FIBRILLATION_VARIATION: Final = 0.19
SHORTEST_S: Final = 0.27  # no ventricle conducts sooner
PREMATURE: Final = 0.62
REMEMBERED_S: Final = 4.0
KEPT_BREATHS: Final = 16
KEPT_BEATS: Final = 16
ROW_S: Final = 1e5  # rows are laid one after the other on one axis to be searched at once

SINUS, FIBRILLATING, VENTRICULAR = 0, 1, 2


def lung_volume(phase: FloatArray) -> FloatArray:
    """0 empty to 1 full, for phases 0 to 1 of a breath: a quicker inspiration, a slower expiration."""
    inhaling = phase * (1.0 / INSPIRATION_SHARE)
    exhaling = 1.0 + (phase - INSPIRATION_SHARE) * (1.0 / (1.0 - INSPIRATION_SHARE))
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * np.where(phase < INSPIRATION_SHARE, inhaling, exhaling)))


def _append(columns: FloatArray, rows: IntArray, latest: FloatArray) -> None:
    columns[rows, :-1] = columns[rows, 1:]
    columns[rows, -1] = latest


class Breathing:
    """Breaths one after the other; `start_s[i, k]` to `start_s[i, k + 1]` is a breath of person i."""

    def __init__(self, begun_s: FloatArray) -> None:
        """`begun_s`: (people,) how long before the first second each one's last breath began."""
        self._start_s = -(begun_s + REMEMBERED_S)[:, None] - 4.0 * np.arange(KEPT_BREATHS - 1, -1, -1.0)
        self._offset_s = ROW_S * np.arange(len(begun_s), dtype=np.float64)[:, None]

    def pass_second(self) -> None:
        self._start_s -= 1.0

    def schedule(self, until_s: float, rate_per_min: FloatArray, draws: FloatArray) -> None:
        """Breaths at this rate from the last one known until `until_s`. `draws` (people, n): standard normals."""
        for slot in range(64):
            rows = np.flatnonzero(self._start_s[:, -1] <= until_s)
            if not len(rows):
                return
            varied = 1.0 + BREATH_VARIATION * draws[rows, slot % draws.shape[1]]
            length_s = np.maximum(60.0 / rate_per_min[rows] * varied, 0.5)
            _append(self._start_s, rows, self._start_s[rows, -1] + length_s)

    def volume(self, times_s: FloatArray, rows: IntArray | None = None) -> FloatArray:
        """Lung volume, 0 to 1, of all people or of `rows` at scheduled times (people, n)."""
        whose = slice(None) if rows is None else rows
        offset_s = self._offset_s[whose]
        edges = (self._start_s + self._offset_s).ravel()
        first = (np.arange(len(self._start_s)) * KEPT_BREATHS)[whose][:, None]
        laid = times_s + offset_s
        found = np.searchsorted(edges, laid.ravel(), side="right").reshape(laid.shape) - 1
        breath = np.minimum(np.maximum(found, first), first + KEPT_BREATHS - 2)
        begun = edges[breath]
        return lung_volume((laid - begun) / (edges[breath + 1] - begun))


@dataclass(frozen=True)
class Beats:
    """Beats about a second, (people, k) each: when each comes, the interval before it, its kind (`SINUS`, ...), and
    how well the heart was filled for it, 1 as usual."""

    time_s: FloatArray
    interval_s: FloatArray
    kind: IntArray
    filling: FloatArray


class Heart:
    """Beats one after the other, each interval made from the state of the breath and of the Mayer wave at the last."""

    def __init__(self, begun_s: FloatArray, mayer_phase: FloatArray) -> None:
        """(people,) each: how long before the first second the last beat came, and the phase of the Mayer wave."""
        self._time_s = -(begun_s + REMEMBERED_S)[:, None] - 0.8 * np.arange(KEPT_BEATS - 1, -1, -1.0)
        self._interval_s = np.full(self._time_s.shape, 0.8)
        self._kind = np.zeros(self._time_s.shape)
        self._filling = np.ones(self._time_s.shape)
        self._mayer_phase = mayer_phase

    def pass_second(self) -> None:
        self._time_s -= 1.0
        self._mayer_phase = (self._mayer_phase + 2 * np.pi * MAYER_HZ) % (2 * np.pi)

    def schedule(self, until_s: float, shown: Shown, breathing: Breathing, draws: FloatArray) -> None:
        """Beats at these mean rates until one lies beyond `until_s`. `draws` (people, n, 2): standard normals."""
        for slot in range(64):
            rows = np.flatnonzero(self._time_s[:, -1] <= until_s)
            if not len(rows):
                return
            self._beat(rows, shown, breathing, draws[rows, slot % draws.shape[1]])

    def _beat(self, rows: IntArray, shown: Shown, breathing: Breathing, draws: FloatArray) -> None:
        rate = shown["heart_rate_per_min"][rows]
        mean_s = 60.0 / rate
        now_s = self._time_s[rows, -1]
        breath = 1.0 - 2.0 * breathing.volume(now_s[:, None], rows)[:, 0]  # inspiration shortens
        mayer = np.sin(2 * np.pi * MAYER_HZ * now_s + self._mayer_phase[rows])
        vagal = np.clip((150.0 - rate) / 90.0, 0.1, 1.3) * shown["vagal"][rows]  # a fast heart has lost its swing
        swing = vagal * (SINUS_ARRHYTHMIA * breath + MAYER_WAVE * mayer + BEAT_VARIATION * draws[:, 0])
        fibrillates = shown["fibrillation"][rows] >= 0.5
        drawn = np.exp(FIBRILLATION_VARIATION * draws[:, 0] - 0.5 * FIBRILLATION_VARIATION**2)
        interval_s = mean_s * np.where(fibrillates, drawn, 1.0 + swing)
        after_ectopic = self._kind[rows, -1] == VENTRICULAR
        chance = shown["ventricular_ectopics_per_min"][rows] / rate
        ectopic = (ndtr(draws[:, 1]) < chance) & ~after_ectopic
        interval_s *= np.where(ectopic, PREMATURE, np.where(after_ectopic & ~fibrillates, 2.0 - PREMATURE, 1.0))
        interval_s = np.maximum(interval_s, SHORTEST_S)
        irregular = fibrillates | ectopic | after_ectopic
        filled = np.clip(1.0 + 0.4 * (interval_s / mean_s - 1.0), 0.5, 1.2) * np.where(ectopic, 0.6, 1.0)
        _append(self._time_s, rows, now_s + interval_s)
        _append(self._interval_s, rows, interval_s)
        _append(self._kind, rows, np.where(ectopic, VENTRICULAR, np.where(fibrillates, FIBRILLATING, SINUS)))
        _append(self._filling, rows, np.where(irregular, filled, 1.0))

    def beats(self, start_s: float, end_s: float) -> Beats:
        """The scheduled beats from `start_s` to `end_s`, and of those with fewer some beyond."""
        first = int((self._time_s < start_s).sum(axis=1).min())
        last = KEPT_BEATS - int((self._time_s > end_s).sum(axis=1).min())
        kept = slice(min(first, KEPT_BEATS - 1), max(last, first + 1))
        return Beats(
            self._time_s[:, kept],
            self._interval_s[:, kept],
            self._kind[:, kept].astype(np.int64),
            self._filling[:, kept],
        )
