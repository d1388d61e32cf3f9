"""From ECG samples to candidates for a QRS complex, streaming, over many lanes.

The QRS complex has its energy at 5 to 25 Hz, above P and T waves and below most muscle noise (Thakor, Webster and
Tompkins 1984; Pan and Tompkins 1985, IEEE Trans Biomed Eng 32:230). Instead of Pan and Tompkins' band-pass, derivative,
squaring and integration, a quadrature pair of wavelets gives the envelope of that band in one step, whatever the lead's
polarity, with linear phase. A third wavelet, lower and narrower, times the beat: its extreme lies where annotators put it.
"""

from typing import Final

import numpy as np

from ml.signals.filters import BoolArray, FirBank, FloatArray, Grid, IntArray, decimation, quadrature_wavelet
from ml.signals.intake import Intake
from ml.signals.peaks import Candidates, dominant_peaks, parabolic_offset

MIN_RATE_HZ: Final = 100.0
MAX_RATE_HZ: Final = 1000.0
MILLIVOLT_GRID: Final = Grid(step=2.0**-14)  # 0.06 uV, up to +-16 V
ENVELOPE_RATE_HZ: Final = 120.0
QRS_CENTRE_HZ: Final = 16.0
QRS_BANDWIDTH_HZ: Final = 7.0
FIDUCIAL_CENTRE_HZ: Final = 13.0
WAVELET_HALF_S: Final = 0.08
NEIGHBOUR_S: Final = 0.1  # a candidate is the highest within this on either side
ECLIPSE_S: Final = 0.25  # ... and no P wave: nothing higher follows within this
ECLIPSE_RATIO: Final = 0.9
SHAPE_HALF_S: Final = 0.08
SHAPE_RATE_HZ: Final = 62.5  # enough for the analytic form of a 7 Hz wide band
FLOOR_MV: Final = 0.015  # an envelope below this is amplifier noise, however regular


class QrsCandidates:
    """Per-lane state of filters and windows. `push` takes (rows, n) millivolts, n a multiple of `step`."""

    def __init__(self, rate_hz: float, lanes: int) -> None:
        if not MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ:
            raise ValueError(f"ECG rate {rate_hz} Hz is outside {MIN_RATE_HZ:.0f} to {MAX_RATE_HZ:.0f} Hz")
        self.rate_hz = rate_hz
        self.step = decimation(rate_hz, ENVELOPE_RATE_HZ)
        self.envelope_hz = rate_hz / self.step
        even, odd = quadrature_wavelet(rate_hz, QRS_CENTRE_HZ, QRS_BANDWIDTH_HZ, WAVELET_HALF_S)
        fiducial, _ = quadrature_wavelet(rate_hz, FIDUCIAL_CENTRE_HZ, QRS_BANDWIDTH_HZ, WAVELET_HALF_S)
        block = max(1, round(self.envelope_hz / 5))
        self._fir = FirBank(np.stack((even, odd, fiducial)), self.step, lanes, block)
        self._before = round(NEIGHBOUR_S * self.envelope_hz)
        self._eclipse = round(ECLIPSE_S * self.envelope_hz)
        self._shape_half = round(SHAPE_HALF_S * self.envelope_hz)
        shape_step = max(1, round(self.envelope_hz / SHAPE_RATE_HZ))
        self._shape_at = np.arange(-self._shape_half, self._shape_half + 1, shape_step)
        self.shape_length = 2 * len(self._shape_at)
        self._history = self._before + self._eclipse
        self._bad_reach = self._fir.length // 2 + self._before * self.step
        self._intake = Intake(MILLIVOLT_GRID, lanes, (self._history + self._before) * self.step + self._fir.length)
        self._waves: FloatArray = np.zeros((4, lanes, self._history))
        self._count: IntArray = np.zeros(lanes, dtype=np.int64)

    def reset(self, rows: IntArray) -> None:
        """Forget these lanes: their next sample is their first."""
        self._intake.reset(rows)
        self._fir.fill(rows, np.zeros(len(rows)))
        self._waves[:, rows] = 0.0
        self._count[rows] = 0

    def known_until(self, rows: IntArray) -> IntArray:
        """Envelope samples of which all candidates have been given, per row."""
        return np.asarray(self._count[rows] - self._eclipse, dtype=np.int64)

    def sample_of(self, position: FloatArray) -> IntArray:
        """Input sample, counted from the lane's start, of an envelope position."""
        return np.rint(position * self.step + self._fir.first_centre).astype(np.int64)

    def push(self, rows: IntArray, samples_mv: FloatArray) -> Candidates:
        steps, bad = self._intake.push(rows, samples_mv)
        even, odd, fiducial = (wave * MILLIVOLT_GRID.step for wave in self._fir.push(rows, steps))
        envelope = np.sqrt(even * even + odd * odd)
        waves = [np.concatenate((old[rows], new), axis=1) for old, new in zip(self._waves, (envelope, even, odd, fiducial), strict=True)]
        m = envelope.shape[1]
        for kept, wave in zip(self._waves, waves, strict=True):
            kept[rows] = wave[:, m:]
        mask = dominant_peaks(waves[0], self._before, self._before, self._eclipse, ECLIPSE_RATIO, FLOOR_MV)
        row, at = np.nonzero(mask)
        at = at + self._before
        start = self._count[rows] - self._history
        self._count[rows] += m
        if bad is not None:
            good = self._untouched(bad, row, at, m)
            row, at = row[good], at[good]
        return self._describe(waves, rows, start, row, at)

    def _untouched(self, bad: BoolArray, row: IntArray, at: IntArray, m: int) -> BoolArray:
        """Which candidates have no bad sample within the reach of the filter and the neighbourhood."""
        running = np.concatenate((np.zeros((len(bad), 1), np.int64), np.cumsum(bad, axis=1)), axis=1)
        newest = bad.shape[1] - m * self.step
        centre = newest + (at - self._history) * self.step + self._fir.first_centre
        low = np.clip(centre - self._bad_reach, 0, bad.shape[1])
        high = np.clip(centre + self._bad_reach + 1, 0, bad.shape[1])
        return np.asarray(running[row, high] == running[row, low])

    def _describe(self, waves: list[FloatArray], rows: IntArray, start: IntArray, row: IntArray, at: IntArray) -> Candidates:
        envelope, even, odd, fiducial = waves
        around = at[:, None] + self._shape_at
        shape = np.concatenate((even[row[:, None], around], odd[row[:, None], around]), axis=1)
        shape /= np.sqrt((shape * shape).sum(axis=1, keepdims=True))
        near = at[:, None] + np.arange(-self._shape_half, self._shape_half + 1)
        size = np.abs(fiducial[row[:, None], near])
        top = at - self._shape_half + np.argmax(size, axis=1)
        inside = np.clip(top, 1, fiducial.shape[1] - 2)
        offset = parabolic_offset(*(np.abs(fiducial[row, inside + d]) for d in (-1, 0, 1)))
        return Candidates(
            lane=rows[row],
            index=start[row] + at,
            amplitude=envelope[row, at],
            fiducial=start[row] + inside + offset,
            shape=shape,
        )
