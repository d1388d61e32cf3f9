"""Heart rate variability of five minutes of a recording, with its two bands.

After the Task Force of the ESC and NASPE (1996, Circulation 93:1043).

Intervals between beats are kept only if they are normal to normal: an ectopic beat spoils the interval before and the
one after it, a missed beat its own, a stretch without signal the one across it. What is left must fill most of the
window, or there is no figure: variability of a handful of intervals is noise.

What a live channel gives is of two minutes and without bands (`variability.py`). SDNN and RMSSD over five minutes are
the Task Force's short-term figures; LF is 0.04 to 0.15 Hz, HF 0.15 to 0.4 Hz.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.signal import welch

from ml.signals.filters import BoolArray, FloatArray

WINDOW_S: Final = 300.0
FILLED: Final = 0.8  # of the window, by normal intervals
SHORTEST_S: Final = 0.3
LONGEST_S: Final = 2.0
DEVIATION: Final = 0.2  # from the median of those around: more is ectopic, or its pause (Malik et al. 1989)
AROUND: Final = 6
TACHOGRAM_HZ: Final = 4.0
SEGMENT_S: Final = 128.0
LF_HZ: Final = (0.04, 0.15)
HF_HZ: Final = (0.15, 0.4)


@dataclass(frozen=True)
class Variability:
    """Milliseconds; `lf_over_hf` not-a-number where there is no power at high frequency."""

    rmssd_ms: float
    sdnn_ms: float
    lf_over_hf: float
    normal_intervals: int


def normal_intervals(beat_times_s: npt.ArrayLike) -> tuple[FloatArray, BoolArray]:
    """All n - 1 intervals of n ascending times, in seconds, and which of them are normal to normal."""
    intervals = np.diff(np.asarray(beat_times_s, dtype=np.float64))
    if len(intervals) < AROUND:
        return intervals, np.zeros(len(intervals), np.bool_)
    pairs = 0.5 * (intervals[1:] + intervals[:-1])  # of a bigeminy, each holds one short and one long
    padded = np.pad(pairs, AROUND // 2, mode="edge")
    usual = np.median(np.lib.stride_tricks.sliding_window_view(padded, AROUND), axis=1)
    normal = (intervals > SHORTEST_S) & (intervals < LONGEST_S) & (np.abs(intervals - usual) <= DEVIATION * usual)
    return intervals, np.asarray(normal)


def variability(beat_times_s: Sequence[float] | FloatArray, window_s: float = WINDOW_S) -> Variability | None:
    """Of one window's ascending beat times; None unless normal intervals fill `FILLED` of `window_s`."""
    intervals, normal = normal_intervals(beat_times_s)
    kept = intervals[normal]
    if kept.sum() < FILLED * window_s:
        return None
    follows = normal[1:] & normal[:-1]
    steps = np.diff(intervals)[follows]
    if len(steps) < 2:
        return None
    ends = np.asarray(beat_times_s, dtype=np.float64)[1:]
    return Variability(
        rmssd_ms=1000.0 * float(np.sqrt(np.mean(steps**2))),
        sdnn_ms=1000.0 * float(np.std(kept, ddof=1)),
        lf_over_hf=_lf_over_hf(ends[normal], kept),
        normal_intervals=len(kept),
    )


def _lf_over_hf(ends_s: FloatArray, intervals_s: FloatArray) -> float:
    """Of the tachogram at an even rate, straight lines across what was left out, by Welch's method."""
    even = np.arange(ends_s[0], ends_s[-1], 1.0 / TACHOGRAM_HZ)
    tachogram = np.interp(even, ends_s, intervals_s)
    segment = min(len(tachogram), round(SEGMENT_S * TACHOGRAM_HZ))
    at_hz, density = welch(tachogram, TACHOGRAM_HZ, nperseg=segment, detrend="linear")
    low, high = (float(density[(at_hz >= first) & (at_hz < last)].sum()) for first, last in (LF_HZ, HF_HZ))
    return low / high if high > 0 else float("nan")
