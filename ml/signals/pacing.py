"""Pacemaker pulses in an ECG: streaming, over many lanes at once.

    bank = PacingBank(rate_hz, lanes)
    bank.push(samples_mv, rows)                # -> Pulses(lane, sample, height_mv)

A stimulus lasts 0.4 to 2 ms: at 250 Hz it is one or two samples, at 1,000 Hz up to four. What tells it from everything
that a heart makes is that the wave goes on beside it as if it were not there: the samples on either side lie on one
line. The top of a QRS complex is as sharp, but its sides fall away. Noise is as narrow, but never comes alone: a pulse
stands four times above the sharpest bend of what comes before it.

To see every pulse takes far more than 1,000 samples a second: bipolar ones of a fraction of a millivolt are lost here,
and behind a filter of 40 or 100 Hz hardly any is left. So this counts what is seen; that none was seen says nothing.

A pulse is given at most `DELAY_S` after it happened, however the signal came in frames.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from ml.signals.filters import BoolArray, FloatArray, IntArray

MIN_RATE_HZ: Final = 250.0  # below, a pulse is no longer narrower than a heart's own waves
LONGEST_S: Final = 0.002
BESIDE_S: Final = 0.004  # how far on either side the wave must go on as if nothing had been
BEFORE_S: Final = 0.05  # of which the sharpest bend is the noise
LEAST_MV: Final = 0.2
ABOVE_NOISE: Final = 4.0
MOST_BEND: Final = 0.3  # of the pulse's height: how far the samples beside it may be from one line,
MOST_STEP: Final = 0.5  # and the one side from the other
REFRACTORY_S: Final = 0.02
DELAY_S: Final = 0.02
WINDOW_S: Final = 30.0
LEAST_PULSES: Final = 3  # in it: fewer are chance


@dataclass(frozen=True)
class Pulses:
    """(k,) ordered by lane, then time. `sample` from the lane's last reset; `height_mv` over the wave beside it."""

    lane: IntArray
    sample: IntArray
    height_mv: FloatArray


