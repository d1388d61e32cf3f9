"""What every analyser of whole seconds begins with: lanes under any keys, their state, and frames cut into seconds.

A lane is one signal of one person. Frames of any length come in; what goes out are whole seconds counted from the
lane's start, all lanes of a push together as one array. So a result depends on the samples alone: not on how they were
cut into frames, nor on the other lanes; and a recording pushed through in one piece gives what its live stream gave.
"""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from ml.signals.filters import FloatArray, IntArray

MAX_SLIP_SAMPLES: Final = 1.5
FIRST_LANES: Final = 16

Key = TypeVar("Key", bound=Hashable)
Frame = tuple[float, npt.ArrayLike]
"""Epoch seconds of the first sample; samples (n,), or (channels, n) of several waves that belong together."""


class LaneState:
    """Arrays of one row per lane, by name: `state["mean"][rows]`. `first` gives what a row begins as."""

    def __init__(self, **first: npt.ArrayLike) -> None:
        self._first = {name: np.asarray(value) for name, value in first.items()}
        self._arrays: dict[str, npt.NDArray[Any]] = {
            name: np.repeat(value[None], FIRST_LANES, axis=0) for name, value in self._first.items()
        }

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        return self._arrays[name]

    def fit(self, lanes: int) -> None:
        """Room for so many lanes at least."""
        for name, array in self._arrays.items():
            if len(array) < lanes:
                more = np.repeat(self._first[name][None], max(lanes, 2 * len(array)) - len(array), axis=0)
                self._arrays[name] = np.concatenate((array, more))

    def reset(self, rows: IntArray) -> None:
        for name, array in self._arrays.items():
            array[rows] = self._first[name]


class Rows(Generic[Key]):
    """Which row of the state is whose; rows that were given up are used again."""

    def __init__(self) -> None:
        self.of: dict[Key, int] = {}
        self.capacity = 0
        self._free: list[int] = []

    def take(self, key: Key) -> int:
        """The row of `key`; a new one (which the caller resets) if it had none."""
        if key not in self.of:
            if not self._free:
                self._free.append(self.capacity)
                self.capacity += 1
            self.of[key] = self._free.pop()
        return self.of[key]

    def give_up(self, key: Key) -> None:
        row = self.of.pop(key, None)
        if row is not None:
            self._free.append(row)


@dataclass(frozen=True)
class Second(Generic[Key]):
    """One whole second of some lanes. `samples` (k, channels, n): what is missing holds the last sample that was there;
    `missing` (k,) is its share. `number` counts the lane's seconds from 0; `end_epoch_s` (k,): where they end.
    """

    keys: list[Key]
    rows: IntArray
    samples: FloatArray
    missing: FloatArray
    end_epoch_s: FloatArray
    number: IntArray


@dataclass
class _Lane:
    row: int
    expected_epoch_s: float = float("nan")
    number: int = 0
    rest: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))
    held: FloatArray = field(default_factory=lambda: np.zeros(0))


class Seconds(Generic[Key]):
    """Cuts the frames of many lanes, all of one rate and number of channels, into whole seconds.

    `rate_hz` below 1 is refused (ValueError). A second is `round(rate_hz)` samples. A frame that does not begin where
    the one before ended, within 1.5 samples, starts its lane anew.
    """

    def __init__(self, rate_hz: float, channels: int = 1) -> None:
        if rate_hz < 1.0:
            raise ValueError(f"rate {rate_hz} Hz is below 1 Hz")
        self.rate_hz = rate_hz
        self.length = round(rate_hz)
        self.channels = channels
        self.rows: Rows[Key] = Rows()
        self._lanes: dict[Key, _Lane] = {}

    def forget(self, key: Key) -> None:
        self._lanes.pop(key, None)
        self.rows.give_up(key)

    def push(self, frames: Mapping[Key, Frame]) -> tuple[IntArray, Iterator[Second[Key]]]:
        """The rows that begin anew with these frames, and what became whole, the first second of every lane first.

        Raises ValueError for a frame of another shape, before anything changes.
        """
        arrays = {key: self._checked(key, samples) for key, (_, samples) in frames.items()}
        begun = [self._accept(key, start, arrays[key]) for key, (start, _) in frames.items()]
        return np.array([row for row in begun if row is not None], dtype=np.int64), self._whole(list(frames))

    def _checked(self, key: Key, samples: npt.ArrayLike) -> FloatArray:
        array = np.atleast_2d(np.asarray(samples, dtype=np.float64))
        if array.ndim != 2 or len(array) != self.channels:
            raise ValueError(f"frame of {key!r} has shape {array.shape}, not ({self.channels}, n)")
        return array

    def _accept(self, key: Key, start_epoch_s: float, samples: FloatArray) -> int | None:
        """Joins a frame to its lane; the row, if the lane begins anew with it."""
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = _Lane(self.rows.take(key))
        anew = not abs(start_epoch_s - lane.expected_epoch_s) * self.rate_hz <= MAX_SLIP_SAMPLES
        if anew:
            lane.number, lane.rest, lane.held = 0, samples[:, :0], np.zeros(self.channels)
        lane.rest = np.concatenate((lane.rest, samples), axis=1) if lane.rest.shape[1] else samples
        lane.expected_epoch_s = start_epoch_s + samples.shape[1] / self.rate_hz
        return lane.row if anew else None

    def _whole(self, keys: list[Key]) -> Iterator[Second[Key]]:
        while ready := [key for key in keys if self._lanes[key].rest.shape[1] >= self.length]:
            lanes = [self._lanes[key] for key in ready]
            samples = np.stack([lane.rest[:, : self.length] for lane in lanes])
            end_s = [lane.expected_epoch_s - (lane.rest.shape[1] - self.length) / self.rate_hz for lane in lanes]
            missing = self._fill(lanes, samples)
            number = np.array([lane.number for lane in lanes])
            for lane in lanes:
                lane.rest = lane.rest[:, self.length :]
                lane.number += 1
            rows = np.array([lane.row for lane in lanes])
            yield Second(ready, rows, samples, missing, np.array(end_s), number)
            keys = ready

    def _fill(self, lanes: list[_Lane], samples: FloatArray) -> FloatArray:
        """Holds the last good sample where one is missing, in place; the share that was missing, (k,)."""
        missing = np.zeros(len(lanes))
        for index in np.flatnonzero(~np.isfinite(samples.sum(axis=(1, 2)))):
            absent = ~np.isfinite(samples[index])
            missing[index] = absent.mean()
            for channel, gone in enumerate(absent):
                last_good = np.maximum.accumulate(np.where(gone, -1, np.arange(self.length)))
                held = np.where(last_good >= 0, samples[index, channel, last_good], lanes[index].held[channel])
                samples[index, channel] = held
        for lane, last in zip(lanes, samples[:, :, -1], strict=True):
            lane.held = last.copy()
        return missing


def rolled(ring: npt.NDArray[Any], rows: IntArray, newest: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Puts `newest` (k, m, ...) at the end of the rings (lanes, n, ...) of these rows, in place; the rings as they are
    then, (k, n, ...)."""
    count = newest.shape[1]
    joined = np.concatenate((ring[rows, count:], newest), axis=1) if count < ring.shape[1] else newest
    ring[rows] = joined
    return joined
