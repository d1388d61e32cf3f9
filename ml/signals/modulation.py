"""What breathing does to the beats of an ECG or a pulse wave, and one respiratory rate out of it.

Three modulations of each wave (Karlen et al. 2013, IEEE Trans Biomed Eng 60:1946; Charlton et al. 2016, Physiol Meas
37:610): of its height, of where it stands, and of the intervals. Each gives a rate with a quality (`breathing`); what
is of no quality is put aside, and the rest must agree, or there is no rate: Karlen's smart fusion demands that three
rates deviate by less than 4 /min and takes their mean. Deviations: at least two must agree, of one wave or of two; the
mean is weighted by quality; and an outlier is dropped where at least two others, more than half, agree without it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from math import isfinite, sqrt
from typing import Final

import numpy as np

from ml.signals.beat_series import Series
from ml.signals.breathing import SAMPLES, SERIES_HZ, WINDOW_S, Rates, rates
from ml.signals.filters import BoolArray, FloatArray

KINDS: Final = ("height", "level", "interval")
AGREEMENT_PER_MIN: Final = 4.0  # standard deviation that is still agreement
MIN_QUALITY: Final = 0.2  # of a modulation
MIN_BEATS: Final = 12  # in 32 s
LONGEST_GAP_S: Final = 3.0
MOST_BEATS: Final = 160  # in 35 s, at 274 /min
OUTLIER_REACH: Final = 1.8
TIME_GRID: Final = 2.0**20  # steps a second
NYQUIST_SHARE: Final = 0.5  # of the heart rate: what changes faster cannot be seen from beats


class Withheld(StrEnum):
    """Why there is no respiratory rate."""

    NONE = ""
    POOR_SIGNAL = "poor_signal"
    DISAGREEMENT = "disagreement"
    SETTLING = "settling"


@dataclass(frozen=True)
class Breath:
    """`per_min` is None where there is none; `agreed`: which modulations it is of ("ecg height")."""

    per_min: float | None
    quality: float
    agreed: tuple[str, ...] = ()
    reason: Withheld = Withheld.NONE


@dataclass(frozen=True)
class Modulation:
    """The rate that one modulation shows, not-a-number for none; `quality` 0 to 1."""

    name: str
    per_min: float
    quality: float


def modulations(wave: str, series: Series) -> list[list[Modulation]]:
    """Of each lane of `series`, the modulations of the last 32 s. `wave` is only for their names."""
    even, beats_per_min = even_series(series)
    height, level, interval = even
    # A baseline wanders the farther the slower; its slope does not.
    slope = np.diff(level, axis=1, prepend=level[:, :1])
    each = [rates(kind, NYQUIST_SHARE * beats_per_min) for kind in (height, slope, interval)]
    return [
        [_modulation(f"{wave} {name}", kind, lane) for name, kind in zip(KINDS, each, strict=True)]
        for lane in range(len(series.time_s))
    ]


def _modulation(name: str, kind: Rates, lane: int) -> Modulation:
    return Modulation(name, float(kind.per_min[lane]), float(kind.quality[lane]))


def even_series(series: Series) -> tuple[tuple[FloatArray, ...], FloatArray]:
    """Height, level and interval of the last 32 s at 4 Hz, (k, 128) each, and the beats a minute (k,).

    Straight between beats. Not-a-number in lanes with too few beats or a hole longer than 3 s.
    """
    time, height, level = (each[:, -MOST_BEATS:] for each in (series.time_s, series.height, series.level))
    interval = np.diff(time, axis=1, prepend=np.nan)
    inside = time > -WINDOW_S - LONGEST_GAP_S
    count = (time > -WINDOW_S).sum(axis=1)
    gap = np.where(inside & np.isfinite(interval), interval, 0.0).max(axis=1, initial=0.0)
    last = np.where(inside, time, -np.inf).max(axis=1, initial=-np.inf)
    first = np.where(inside, time, np.inf).min(axis=1, initial=np.inf)
    whole = (count >= MIN_BEATS) & (gap <= LONGEST_GAP_S) & (last > -LONGEST_GAP_S) & (first < LONGEST_GAP_S - WINDOW_S)
    kinds = [_without_outliers(np.where(inside, each, np.nan)) for each in (height, level, interval)]
    even = tuple(np.where(whole[:, None], each, np.nan) for each in _interpolated(time, kinds, inside))
    return even, 60.0 / WINDOW_S * count


def _without_outliers(values: FloatArray) -> FloatArray:
    """(k, m). An ectopic beat, or one in noise, is no breath: clipped to where nearly all lie."""
    ordered = np.sort(values, axis=1)  # not-a-number comes last
    count = np.isfinite(values).sum(axis=1)
    row = np.arange(len(values))
    low, middle, high = (ordered[row, (share * np.maximum(count - 1, 0)).astype(int)] for share in (0.1, 0.5, 0.9))
    reach = OUTLIER_REACH
    return np.clip(values, (middle - reach * (middle - low))[:, None], (middle + reach * (high - middle))[:, None])


def _interpolated(time: FloatArray, kinds: Sequence[FloatArray], inside: BoolArray) -> list[FloatArray]:
    """Each kind (k, m) on the even grid (k, 128), held before its first and after its last beat."""
    grid = np.arange(SAMPLES) / SERIES_HZ - WINDOW_S + 1.0 / SERIES_HZ
    # Lanes one after the other, far apart, make one ascending axis; on a grid of 2**-20 s the sums are exact.
    lane = 1024.0 * np.arange(len(time))[:, None]
    time = np.rint(time * TIME_GRID) / TIME_GRID
    even = []
    for kind in kinds:
        known = inside & np.isfinite(kind)
        first = np.where(known, time, 0.0).min(axis=1, keepdims=True, initial=0.0)
        last = np.where(known, time, -np.inf).max(axis=1, keepdims=True, initial=-1e3)
        asked = (lane + np.clip(grid, first, last)).ravel()
        even.append(np.interp(asked, (lane + time)[known], kind[known]) if known.any() else np.full(len(asked), np.nan))
    return [each.reshape(len(time), SAMPLES) for each in even]


def fused(found: Sequence[Modulation], signal_quality: float) -> Breath:
    """One rate of several modulations, of one wave or of two; `signal_quality` 0 to 1 is that of the waves."""
    if not found:
        return Breath(None, 0.0, reason=Withheld.SETTLING)
    if signal_quality < 0.5:
        return Breath(None, 0.0, reason=Withheld.POOR_SIGNAL)
    usable = [each for each in found if isfinite(each.per_min) and each.quality >= MIN_QUALITY]
    if len(usable) < 2:
        return Breath(None, 0.0, reason=Withheld.POOR_SIGNAL)
    agreeing = _agreeing(usable)
    if not agreeing:
        return Breath(None, 0.0, reason=Withheld.DISAGREEMENT)
    weight = sum(each.quality for each in agreeing)
    per_min = sum(each.quality * each.per_min for each in agreeing) / weight
    together = 1.0 - 0.5 * _spread(agreeing) / AGREEMENT_PER_MIN
    clear = 0.5 + 0.5 * max(each.quality for each in agreeing)
    share = 0.5 + 0.5 * len(agreeing) / len(usable)
    return Breath(per_min, min(signal_quality, together * clear * share), tuple(each.name for each in agreeing))


def _agreeing(usable: Sequence[Modulation]) -> Sequence[Modulation]:
    """The largest set that agrees, of those more than half; of several as large, the one of most quality."""
    least = max(2, len(usable) // 2 + 1)
    for size in range(len(usable), least - 1, -1):
        sets = [each for each in combinations(usable, size) if _spread(each) <= AGREEMENT_PER_MIN]
        if sets:
            return max(sets, key=lambda each: sum(one.quality for one in each) - _spread(each))
    return ()


def _spread(some: Sequence[Modulation]) -> float:
    mean = sum(each.per_min for each in some) / len(some)
    return sqrt(sum((each.per_min - mean) ** 2 for each in some) / (len(some) - 1))
