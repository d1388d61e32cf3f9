"""The recent likely beats of every lane: what the first look took for beats, the best within a refractory time."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from ml.signals.candidate_table import rank_in_lane
from ml.signals.filters import BoolArray, IntArray, WaveArray

CAPACITY: Final = 32  # a power of two
REMEMBERED: Final = 8
RIVAL_S: Final = 0.2  # two beats do not follow each other as soon


@dataclass(frozen=True)
class Remembered:
    """The last likely beats before each of n candidates, nearest first, (REMEMBERED, n) each; and the next one."""

    known: BoolArray
    before_s: WaveArray
    height: WaveArray
    sharpness: WaveArray
    likeness: WaveArray  # of the candidate's shape to each one's
    turned_likeness: WaveArray  # the same, turned in phase as suits best: noise misplaces peaks
    agreement: WaveArray  # (n,): how alike they are among themselves
    middle_likeness: WaveArray  # (n,): the candidate's to their mean
    next_known: BoolArray  # (n,)
    next_s: WaveArray
    next_height: WaveArray
    next_likeness: WaveArray


class BeatRing:
    """Arrays of (lanes, CAPACITY), flat."""

    def __init__(self, lanes: int, shape_length: int, envelope_hz: float) -> None:
        self._hz = envelope_hz
        size = lanes * CAPACITY
        self._index: IntArray = np.zeros(size, np.int64)
        self._height: WaveArray = np.zeros(size, np.float32)
        self._sharpness: WaveArray = np.zeros(size, np.float32)
        self._shape: WaveArray = np.zeros((size, shape_length), np.float32)
        self._count: IntArray = np.zeros(lanes, np.int64)

    def reset(self, rows: IntArray) -> None:
        self._count[rows] = 0

    def append(
        self, lane: IntArray, index: IntArray, height: WaveArray, sharpness: WaveArray, shape: WaveArray
    ) -> None:
        """Ordered by lane, then time."""
        number = self._count[lane] + rank_in_lane(lane)
        at = self._at(lane, number)
        self._index[at], self._height[at], self._shape[at] = index, height, shape
        self._sharpness[at] = sharpness
        self._count[lane] = number + 1

    def remembered(self, lane: IntArray, index: IntArray, shape: WaveArray, ahead_s: float) -> Remembered:
        """For candidates at `index` with `shape`; the next likely beat only if it comes within `ahead_s`."""
        count = self._count[lane]
        first = self._first_from(lane, index)
        number = first - np.arange(1, REMEMBERED + 1)[:, None]
        at = self._at(lane, number)
        known = number >= 0
        shapes = self._shape[at] * known[:, :, None]
        alike = np.einsum("kns,ns->kn", shapes, shape)
        turned = np.einsum("kns,ns->kn", shapes, _quarter_turn(shape))
        mean = shapes.sum(axis=0)
        length = np.sqrt((mean * mean).sum(axis=1))
        following = first + (self._index[self._at(lane, first)] <= index)  # the candidate itself may be one
        ahead = self._at(lane, following)
        next_s = (self._index[ahead] - index).astype(np.float32) / np.float32(self._hz)
        return Remembered(
            known=known,
            before_s=(index - self._index[at]).astype(np.float32) / np.float32(self._hz),
            height=self._height[at],
            sharpness=self._sharpness[at],
            likeness=alike,
            turned_likeness=np.hypot(alike, turned),
            agreement=length / np.maximum(known.sum(axis=0), 1).astype(np.float32),
            middle_likeness=(mean * shape).sum(axis=1) / np.maximum(length, np.float32(1e-6)),
            next_known=(following < count) & (next_s <= ahead_s),
            next_s=next_s,
            next_height=self._height[ahead],
            next_likeness=(self._shape[ahead] * shape).sum(axis=1),
        )

    def next_after_s(self, lane: IntArray, index: IntArray, ahead_s: float) -> WaveArray:
        """Time to the first likely beat a refractory time or more after each; not-a-number beyond `ahead_s`."""
        newest = self._count[lane] - np.arange(1, CAPACITY + 1)[:, None]
        away = self._index[self._at(lane, newest)] - index
        after = (newest >= 0) & (away > RIVAL_S * self._hz) & (away <= ahead_s * self._hz)
        nearest = np.where(after, away, 2**40).min(axis=0)
        return np.where(nearest < 2**40, nearest / self._hz, np.nan).astype(np.float32)

    def _first_from(self, lane: IntArray, index: IntArray) -> IntArray:
        """Number of the first beat of each that is not before its `index`."""
        newest = self._count[lane] - np.arange(1, CAPACITY + 1)[:, None]
        after = (newest >= 0) & (self._index[self._at(lane, newest)] >= index)
        return np.asarray(newest[0] + 1 - after.sum(axis=0))

    def _at(self, lane: IntArray, number: IntArray) -> IntArray:
        return np.asarray(lane * CAPACITY + (number & (CAPACITY - 1)))


def _quarter_turn(shape: WaveArray) -> WaveArray:
    """The analytic wave, given as its even and its odd part, times i."""
    half = shape.shape[1] // 2
    return np.concatenate((-shape[:, half:], shape[:, :half]), axis=1)
