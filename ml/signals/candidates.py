"""From samples to candidates for a beat, streaming, over many lanes: the part that ECG and PPG have in common.

Samples are made digestible, filtered and decimated; a subclass combines the filters' outputs into an envelope whose
peaks are the candidates, a wave whose extreme times the beat, and the waves that describe its shape.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Final

import numpy as np

from ml.signals.allocator import keep_freed_memory
from ml.signals.filters import (
    BoolArray,
    FirBank,
    FloatArray,
    Grid,
    IntArray,
    WaveArray,
    column_sums,
    decimation,
    side_by_side,
)
from ml.signals.intake import Intake
from ml.signals.peaks import Candidates, dominant_peaks, parabolic_offset

LANES_AT_ONCE: Final = 256  # more would not stay in the processor's caches, and fewer cost more steps
keep_freed_memory()


@dataclass(frozen=True)
class FrontEnd:
    """What distinguishes one kind of signal from another. Times in seconds, `floor` in the samples' unit."""

    name: str
    min_rate_hz: float
    max_rate_hz: float
    grid: Grid
    envelope_rate_hz: float
    neighbour_s: float  # a candidate is the highest within this on either side,
    eclipse_s: float  # and nothing that follows within this is higher by more than the ratio
    eclipse_ratio: float
    window_half_s: float  # around a candidate: its shape, and where its timing extreme is sought
    shape_rate_hz: float
    floor: float
    shape_points: int = 0  # the same number of points at any rate, if not 0
    whole_filter: bool = False  # no candidate in the first instant, of which the filter has not seen the beginning

    def check(self, rate_hz: float) -> None:
        """Raises ValueError for a rate outside the allowed ones."""
        if not self.min_rate_hz <= rate_hz <= self.max_rate_hz:
            allowed = f"{self.min_rate_hz:.0f} to {self.max_rate_hz:.0f} Hz"
            raise ValueError(f"{self.name} rate {rate_hz} Hz is outside {allowed}")


