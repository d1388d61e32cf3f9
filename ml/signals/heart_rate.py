"""Heart rate from the times of beats, or none and why. Nothing is ever carried on or made up.

The rate is 60 over the median of the means of each two adjacent intervals that ended in the last 10 s. A missed beat
(an interval of double length) and an ectopic beat (a short interval and its pause) are outliers to a median; in a
bigeminy, where a median of single intervals jumps between short and long, each pair of neighbours holds one of both,
and the true count comes out. IEC 60601-2-27 asks monitors to state their averaging: this is it.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from statistics import median
from typing import Final

WINDOW_S: Final = 10.0
MIN_INTERVALS: Final = 3
PAUSE_S: Final = 2.5
PAUSE_INTERVALS: Final = 2.5
ASYSTOLE_S: Final = 4.0
MIN_QUALITY: Final = 0.3  # of the last second
MIN_MEAN_QUALITY: Final = 0.5  # over the window that the rate is taken from


class Reason(StrEnum):
    """Why there is no rate."""

    NONE = ""
    POOR_SIGNAL = "poor_signal"
    TOO_FEW_BEATS = "too_few_beats"
    PAUSE = "pause"
    ASYSTOLE = "asystole"
    NO_PULSE = "no_pulse"


@dataclass(frozen=True)
class Rate:
    """`per_min` is None when there is none, and `reason` says why."""

    per_min: float | None
    reason: Reason = Reason.NONE


def heart_rate(
    r_peak_times_s: Sequence[float],
    now_s: float,
    quality: float,
    *,
    mean_quality: float = 1.0,
    since_s: float | None = None,
    delay_s: float = 0.0,
) -> Rate:
    """The rate at `now_s` from ascending beat times (s, any epoch) of one uninterrupted stretch of signal.

    `quality` 0 to 1 of the last second, `mean_quality` of the last `WINDOW_S`: beats found in noise make no rate, not
    even once it is over. `since_s`: when the stretch began, needed to call asystole before a first beat.
    `delay_s`: how long after it happened a beat may still be unknown; silence is counted only up to then.
    """
    times = list(r_peak_times_s)
    if not (quality >= MIN_QUALITY and mean_quality >= MIN_MEAN_QUALITY):  # so an unknown (NaN) quality is a poor one
        return Rate(None, Reason.POOR_SIGNAL)
    known_s = now_s - delay_s
    last_s = times[-1] if times else since_s
    silence_s = known_s - last_s if last_s is not None else 0.0
    if silence_s > ASYSTOLE_S:
        return Rate(None, Reason.ASYSTOLE)
    first = max(1, bisect_right(times, known_s - WINDOW_S))
    intervals = [later - earlier for earlier, later in zip(times[first - 1 :], times[first:], strict=False)]
    if len(intervals) < MIN_INTERVALS:
        return Rate(None, Reason.TOO_FEW_BEATS)
    if silence_s > PAUSE_S and silence_s > PAUSE_INTERVALS * median(intervals):
        return Rate(None, Reason.PAUSE)
    return Rate(60.0 / usual_interval_s(intervals))


def pulse_rate(
    pulse_times_s: Sequence[float],
    now_s: float,
    quality: float,
    *,
    mean_quality: float = 1.0,
    since_s: float | None = None,
    delay_s: float = 0.0,
) -> Rate:
    """As `heart_rate`, from pulses. A limb without pulse says nothing of the heart: the reason is `NO_PULSE`."""
    rate = heart_rate(pulse_times_s, now_s, quality, mean_quality=mean_quality, since_s=since_s, delay_s=delay_s)
    return Rate(None, Reason.NO_PULSE) if rate.reason is Reason.ASYSTOLE else rate


def usual_interval_s(intervals_s: Sequence[float]) -> float:
    """Median of the means of adjacent intervals, of at least two."""
    return median([0.5 * (earlier + later) for earlier, later in pairwise(intervals_s)])
