"""A beat among its neighbours: the sixty before it and those of the next seven seconds, and what is pooled of them."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from ml.signals.beat_waves import Floats
from ml.signals.filters import BoolArray, FloatArray, IntArray

PAST: Final = 60
FUTURE: Final = 16
WIDTH: Final = PAST + 1 + FUTURE
HERE: Final = PAST
HORIZON_S: Final = 7.0  # nothing later is looked at
LONGEST_PAST_S: Final = 120.0
SHORTEST_RR_S: Final = 0.12
LONGEST_RR_S: Final = 5.0


@dataclass(frozen=True)
class Neighbours:
    """(k, WIDTH) of k beats and their neighbours in order of time, the beat itself at `HERE`.

    `rr_s`: interval before each, not-a-number where it is not known; `commonness`: share of the beats before it that
    had each beat's shape. The others as in `BeatWaves`; the waves themselves, of which there is much to fetch, apart.
    """

    present: BoolArray
    rr_s: FloatArray
    shape: Floats
    height_mv: Floats
    measures: Floats
    commonness: Floats
    relative: FloatArray = field(init=False)  # log of the interval, of the usual one
    others: BoolArray = field(init=False)
    ordered_s: FloatArray = field(init=False)  # the intervals ascending, what is not known last,
    known: IntArray = field(init=False)  # (k,): and how many are
    usual_s: FloatArray = field(init=False)  # (k,)

    def __post_init__(self) -> None:
        others = self.present.copy()
        others[:, HERE] = False
        ordered, known = ordered_rows(self.rr_s)
        usual = quantile_of(ordered, known, 0.5)
        object.__setattr__(self, "ordered_s", ordered)
        object.__setattr__(self, "known", known)
        object.__setattr__(self, "others", others)
        object.__setattr__(self, "usual_s", usual)
        object.__setattr__(self, "relative", np.log(self.rr_s / usual[:, None]))


def intervals(seconds: FloatArray, present: BoolArray) -> tuple[BoolArray, FloatArray]:
    """From times of WIDTH + 1 beats about the beat at HERE + 1 (k, WIDTH + 1): who is near enough, and intervals."""
    away = seconds - seconds[:, HERE + 1, None]
    near = present & (away <= HORIZON_S) & (away >= -LONGEST_PAST_S)
    known = near[:, 1:] & near[:, :-1]
    between = np.diff(np.where(present, seconds, 0.0), axis=1)
    return near[:, 1:], np.where(known, np.clip(between, SHORTEST_RR_S, LONGEST_RR_S), np.nan)


def quantile(values: FloatArray, share: float) -> FloatArray:
    """Of each row's finite values, the lower one where two are as near; not-a-number without any."""
    ordered, count = ordered_rows(values)
    return quantile_of(ordered, count, share)


def ordered_rows(values: FloatArray) -> tuple[FloatArray, IntArray]:
    """Each row ascending, what is not finite last, and how many are."""
    finite = np.isfinite(values)
    return np.sort(np.where(finite, values, np.inf), axis=1), np.count_nonzero(finite, axis=1)


def quantile_of(ordered: FloatArray, count: IntArray, share: float) -> FloatArray:
    at = np.floor(np.maximum(count - 1, 0) * share).astype(np.int64)
    return np.where(count > 0, ordered[np.arange(len(ordered)), at], np.nan)


def pooled(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Mean of each row's finite values; not-a-number where they weigh less than half a beat together."""
    known = np.isfinite(values)
    weights = weights * known
    whole = weights.sum(axis=1)
    mean = (weights * np.where(known, values, 0.0)).sum(axis=1) / np.maximum(whole, 0.5)
    return np.where(whole > 0.5, mean, np.nan)
