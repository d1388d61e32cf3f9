"""Heart rate variability, RMSSD and SDNN, from the beats of two minutes; of a pulse wave it is pulse rate variability.

Task Force of the European Society of Cardiology 1996 (Circulation 93:1043): root mean square of successive differences,
standard deviation of normal intervals. Its five minutes are shortened to two: against 240 to 300 s, 120 s agree with
r = 0.99 (RMSSD) and 0.96 (SDNN), and longer is not needed (Munoz et al. 2015, PLoS One 10:e0138921).

An interval counts as normal if it is within 20 % of the median of the nine about it (as in Malik et al. 1989, who take
the one before: there, one ectopic beat costs three intervals). Where more than a tenth is not, there is no variability
of the sinus node to speak of: fibrillation, ectopy or noise, and none is given.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from ml.signals.filters import BoolArray, FloatArray

WINDOW_S: Final = 120.0
COVERED: Final = 0.8  # least share of the window that normal intervals fill
NORMAL: Final = 0.2  # of the median of those about it
ABOUT: Final = 9
MIN_NORMAL_SHARE: Final = 0.9
SHORTEST_S: Final = 0.25
LONGEST_S: Final = 2.5


@dataclass(frozen=True)
class Variability:
    """(k,) milliseconds each, not-a-number where none can be given; `normal_share` (k,) of the intervals, 0 to 1."""

    rmssd_ms: FloatArray
    sdnn_ms: FloatArray
    normal_share: FloatArray


def variability(time_s: FloatArray, window_s: float = WINDOW_S) -> Variability:
    """Of beat times (k, m) in seconds, ascending, filled up in front with not-a-number (`beat_series.Series`)."""
    interval = np.diff(time_s, axis=1)
    inside = (interval >= SHORTEST_S) & (interval <= LONGEST_S)
    normal = inside & _normal(np.where(inside, interval, np.nan))
    known = np.isfinite(interval)
    share = normal.sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    covered = np.where(normal, interval, 0.0).sum(axis=1) >= COVERED * window_s
    given = covered & (share >= MIN_NORMAL_SHARE)
    pair = normal[:, 1:] & normal[:, :-1]
    difference = np.where(pair, np.diff(interval, axis=1), 0.0)
    rmssd = np.sqrt((difference**2).sum(axis=1) / np.maximum(pair.sum(axis=1), 1))
    sdnn = _deviation(np.where(normal, interval, 0.0), normal)
    return Variability(
        1000.0 * np.where(given, rmssd, np.nan), 1000.0 * np.where(given, sdnn, np.nan), np.asarray(share)
    )


def _deviation(values: FloatArray, counted: BoolArray) -> FloatArray:
    """Standard deviation, n - 1, of what counts in each row; `values` are 0 elsewhere."""
    count = counted.sum(axis=1)
    mean = values.sum(axis=1) / np.maximum(count, 1)
    squares = np.where(counted, (values - mean[:, None]) ** 2, 0.0).sum(axis=1)
    return np.asarray(np.sqrt(squares / np.maximum(count - 1, 1)))


def _normal(interval: FloatArray) -> BoolArray:
    """Which intervals (k, m) are near the median of the nine about them."""
    if interval.shape[1] == 0:
        return np.zeros(interval.shape, dtype=np.bool_)
    half = ABOUT // 2
    padded = np.pad(interval, ((0, 0), (half, half)), constant_values=np.nan)
    about = np.lib.stride_tricks.sliding_window_view(padded, ABOUT, axis=1)
    ordered = np.sort(about, axis=2)  # not-a-number comes last
    count = np.isfinite(about).sum(axis=2)
    low, high = np.maximum(count - 1, 0) // 2, count // 2
    high = np.minimum(high, np.maximum(count - 1, 0))
    middle = 0.5 * (
        np.take_along_axis(ordered, low[:, :, None], axis=2) + np.take_along_axis(ordered, high[:, :, None], axis=2)
    )
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(interval - middle[:, :, 0]) <= NORMAL * middle[:, :, 0])