class CandidateFinder(ABC):
    """Per-lane state of filters and windows. `push` takes (rows, n) samples, n a multiple of `step`."""

    def __init__(
        self,
        front: FrontEnd,
        rate_hz: float,
        lanes: int,
        taps: FloatArray,
        shape_waves: int,
        *,
        height_waves: int = 0,
    ) -> None:
        self.rate_hz = rate_hz
        self.step = decimation(rate_hz, front.envelope_rate_hz)
        self.envelope_hz = rate_hz / self.step
        self._front = front
        self._fir = FirBank(taps, self.step, lanes, gain=front.grid.step)
        self._before = max(1, round(front.neighbour_s * self.envelope_hz))
        self._eclipse = max(self._before, round(front.eclipse_s * self.envelope_hz))
        self._half = min(self._before, round(front.window_half_s * self.envelope_hz))
        shape_step = max(1, round(self.envelope_hz / front.shape_rate_hz))
        self._shape_at = np.arange(-self._half, self._half + 1, shape_step)
        if front.shape_points:
            self._shape_at = np.rint(np.linspace(-self._half, self._half, front.shape_points)).astype(np.int64)
        self.shape_length = shape_waves * len(self._shape_at)
        self._height_waves = height_waves
        self._history = self._before + self._eclipse
        self._bad_reach = self._fir.length // 2 + self._before * self.step
        self._intake = Intake(front.grid, lanes, (self._history + self._before) * self.step + self._fir.length)
        self._waves: WaveArray = np.zeros((2 + shape_waves + height_waves, self._history, lanes), dtype=np.float32)
        self._count: IntArray = np.zeros(lanes, dtype=np.int64)

    @abstractmethod
    def _combine(self, rows: IntArray, filtered: WaveArray, into: WaveArray) -> None:
        """Writes [envelope, timing, *shape waves, *height waves] (waves, m, rows) from the filters' outputs."""

    def reset(self, rows: IntArray) -> None:
        """Forget these lanes: their next sample is their first."""
        self._intake.reset(rows)
        self._fir.reset(rows)
        self._waves[:, :, rows] = 0.0
        self._count[rows] = 0

    def known_until(self, rows: IntArray) -> IntArray:
        """Envelope samples of which all candidates have been given, per row."""
        return np.asarray(self._count[rows] - self._eclipse, dtype=np.int64)

    def position_of(self, envelope_position: FloatArray) -> FloatArray:
        """Place in the input, in samples from the lane's start, of a place in the envelope."""
        return np.asarray(envelope_position * self.step + self._fir.first_centre)

    def push(self, rows: IntArray, samples: FloatArray) -> tuple[Candidates, WaveArray]:
        """The new candidates, and the new envelope (n // step, rows)."""
        if len(rows) <= LANES_AT_ONCE:
            return self._push(rows, samples)
        cuts = range(0, len(rows), LANES_AT_ONCE)
        parts = [self._push(rows[cut : cut + LANES_AT_ONCE], samples[cut : cut + LANES_AT_ONCE]) for cut in cuts]
        found, envelopes = zip(*parts, strict=True)
        return Candidates.join(list(found)), np.concatenate(envelopes, axis=1)

    def _push(self, rows: IntArray, samples: FloatArray) -> tuple[Candidates, WaveArray]:
        steps, bad = self._intake.push(rows, samples)
        filtered = self._fir.push(rows, steps)
        m = filtered.shape[1]
        waves = np.empty((len(self._waves), self._history + m, len(rows)), dtype=np.float32)
        lanes = side_by_side(rows)
        waves[:, : self._history] = self._waves[:, :, lanes]
        self._combine(rows, filtered, waves[:, self._history :])
        self._waves[:, :, lanes] = waves[:, m:]
        mask = dominant_peaks(waves[0], self._before, self._eclipse, self._front.eclipse_ratio, self._front.floor)
        at, row = np.divmod(np.flatnonzero(mask), len(rows))
        at += self._before
        row, at = _by_row(row, at, waves.shape[1])
        start = self._count[rows] - self._history
        self._count[rows] += m
        if self._front.whole_filter and (start < self._fir.length).any():
            whole = self.position_of((start[row] + at).astype(np.float64)) >= self._fir.length // 2
            row, at = row[whole], at[whole]
        if bad is not None:
            good = self._untouched(bad, row, at, m)
            row, at = row[good], at[good]
        return self._describe(waves, rows, start, row, at), waves[0, self._history :]

    def _untouched(self, bad: BoolArray, row: IntArray, at: IntArray, m: int) -> BoolArray:
        """Which candidates have no bad sample within the reach of the filter and the neighbourhood."""
        running = np.concatenate((np.zeros((len(bad), 1), np.int64), np.cumsum(bad, axis=1)), axis=1)
        newest = bad.shape[1] - m * self.step
        centre = newest + (at - self._history) * self.step + self._fir.first_centre
        low = np.clip(centre - self._bad_reach, 0, bad.shape[1])
        high = np.clip(centre + self._bad_reach + 1, 0, bad.shape[1])
        return np.asarray(running[row, high] == running[row, low])

    def _describe(self, waves: WaveArray, rows: IntArray, start: IntArray, row: IntArray, at: IntArray) -> Candidates:
        each = waves.reshape(len(waves), -1)
        _, length, count = waves.shape
        here = at * count + row
        last = len(each) - self._height_waves
        around = here + (self._shape_at * count)[:, None]
        shape = np.concatenate([wave.take(around) for wave in each[2:last]]).astype(np.float64)
        shape /= np.maximum(np.sqrt(column_sums(shape * shape)), self._front.grid.step)
        described = np.empty((len(here), len(shape) + self._height_waves), dtype=np.float32)
        described[:, : len(shape)] = shape.T
        near = here + (np.arange(-self._half, self._half + 1) * count)[:, None]
        top = at - self._half + np.argmax(each[1].take(near), axis=0)
        top = np.clip(top, 1, length - 2)
        offset = parabolic_offset(*(each[1].take((top + d) * count + row).astype(np.float64) for d in (-1, 0, 1)))
        for column, wave in enumerate(each[last:], start=len(shape)):
            described[:, column] = wave.take(near).max(axis=0)
        amplitude = each[0].take(here).astype(np.float64)
        return Candidates(rows[row], start[row] + at, amplitude, start[row] + top + offset, described)


def _by_row(row: IntArray, at: IntArray, length: int) -> tuple[IntArray, IntArray]:
    """Ordered by row, then place, which is below `length`."""
    ordered = np.sort(row * length + at)
    row, at = np.divmod(ordered, length)
    return row, at
