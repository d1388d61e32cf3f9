"""Respiratory rate of short even series: the spectrum's peak, and how much of the spectrum stands there.

Series of 4 Hz over 32 s, vectorised: (k, 128) in, (k,) out. They are the breathing wave itself, or what breathing does
to the beats (`modulation`). After Karlen et al. 2013 (IEEE Trans Biomed Eng 60:1946), who take the highest peak of the
spectrum between 4 and 65 /min over 32 s. Deviations: the trend is taken out, the window is Hann's, the peak is refined
between bins; and each rate comes with a quality, the share of the power in the band that stands at the peak and its
overtone (the respiratory quality index of Birrenkott et al. 2018, IEEE Trans Biomed Eng 65:2033, of the same kind).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from ml.signals.filters import BoolArray, FloatArray
from ml.signals.quality import Ramp

SERIES_HZ: Final = 4.0
WINDOW_S: Final = 32
SAMPLES: Final = int(SERIES_HZ * WINDOW_S)
_FFT: Final = 512  # zeros behind the series: a bin is 0.47 /min
LOWEST_PER_MIN: Final = 4.5
HIGHEST_PER_MIN: Final = 66.0
_PER_MIN: Final = np.fft.rfftfreq(_FFT, 1.0 / SERIES_HZ) * 60.0
_HALF_PEAK_PER_MIN: Final = 60.0 * 2.0 / WINDOW_S  # the main lobe of Hann's window
CONCENTRATED: Final = Ramp(good=0.6, bad=0.25)  # share of the power; noise alone has about 0.25
STILL: Final = 1e-6  # of the series' own size: less is no breathing but rounding


@dataclass(frozen=True)
class Rates:
    """`per_min` (k,), not-a-number where nothing moves; `quality` (k,) 0 to 1."""

    per_min: FloatArray
    quality: FloatArray


def rates(series: FloatArray, highest_per_min: FloatArray | None = None) -> Rates:
    """Of (k, 128) series at 4 Hz, a row with a not-a-number has none. `highest_per_min` (k,): the fastest breathing
    that each series can show, if that is less than 66; beats show none faster than half of their own rate.
    """
    known = np.asarray(np.isfinite(series).all(axis=1))
    series = np.where(known[:, None], series, 0.0)
    level = _without_trend(series)
    moves = np.abs(level).max(axis=1) > STILL * np.maximum(np.abs(series).max(axis=1), 1e-12)
    power = np.abs(np.fft.rfft(level * np.hanning(SAMPLES), _FFT, axis=1)) ** 2
    highest = np.full(len(series), HIGHEST_PER_MIN) if highest_per_min is None else highest_per_min
    band = (_PER_MIN >= LOWEST_PER_MIN) & (np.minimum(highest, HIGHEST_PER_MIN)[:, None] >= _PER_MIN)
    in_band = np.where(band, power, 0.0)
    top = np.argmax(in_band, axis=1)
    per_min = (top + _offset(power, top)) * (_PER_MIN[1] - _PER_MIN[0])
    share = _share_at_peak(in_band, per_min)
    inner = _is_peak(power, top) & known & moves
    return Rates(np.where(inner, per_min, np.nan), np.where(inner, CONCENTRATED(share), 0.0))


def _without_trend(series: FloatArray) -> FloatArray:
    ramp = np.linspace(-1.0, 1.0, SAMPLES)
    level = series - series.mean(axis=1, keepdims=True)
    slope = (level * ramp).sum(axis=1) / (ramp * ramp).sum()
    return np.asarray(level - slope[:, None] * ramp)


def _is_peak(power: FloatArray, top: FloatArray) -> BoolArray:
    """Whether the highest of the band is a peak at all: at its edge it may be the foot of something outside."""
    row, left, right = np.arange(len(top)), np.maximum(top - 1, 0), np.minimum(top + 1, power.shape[1] - 1)
    return np.asarray((power[row, top] >= power[row, left]) & (power[row, top] >= power[row, right]))


def _offset(power: FloatArray, top: FloatArray) -> FloatArray:
    row = np.arange(len(top))
    left, middle, right = (power[row, np.clip(top + d, 0, power.shape[1] - 1)] for d in (-1, 0, 1))
    bend = left - 2.0 * middle + right
    return np.clip(np.divide(0.5 * (left - right), bend, out=np.zeros_like(bend), where=bend != 0), -0.5, 0.5)


def _share_at_peak(in_band: FloatArray, per_min: FloatArray) -> FloatArray:
    """Of the band's power, what stands at the peak and its first overtone: 1 is a pure tone."""
    near = np.abs(_PER_MIN - per_min[:, None]) <= _HALF_PEAK_PER_MIN
    near |= np.abs(_PER_MIN - 2.0 * per_min[:, None]) <= _HALF_PEAK_PER_MIN
    total = in_band.sum(axis=1)
    at_peak = np.where(near, in_band, 0.0).sum(axis=1)
    return np.asarray(np.divide(at_peak, total, out=np.zeros_like(total), where=total > 0))
