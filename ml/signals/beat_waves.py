"""What one beat looks like: its wave on one time grid, whatever the rate, and what is measured on it.

A beat is moved to where its QRS has most energy (quadrature wavelets as in `qrs`), so that an R peak that was put a
little early or late, or on another wave of the complex, gives the same picture. The kernels are short beside the wave:
as sparse matrices they cost a third of full ones, and sum in one order, so that the picture does not depend on which
other beats are worked on with it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from ml.signals.filters import FloatArray, Grid, IntArray, on_grid

Floats = npt.NDArray[np.float32]

GRID_S: Final = 0.008
BEFORE_S: Final = 0.32  # of the wave, before the middle of the QRS
AFTER_S: Final = 0.48
ALIGN_S: Final = 0.072  # how far an R peak may be off
SMOOTHING_S: Final = 0.0055  # standard deviation of the sampling kernel: 29 Hz at half amplitude
MIDDLE: Final = round(BEFORE_S / GRID_S)
LENGTH: Final = round((BEFORE_S + AFTER_S) / GRID_S)
QRS: Final = slice(MIDDLE - 13, MIDDLE + 19)
NARROW_QRS: Final = slice(MIDDLE - 6, MIDDLE + 7)
P: Final = slice(MIDDLE - 31, MIDDLE - 9)
T: Final = slice(MIDDLE + 20, MIDDLE + 55)
AFTER_QRS: Final = slice(MIDDLE + 20, LENGTH)
MEASURES: Final = ("spread_s", "area_s", "steep_s", "half_s", "slope_mv", "p_mv", "t_mv", "roughness_mv")
SAMPLES: Final = Grid(step=2.0**-14)  # millivolts
ALIGN: Final = round(ALIGN_S / GRID_S)
MARGIN: Final = MIDDLE + ALIGN + 1  # grid points that are sampled on the left of an R peak
SAMPLED: Final = LENGTH + 2 * ALIGN + 2
WAVELET_HALF: Final = 9


@dataclass(frozen=True)
class BeatWaves:
    """(k, …) beats. `position`: middle of the QRS, samples; `wave`: mV about its median; `shape`: of the QRS, norm 1;
    `height_mv`: of the QRS, lowest to highest; `measures` as `MEASURES`; `spike`: steepest single step before the QRS,
    of its usual steepness (a pacing pulse); `missing`: share of samples that were not there."""

    position: FloatArray
    wave: Floats
    shape: Floats
    height_mv: Floats
    measures: Floats
    spike: Floats
    missing: Floats


class BeatPainter:
    """Makes `BeatWaves` from stretches of one rate: samples `first` to `last` about each R peak, both included."""

    def __init__(self, rate_hz: float) -> None:
        self.rate_hz = rate_hz
        self.first = -int(np.ceil((MARGIN * GRID_S + 0.03) * rate_hz))
        self.last = int(np.ceil(((SAMPLED - MARGIN) * GRID_S + 0.03) * rate_hz))
        times = np.arange(self.first, self.last + 1) / rate_hz
        centres = (np.arange(SAMPLED) - MARGIN) * GRID_S
        kernel = np.exp(-0.5 * ((times[:, None] - centres) / max(SMOOTHING_S, 0.5 / rate_hz)) ** 2)
        kernel /= kernel.sum(axis=0)
        self._kernel = csr_array(np.stack([on_grid(column) for column in kernel.T]))
        self._places = MARGIN + np.arange(-ALIGN, ALIGN + 1)
        self._wavelets = csr_array(np.concatenate([self._at_places(wavelet) for wavelet in _wavelets()]))
        self._near = np.exp(-0.5 * (np.arange(-ALIGN, ALIGN + 1) / 6.0) ** 2)

    def paint(self, stretches_mv: FloatArray, r_peaks: IntArray) -> BeatWaves:
        """`stretches_mv` (k, last - first + 1), not-a-number where there is nothing."""
        steps, missing = _filled(stretches_mv)
        sampled = (self._kernel @ np.ascontiguousarray(steps.T)) * SAMPLES.step
        shift = self._shift(sampled)
        first = (self._places[shift] - MIDDLE) * len(steps) + np.arange(len(steps))
        wave = np.take(sampled, first[:, None] + np.arange(LENGTH) * len(steps))
        wave = wave - middle_of(wave)[:, None]
        qrs = centred(wave[:, QRS])
        norm = np.sqrt((qrs * qrs).sum(axis=1, keepdims=True))
        height = wave[:, QRS].max(axis=1) - wave[:, QRS].min(axis=1)
        return BeatWaves(
            position=r_peaks + (shift - ALIGN) * GRID_S * self.rate_hz,
            wave=wave.astype(np.float32),
            shape=(qrs / np.maximum(norm, 1e-3)).astype(np.float32),
            height_mv=height.astype(np.float32),
            measures=_measures(wave, height).astype(np.float32),
            spike=self._spike(steps).astype(np.float32),
            missing=missing.astype(np.float32),
        )

    def _shift(self, sampled: FloatArray) -> IntArray:
        """Of the places about the R peak, the one with most energy, those near it preferred; `sampled` (SAMPLED, k)."""
        even, odd = np.split(self._wavelets @ sampled, 2)
        return np.asarray(np.argmax((even * even + odd * odd) * self._near[:, None], axis=0), dtype=np.int64)

    def _at_places(self, wavelet: FloatArray) -> FloatArray:
        """(places, SAMPLED): the wavelet about each."""
        rows = np.zeros((len(self._places), SAMPLED))
        for row, place in zip(rows, self._places, strict=True):
            row[place - WAVELET_HALF : place + WAVELET_HALF + 1] = wavelet
        return rows

    def _spike(self, steps: FloatArray) -> FloatArray:
        """The steepest step in the 90 ms before the R peak, of the steepness that the QRS has for 40 ms."""
        first = -self.first - int(0.09 * self.rate_hz)
        about = np.abs(np.diff(steps[:, first : 1 - self.first + int(0.1 * self.rate_hz)], axis=1))
        before = about[:, : int(0.09 * self.rate_hz) + int(0.02 * self.rate_hz)]
        usual = np.sort(about, axis=1)[:, -max(2, int(0.04 * self.rate_hz))]
        return np.asarray(before.max(axis=1) / np.maximum(usual, 1e-3 / SAMPLES.step))


def centred(wave: FloatArray) -> FloatArray:
    return np.asarray(wave - wave.mean(axis=1, keepdims=True))


def middle_of(values: FloatArray) -> FloatArray:
    """Median of each row, all of it finite. Short rows are sorted ten times as quickly as they are partitioned."""
    ordered = np.sort(values, axis=1)
    last = values.shape[1] - 1
    return np.asarray(0.5 * (ordered[:, last // 2] + ordered[:, last - last // 2]))


def detrended(wave: FloatArray) -> FloatArray:
    """Each row without its straight line of least squares."""
    along = np.arange(wave.shape[1]) - (wave.shape[1] - 1) / 2
    flat = centred(wave)
    return np.asarray(flat - ((flat * along).sum(axis=1) / (along * along).sum())[:, None] * along)


def _wavelets() -> tuple[FloatArray, FloatArray]:
    t = np.arange(-WAVELET_HALF, WAVELET_HALF + 1) * GRID_S
    window = np.exp(-0.5 * (2 * np.pi * 7.0 * t) ** 2)
    even = window * np.cos(2 * np.pi * 14.0 * t)
    return even - window * (even.sum() / window.sum()), window * np.sin(2 * np.pi * 14.0 * t)


def _filled(stretches_mv: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Grid steps about each stretch's middle sample, its median where nothing is; and the share of nothing."""
    absent = ~np.isfinite(stretches_mv)
    missing = absent.mean(axis=1)
    middle = stretches_mv[:, stretches_mv.shape[1] // 2]
    if not absent.any():
        return SAMPLES.round(stretches_mv - middle[:, None]), missing
    filled = stretches_mv - np.where(np.isfinite(middle), middle, 0.0)[:, None]
    filled[missing == 1.0] = 0.0
    filled = np.where(absent, np.nan, filled)
    some = np.flatnonzero((missing > 0.0) & (missing < 1.0))
    level = np.zeros(len(filled))
    level[some] = np.nanmedian(filled[some], axis=1)
    return SAMPLES.round(np.where(absent, level[:, None], filled)), missing


def _measures(wave: FloatArray, height: FloatArray) -> FloatArray:
    """`MEASURES`: four widths of the QRS (s), none of which needs its onset; steepness, P, T and roughness (mV)."""
    rise = np.diff(wave, axis=1)
    steep = np.abs(rise[:, MIDDLE - 16 : MIDDLE + 21])
    steepest = steep.max(axis=1)
    energy, at = steep**2, np.arange(steep.shape[1]) * GRID_S
    whole = energy.sum(axis=1) + 1e-9
    mean = (energy * at).sum(axis=1) / whole
    spread = np.sqrt((energy * (at - mean[:, None]) ** 2).sum(axis=1) / whole)
    size = np.abs(wave[:, QRS])
    p, t = detrended(wave[:, P]), wave[:, AFTER_QRS]
    return np.column_stack(
        (
            spread,
            size.sum(axis=1) * GRID_S / np.maximum(height, 1e-3),
            (steep > 0.15 * steepest[:, None]).sum(axis=1) * GRID_S,
            (size > 0.5 * size.max(axis=1, keepdims=True)).sum(axis=1) * GRID_S,
            steepest,
            p.max(axis=1) - p.min(axis=1),
            t.max(axis=1) - t.min(axis=1),
            middle_of(np.abs(np.diff(rise, axis=1))),
        )
    )
