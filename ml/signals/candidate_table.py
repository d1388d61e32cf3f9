"""The recent candidates of every lane, in rings: what the two looks at a candidate (`qrs_glance`, `qrs_context`) read.

Candidates of a lane are numbered from its reset. A number never changes, and what is read about candidate k lies at
fixed distances from it, so nothing depends on how the signal came in frames.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ml.signals.filters import BoolArray, FloatArray, IntArray, WaveArray
from ml.signals.peaks import Candidates
from ml.signals.runs import runs

CAPACITY: Final = 128  # a power of two; more than a look back, a look ahead and what `MOST_S` of signal can bring
LOOKS: Final = 3
LEAST_MV: Final = 1e-4
MOST_S: Final = 4.0  # of signal between two reads


@dataclass(frozen=True)
class Near:
    """Candidates around each of n others, (k, n) each, so that what is asked of the k is answered for all n at once;
    nothing is there where `known` is not."""

    known: BoolArray
    after_s: WaveArray  # from the one to the other; positive both ways: a distance
    higher: WaveArray  # log2 of the other's amplitude over the one's
    sharper: WaveArray  # the same of the height in the band above
    score: WaveArray  # empty where it was not asked for

    def nearest(self, k: int, within_s: float = np.inf) -> "Near":
        """Of them."""
        known = self.known[:k]
        if within_s < np.inf:
            known = known & (self.after_s[:k] <= within_s)
        return Near(known, self.after_s[:k], self.higher[:k], self.sharper[:k], self.score[:k])


class CandidateTable:
    """Arrays of (lanes, CAPACITY), read and written by (lane, number)."""

    def __init__(self, lanes: int, shape_length: int, envelope_hz: float) -> None:
        self._hz = envelope_hz
        size = lanes * CAPACITY
        self.index: IntArray = np.zeros(size, np.int64)
        self.height: WaveArray = np.zeros(size, np.float32)  # log2 of the amplitude
        self.sharpness: WaveArray = np.zeros(size, np.float32)  # log2 of the height in the band above
        self.amplitude: FloatArray = np.zeros(size)
        self.fiducial: FloatArray = np.zeros(size)
        self.shape: WaveArray = np.zeros((size, shape_length), np.float32)
        self.scores: WaveArray = np.zeros((LOOKS, size), np.float32)  # of each look, a logit
        self.eclipsed: BoolArray = np.zeros(size, np.bool_)  # see `eclipse`
        self.p_wave: BoolArray = np.zeros(size, np.bool_)  # found so by the cycles before,
        self.due: BoolArray = np.zeros(size, np.bool_)  # and what follows such a one
        self.count: IntArray = np.zeros(lanes, np.int64)

    def reset(self, rows: IntArray) -> None:
        self.count[rows] = 0

    def append(self, new: Candidates) -> None:
        """`new` is ordered by lane, then time."""
        if not len(new.lane):
            return
        number = self.count[new.lane] + rank_in_lane(new.lane)
        at = self.at(new.lane, number)
        self.index[at] = new.index
        for mark in (self.eclipsed, self.p_wave, self.due):
            mark[at] = False
        self.amplitude[at] = new.amplitude
        self.height[at] = np.log2(new.amplitude)
        self.fiducial[at] = new.fiducial
        self.shape[at] = new.shape[:, : self.shape.shape[1]]
        self.sharpness[at] = np.log2(np.maximum(new.shape[:, -1].astype(np.float64), LEAST_MV))
        self.count[new.lane] = number + 1  # of several the last is written last

    def at(self, lane: IntArray, number: IntArray) -> IntArray:
        """Where in the flat arrays."""
        return np.asarray(lane * CAPACITY + (number & (CAPACITY - 1)))

    def waiting(self, since: IntArray, before_index: IntArray) -> tuple[IntArray, IntArray]:
        """(lane, number) of the candidates from number `since` on that lie before `before_index`; both (lanes,)."""
        lane, number = runs(since, self.count)
        ripe = np.flatnonzero(self.index.take(self.at(lane, number)) < before_index.take(lane))
        return lane[ripe], number[ripe]

    def beaten(self, lane: IntArray, number: IntArray, within_s: float, look: int, *, by: float = 0.0) -> BoolArray:
        """Which have one of the two on either side `within_s` that scores higher; `by`: by this, and no less."""
        here = self.at(lane, number)
        at, away, near = self._beside(lane, number, here, np.array([-2, -1, 1, 2]))
        near &= np.abs(away) <= within_s * self._hz
        near[:2] &= ~self.eclipsed.take(at[:2])
        score = self.scores[look]
        bar = np.maximum(score.take(here), np.float32(0.0 if by else -np.inf)) + np.float32(by)
        return np.asarray((near & (score.take(at) > bar)).any(axis=0))

    def outdone(self, lane: IntArray, number: IntArray, within_s: float, look: int) -> BoolArray:
        """Which are followed `within_s` by one that this look scored higher than it, or the next look, scored them."""
        here = self.at(lane, number)
        at, away, near = self._beside(lane, number, here, np.array([1, 2, 3, 4]))
        near &= away <= within_s * self._hz
        own = np.maximum(self.scores[look].take(here), self.scores[look + 1].take(here))
        return np.asarray((near & (self.scores[look].take(at) > own)).any(axis=0))

    def eclipse(self, lane: IntArray, number: IntArray, look: int, within_s: float, octaves: float) -> BoolArray:
        """Marks and gives those that a likely beat so much higher follows soon: P waves, by their QRS complex."""
        here = self.at(lane, number)
        at, away, near = self._beside(lane, number, here, np.array([1, 2, 3]))
        near &= away <= within_s * self._hz
        near &= self.scores[look].take(at) > 0.0
        near &= self.height.take(at) > self.height.take(here) + np.float32(octaves)
        found = np.asarray(near.any(axis=0))
        self.eclipsed[here] |= found
        return found

    def dwarfed(
        self, lane: IntArray, number: IntArray, octaves: float, before: tuple[int, float], after: tuple[int, float]
    ) -> BoolArray:
        """Which of them are so much lower than one of those around; `before`, `after`: so many, within so many s."""
        here = self.at(lane, number)
        offsets = np.concatenate((-np.arange(1, before[0] + 1), np.arange(1, after[0] + 1)))
        reach = np.where(offsets < 0, before[1], after[1]) * self._hz
        at, away, near = self._beside(lane, number, here, offsets)
        near &= np.abs(away) <= reach[:, None]
        near &= self.height.take(at) > self.height.take(here) + np.float32(octaves)
        return np.asarray(near.any(axis=0))

    def past(self, lane: IntArray, number: IntArray, k: int, look: int | None = None) -> Near:
        """The `k` before each, nearest first, with the scores of that look."""
        return self._near(lane, number, -np.arange(1, k + 1), np.inf, look)

    def future(self, lane: IntArray, number: IntArray, k: int, within_s: float, look: int | None = None) -> Near:
        """Of the `k` after each, nearest first, those `within_s`: what comes later may not be known yet."""
        return self._near(lane, number, np.arange(1, k + 1), within_s, look)

    def _near(self, lane: IntArray, number: IntArray, offsets: IntArray, within_s: float, look: int | None) -> Near:
        here = self.at(lane, number)
        at, away, known = self._beside(lane, number, here, offsets)
        away_s = np.abs(away).astype(np.float32) * np.float32(1.0 / self._hz)
        if within_s < np.inf:
            known &= away_s <= within_s
        return Near(
            known,
            away_s,
            self.height.take(at) - self.height.take(here),
            self.sharpness.take(at) - self.sharpness.take(here),
            np.zeros((0, len(number)), np.float32) if look is None else self.scores[look].take(at),
        )

    def _beside(
        self, lane: IntArray, number: IntArray, here: IntArray, offsets: IntArray
    ) -> tuple[IntArray, IntArray, BoolArray]:
        """Of the candidates that far away in number, (k, n): where they are, how much later, and whether they are."""
        other = number + offsets[:, None]
        there = other >= 0 if offsets[-1] < 0 else other < self.count.take(lane)
        if offsets[0] < 0 < offsets[-1]:
            there &= other >= 0
        other &= CAPACITY - 1
        other += lane * CAPACITY
        return other, self.index.take(other) - self.index.take(here), there


def rank_in_lane(lane: IntArray) -> IntArray:
    """0, 1, 2 … anew for each lane of an ascending array."""
    place = np.arange(len(lane))
    first = np.zeros(len(lane), dtype=np.int64)
    first[1:] = np.where(lane[1:] != lane[:-1], place[1:], 0)
    return place - np.maximum.accumulate(first)


def where_known(known: BoolArray, value: npt.ArrayLike, otherwise: float = np.nan) -> WaveArray:
    return np.where(known, value, np.float32(otherwise)).astype(np.float32, copy=False)
