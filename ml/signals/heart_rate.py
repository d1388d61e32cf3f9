"""Heart rate from the times of beats, or none and why. Nothing is ever carried on or made up.

The rate is 60 over a trimmed mean of the intervals that ended in the last 10 s: from five intervals on, the longest and
the shortest fifth are left out. One missed beat (an interval of double length) and one ectopic beat (a short interval and
its pause) so leave the rate as it is, as with a median; but in a bigeminy, where intervals alternate, a median jumps
between the two with every beat, and the trimmed mean stays at the true count. IEC 60601-2-27 asks monitors to state their
averaging: this is it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

WINDOW_S: Final = 10.0
MIN_INTERVALS: Final = 3
TRIM_FROM: Final = 5
TRIM_SHARE: Final = 0.2
PAUSE_S: Final = 2.5
PAUSE_INTERVALS: Final = 2.5
ASYSTOLE_S: Final = 4.0
MIN_QUALITY: Final = 0.3


class Reason(StrEnum):
    """Why there is no rate."""

    NONE = ""
    POOR_SIGNAL = "poor_signal"
    TOO_FEW_BEATS = "too_few_beats"
    PAUSE = "pause"
    ASYSTOLE = "asystole"


@dataclass(frozen=True)
class Rate:
    """`per_min` is None when there is none, and `reason` says why."""

    per_min: float | None
    reason: Reason = Reason.NONE


def heart_rate(
    r_peak_times_s: npt.ArrayLike, now_s: float, quality: float, *, since_s: float | None = None, delay_s: float = 0.0
) -> Rate:
    """The rate at `now_s` from ascending beat times (s, any epoch) of one uninterrupted stretch of signal.

    `quality` 0 to 1 of the last second. `since_s`: when the stretch began, needed to call asystole before a first beat.
    `delay_s`: how long after it happened a beat may still be unknown; silence is counted only up to then.
    """
    times = np.asarray(r_peak_times_s, dtype=np.float64)
    if not quality >= MIN_QUALITY:  # written so that an unknown (NaN) quality is a poor one
        return Rate(None, Reason.POOR_SIGNAL)
    known_s = now_s - delay_s
    last_s = float(times[-1]) if len(times) else since_s
    silence_s = known_s - last_s if last_s is not None else 0.0
    if silence_s > ASYSTOLE_S:
        return Rate(None, Reason.ASYSTOLE)
    intervals = np.diff(times)[times[1:] > known_s - WINDOW_S]
    if len(intervals) < MIN_INTERVALS:
        return Rate(None, Reason.TOO_FEW_BEATS)
    if silence_s > max(PAUSE_S, PAUSE_INTERVALS * float(np.median(intervals))):
        return Rate(None, Reason.PAUSE)
    return Rate(60.0 / trimmed_mean(intervals))


def trimmed_mean(intervals: npt.NDArray[np.float64]) -> float:
    """Mean without the longest and shortest fifth, from five values on."""
    drop = max(1, int(TRIM_SHARE * len(intervals))) if len(intervals) >= TRIM_FROM else 0
    return float(np.sort(intervals)[drop : len(intervals) - drop].mean())
