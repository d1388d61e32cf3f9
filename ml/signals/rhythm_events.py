"""Rhythms made by ectopic beats: couplets, runs, bigeminy, trigeminy, ventricular tachycardia.

What rhythm a beat belongs to is a pure function of its class and those before it, so that a ward's worth of lanes is
one array, and a recording gives what its live stream gave. Ventricular tachycardia is three ventricular beats or more
in succession at above 100 /min, sustained from 30 s on (Buxton et al. 2006, ACC/AHA/HRS key data elements, J Am Coll
Cardiol 48:2360); bigeminy and trigeminy are called at their third repetition.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from ml.signals.filters import BoolArray, FloatArray, IntArray

LOOK_BACK: Final = 160  # beats: 30 s at 320 /min
LONGEST_PATTERN: Final = 9  # beats: in a rhythm that is told, one of so many last ones is ectopic
TACHYCARDIA_PER_MIN: Final = 100.0
SUSTAINED_S: Final = 30.0
LONG_AGO_S: Final = -1e9
LONGEST_GAP_S: Final = 5.0  # what is farther apart is not in succession


class Rhythm(IntEnum):
    """In order of weight: the heaviest that holds is told."""

    NONE = 0
    SUPRAVENTRICULAR_RUN = 1
    VENTRICULAR_TRIGEMINY = 2
    VENTRICULAR_BIGEMINY = 3
    VENTRICULAR_COUPLET = 4
    VENTRICULAR_RUN = 5
    VENTRICULAR_TACHYCARDIA = 6
    SUSTAINED_VENTRICULAR_TACHYCARDIA = 7


@dataclass(frozen=True)
class Event:
    """Beats `first` to `last` of a recording, both included, in one rhythm."""

    rhythm: Rhythm
    first: int
    last: int
    start_s: float
    end_s: float

    @property
    def rate_per_min(self) -> float:
        return 60.0 * (self.last - self.first) / max(self.end_s - self.start_s, 1e-9)


def rhythms(seconds: FloatArray, classes: npt.NDArray[np.str_]) -> IntArray:
    """The `Rhythm` of the last beat of each row: times and classes (k, n) of successive beats, "" for none."""
    return rhythms_of(seconds, classes == "V", classes == "S", classes != "")


def rhythms_of(seconds: FloatArray, ventricular: BoolArray, supraventricular: BoolArray, known: BoolArray) -> IntArray:
    """The same, of masks; `known`: where there is a beat."""
    together = np.ones(seconds.shape, dtype=np.bool_)
    together[:, 1:] = np.diff(seconds, axis=1) <= LONGEST_GAP_S
    run, run_s = _run(ventricular, together, seconds)
    sv_run, _ = _run(supraventricular, together, seconds)
    fast = (run >= 3) & (60.0 * (run - 1) > TACHYCARDIA_PER_MIN * run_s)
    conditions = (
        (Rhythm.SUPRAVENTRICULAR_RUN, sv_run >= 3),
        (Rhythm.VENTRICULAR_TRIGEMINY, _repeats(ventricular, known, together, 3)),
        (Rhythm.VENTRICULAR_BIGEMINY, _repeats(ventricular, known, together, 2)),
        (Rhythm.VENTRICULAR_COUPLET, run == 2),
        (Rhythm.VENTRICULAR_RUN, run >= 3),
        (Rhythm.VENTRICULAR_TACHYCARDIA, fast),
        (Rhythm.SUSTAINED_VENTRICULAR_TACHYCARDIA, fast & (run_s >= SUSTAINED_S)),
    )
    told = np.zeros(len(seconds), dtype=np.int64)
    for rhythm, holds in conditions:
        told[holds] = int(rhythm)
    return told


def events(seconds: npt.ArrayLike, classes: Sequence[str]) -> list[Event]:
    """Of a whole recording: ascending times of its beats and their classes. Each event is told whole, from its first
    beat, under the heaviest name that it came to."""
    times, letters = np.asarray(seconds, dtype=np.float64), np.asarray(classes, dtype="U1")
    told = rhythms(*_tails(times, letters))
    found: list[Event] = []
    for beat in np.flatnonzero(told):
        rhythm = Rhythm(int(told[beat]))
        first = _begin(rhythm, int(beat), letters, times)
        while found and _grew_from(found[-1], rhythm, first, int(beat)):
            first = min(first, found.pop().first)
        found.append(Event(rhythm, first, int(beat), float(times[first]), float(times[beat])))
    return found


def ventricular_ectopics_per_hour(seconds: npt.ArrayLike, classes: Sequence[str]) -> float:
    """Not-a-number of a recording without length."""
    times = np.asarray(seconds, dtype=np.float64)
    hours = (times[-1] - times[0]) / 3600.0 if len(times) > 1 else 0.0
    return float(np.count_nonzero(np.asarray(classes) == "V") / hours) if hours > 0 else float("nan")


def _tails(times: FloatArray, letters: npt.NDArray[np.str_]) -> tuple[FloatArray, npt.NDArray[np.str_]]:
    """For each beat it and those before it, (n, LOOK_BACK)."""
    before = np.arange(len(times))[:, None] + np.arange(-LOOK_BACK + 1, 1)
    at = np.maximum(before, 0)
    return np.where(before >= 0, times[at], LONG_AGO_S), np.where(before >= 0, letters[at], "")


def _run(which: BoolArray, together: BoolArray, seconds: FloatArray) -> tuple[IntArray, FloatArray]:
    """How many beats in succession, the last included, are of `which`, and how long that lasts."""
    joined = which.copy()
    joined[:, :-1] &= together[:, 1:]
    length = np.cumprod(joined[:, ::-1], axis=1).sum(axis=1)
    first = np.maximum(seconds.shape[1] - np.maximum(length, 1), 0)
    row = np.arange(len(seconds))
    return length, np.where(length > 0, seconds[:, -1] - seconds[row, first], 0.0)


def _repeats(ventricular: BoolArray, known: BoolArray, together: BoolArray, every: int) -> BoolArray:
    """Whether one of each `every` beats was ventricular, three times in succession, up to now."""
    count = 3 * every
    recent = ventricular[:, -count:]
    whole = known[:, -count:].all(axis=1) & together[:, -count + 1 :].all(axis=1)
    phases = recent.reshape(len(recent), 3, every)
    same = (phases == phases[:, :1]).all(axis=(1, 2))
    return np.asarray(whole & same & (phases[:, 0].sum(axis=1) == 1))


def _begin(rhythm: Rhythm, beat: int, letters: npt.NDArray[np.str_], times: FloatArray) -> int:
    """The first beat of what `rhythm` at `beat` is made of."""
    if rhythm in (Rhythm.VENTRICULAR_BIGEMINY, Rhythm.VENTRICULAR_TRIGEMINY):
        return beat + 1 - 3 * (2 if rhythm is Rhythm.VENTRICULAR_BIGEMINY else 3)
    first, letter = beat, letters[beat]
    while first > 0 and letters[first - 1] == letter and times[first] - times[first - 1] <= LONGEST_GAP_S:
        first -= 1
    return first


def _grew_from(before: Event, rhythm: Rhythm, first: int, beat: int) -> bool:
    """The same rhythm goes on from beat to beat; another takes up what lies within it."""
    goes_on = before.rhythm is rhythm and before.last == beat - 1
    return before.last >= first and (goes_on or before.first >= first)