class PacingBank:
    """`lanes` ECG leads of one rate, 250 Hz or more (else ValueError), millivolts, not-a-number where missing."""

    def __init__(self, rate_hz: float, lanes: int) -> None:
        if rate_hz < MIN_RATE_HZ:
            raise ValueError(f"rate {rate_hz} Hz is below {MIN_RATE_HZ:.0f} Hz")
        self.longest = int(np.ceil(LONGEST_S * rate_hz)) + 1  # samples that a pulse may touch
        self._beside = max(1, round(BESIDE_S * rate_hz))
        self._before = round(BEFORE_S * rate_hz)
        self._refractory = round(REFRACTORY_S * rate_hz)
        self._past = self._before + self._beside + 3
        self._future = self.longest + self._beside + 2
        self._tail: FloatArray = np.full((lanes, self._past + self._future), np.nan)
        self._count: IntArray = np.zeros(lanes, np.int64)
        self._last: IntArray = np.full(lanes, -self._refractory - 1)

    def reset(self, rows: IntArray) -> None:
        """The next sample of these lanes is their sample 0."""
        self._tail[rows] = np.nan
        self._count[rows] = 0
        self._last[rows] = -self._refractory - 1

    def push(self, samples: FloatArray, rows: IntArray) -> Pulses:
        """`samples` (len(rows), n); the pulses that are known now."""
        wave = np.concatenate((self._tail[rows], samples), axis=1)
        self._tail[rows] = wave[:, samples.shape[1] :]
        start = self._count[rows] - self._past - self._future
        self._count[rows] += samples.shape[1]
        row, at = self._sharp(wave)
        height = self._heights(wave, row, at)
        pulse = np.flatnonzero(height > 0.0)
        row, at, height = row[pulse], at[pulse], height[pulse]
        kept = self._apart(rows[row], start[row] + at)
        return Pulses(rows[row[kept]], (start[row] + at)[kept], height[kept])

    def _sharp(self, wave: FloatArray) -> tuple[IntArray, IntArray]:
        """Where something may begin: a step of half the least height or more, and soon one the other way."""
        step = np.diff(wave[:, self._past - 1 :], axis=1)
        up, down = step > 0.5 * LEAST_MV, step < -0.5 * LEAST_MV
        n = wave.shape[1] - self._past - self._future
        back_down, back_up = (
            np.logical_or.reduce([way[:, k : k + n] for k in range(1, self.longest + 1)]) for way in (down, up)
        )
        where = np.flatnonzero((up[:, :n] & back_down) | (down[:, :n] & back_up))
        return where // n, where % n + self._past

    def _heights(self, wave: FloatArray, row: IntArray, at: IntArray) -> FloatArray:
        """Of the pulse that begins at each place, whichever length suits best; 0 where none stands above the noise."""
        best = np.zeros(len(row))
        for length in range(1, self.longest + 1):
            best = np.maximum(best, self._height(wave, row, at, length))
        some = np.flatnonzero(best)
        above_noise = best[some] > ABOVE_NOISE * self._noise(wave, row[some], at[some])
        best[some[~above_noise]] = 0.0
        return best

    def _height(self, wave: FloatArray, row: IntArray, at: IntArray, length: int) -> FloatArray:
        """(k,): the lowest of `length` samples over the line from the one before them to the one after."""

        def beside(offset: int) -> FloatArray:
            return np.asarray(wave[row, at + offset])

        near = beside(-1), beside(length)
        far = beside(-1 - self._beside), beside(length + self._beside)
        slope = (near[1] - near[0]) / (length + 1)
        above = np.stack([beside(k) - near[0] - slope * (k + 1) for k in range(length)])
        height = np.where((above > 0).all(axis=0) | (above < 0).all(axis=0), np.abs(above).min(axis=0), 0.0)
        bend = np.abs(near[0] + near[1] - far[0] - far[1]) / 2.0
        step = np.abs(near[1] - near[0])
        stands: BoolArray = (height >= LEAST_MV) & (bend < MOST_BEND * height) & (step < MOST_STEP * height)
        return np.where(stands, height, 0.0)

    def _noise(self, wave: FloatArray, row: IntArray, at: IntArray) -> FloatArray:
        """The sharpest bend of the wave before each place; not-a-number, which nothing exceeds, where unknown."""
        before = wave[row[:, None], at[:, None] - 1 - np.arange(self._before + 1)]
        bends = np.abs(before[:, 1:-1] - 0.5 * (before[:, :-2] + before[:, 2:]))
        return np.asarray(bends.max(axis=1)) if len(row) else np.zeros(0)

    def _apart(self, lane: IntArray, sample: IntArray) -> IntArray:
        """Which are no echo of the one before."""
        kept = []
        for number, (one, place) in enumerate(zip(lane.tolist(), sample.tolist(), strict=True)):
            if place - self._last[one] > self._refractory:
                self._last[one] = place
                kept.append(number)
        return np.array(kept, dtype=np.int64)


class PacingRates:
    """Pulses a minute of each lane, over the last `WINDOW_S`."""

    def __init__(self, rate_hz: float, lanes: int) -> None:
        self._bank = PacingBank(rate_hz, lanes)
        self._rate_hz = rate_hz
        self._heard: IntArray = np.zeros(lanes, np.int64)
        self._recent: dict[int, list[int]] = {}

    def reset(self, rows: IntArray) -> None:
        self._bank.reset(rows)
        self._heard[rows] = 0
        for row in rows.tolist():
            self._recent.pop(row, None)

    def push(self, samples: FloatArray, rows: IntArray) -> None:
        """See `PacingBank.push`."""
        found = self._bank.push(samples, rows)
        self._heard[rows] += samples.shape[1]
        for lane, sample in zip(found.lane.tolist(), found.sample.tolist(), strict=True):
            self._recent.setdefault(lane, []).append(sample)

    def per_min(self, row: int) -> float | None:
        """None where no pulse was seen: that says nothing of whether the heart is paced."""
        if row not in self._recent:
            return None
        window = round(WINDOW_S * self._rate_hz)
        heard = int(self._heard[row])
        recent = [sample for sample in self._recent[row] if sample >= heard - window]
        self._recent[row] = recent
        if len(recent) < LEAST_PULSES:
            return None
        return 60.0 * len(recent) * self._rate_hz / min(heard, window)
