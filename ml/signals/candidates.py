"""From samples to candidates for a beat, streaming, over many lanes: the part that ECG and PPG have in common.

Samples are made digestible, filtered and decimated; a subclass combines the filters' outputs into an envelope whose
peaks are the candidates, a wave whose extreme times the beat, and the waves that describe its shape.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Final

import numpy as np

from ml.signals.filters import BoolArray, FirBank, FloatArray, Grid, IntArray, WaveArray, decimation
from ml.signals.intake import Intake
from ml.signals.peaks import Candidates, dominant_peaks, parabolic_offset

LANES_AT_ONCE: Final = 128  # so that what one step works on stays in the processor's cache


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
        block = max(1, round(self.envelope_hz / 10))
        self._fir = FirBank(taps, self.step, lanes, block, gain=front.grid.step)
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
        self._waves: WaveArray = np.zeros((2 + shape_waves + height_waves, lanes, self._history), dtype=np.float32)
        self._count: IntArray = np.zeros(lanes, dtype=np.int64)

    @abstractmethod
    def _combine(self, rows: IntArray, filtered: list[WaveArray]) -> list[WaveArray]:
        """[envelope, timing, *shape waves, *height waves], each (rows, m), from the filters' outputs."""

    def reset(self, rows: IntArray) -> None:
        """Forget these lanes: their next sample is their first."""
        self._intake.reset(rows)
        self._fir.reset(rows)
        self._waves[:, rows] = 0.0
        self._count[rows] = 0

    def known_until(self, rows: IntArray) -> IntArray:
        """Envelope samples of which all candidates have been given, per row."""
        return np.asarray(self._count[rows] - self._eclipse, dtype=np.int64)

    def position_of(self, envelope_position: FloatArray) -> FloatArray:
        """Place in the input, in samples from the lane's start, of a place in the envelope."""
        return np.asarray(envelope_position * self.step + self._fir.first_centre)

    def push(self, rows: IntArray, samples: FloatArray) -> tuple[Candidates, WaveArray]:
        """The new candidates, and the new envelope (rows, n // step)."""
        if len(rows) <= LANES_AT_ONCE:
            return self._push(rows, samples)
        cuts = range(0, len(rows), LANES_AT_ONCE)
        parts = [self._push(rows[cut : cut + LANES_AT_ONCE], samples[cut : cut + LANES_AT_ONCE]) for cut in cuts]
        return Candidates.join([found for found, _ in parts]), np.concatenate([envelope for _, envelope in parts])

    def _push(self, rows: IntArray, samples: FloatArray) -> tuple[Candidates, WaveArray]:
        steps, bad = self._intake.push(rows, samples)
        new = self._combine(rows, self._fir.push(rows, steps))
        m = new[0].shape[1]
        waves = [np.concatenate((kept[rows], wave), axis=1) for kept, wave in zip(self._waves, new, strict=True)]
        for kept, wave in zip(self._waves, waves, strict=True):
            kept[rows] = wave[:, m:]
        mask = dominant_peaks(waves[0], self._before, self._eclipse, self._front.eclipse_ratio, self._front.floor)
        row, at = np.nonzero(mask)
        at = at + self._before
        start = self._count[rows] - self._history
        self._count[rows] += m
        if self._front.whole_filter:
            whole = self.position_of((start[row] + at).astype(np.float64)) >= self._fir.length // 2
            row, at = row[whole], at[whole]
        if bad is not None:
            good = self._untouched(bad, row, at, m)
            row, at = row[good], at[good]
        return self._describe(waves, rows, start, row, at), new[0]

    def _untouched(self, bad: BoolArray, row: IntArray, at: IntArray, m: int) -> BoolArray:
        """Which candidates have no bad sample within the reach of the filter and the neighbourhood."""
        running = np.concatenate((np.zeros((len(bad), 1), np.int64), np.cumsum(bad, axis=1)), axis=1)
        newest = bad.shape[1] - m * self.step
        centre = newest + (at - self._history) * self.step + self._fir.first_centre
        low = np.clip(centre - self._bad_reach, 0, bad.shape[1])
        high = np.clip(centre + self._bad_reach + 1, 0, bad.shape[1])
        return np.asarray(running[row, high] == running[row, low])

    def _describe(
        self, waves: list[WaveArray], rows: IntArray, start: IntArray, row: IntArray, at: IntArray
    ) -> Candidates:
        envelope, timing, *others = waves
        split = len(others) - self._height_waves
        shape_waves, height_waves = others[:split], others[split:]
        around = at[:, None] + self._shape_at
        shape = np.concatenate([wave[row[:, None], around] for wave in shape_waves], axis=1).astype(np.float64)
        shape /= np.maximum(np.sqrt((shape * shape).sum(axis=1, keepdims=True)), self._front.grid.step)
        near = at[:, None] + np.arange(-self._half, self._half + 1)
        top = at - self._half + np.argmax(timing[row[:, None], near], axis=1)
        top = np.clip(top, 1, timing.shape[1] - 2)
        offset = parabolic_offset(*(timing[row, top + d].astype(np.float64) for d in (-1, 0, 1)))
        amplitude = envelope[row, at].astype(np.float64)
        heights = [wave[row[:, None], near].max(axis=1, keepdims=True) for wave in height_waves]
        shape = np.concatenate((shape, *heights), axis=1) if heights else shape
        return Candidates(rows[row], start[row] + at, amplitude, start[row] + top + offset, shape)
