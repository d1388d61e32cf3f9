"""Candidates for a QRS complex.

The QRS complex has its energy at 5 to 25 Hz, above P and T waves and below most muscle noise (Thakor, Webster and
Tompkins 1984; Pan and Tompkins 1985, IEEE Trans Biomed Eng 32:230). Instead of Pan and Tompkins' band-pass, derivative,
squaring and integration, a quadrature pair of wavelets gives the envelope of that band in one step, whatever the lead's
polarity, with linear phase. A third wavelet, a little lower, times the beat: its extreme lies where annotators put it.
"""

from typing import Final

import numpy as np

from ml.signals.candidates import CandidateFinder, FrontEnd
from ml.signals.filters import Grid, IntArray, WaveArray, quadrature_wavelet

CENTRE_HZ: Final = 16.0
BANDWIDTH_HZ: Final = 7.0
SHARP_CENTRE_HZ: Final = 32.0  # an electrode that moves makes waves as steep as a QRS complex, but not as sharp
SHARP_BANDWIDTH_HZ: Final = 10.0
TIMING_CENTRE_HZ: Final = 13.0
WAVELET_HALF_S: Final = 0.08
FRONT: Final = FrontEnd(
    name="ECG",
    min_rate_hz=100.0,
    max_rate_hz=1000.0,
    grid=Grid(step=2.0**-14),  # millivolts: 0.06 uV, up to +-16 V
    envelope_rate_hz=120.0,
    neighbour_s=0.08,  # soon after a beat there may be another, or noise that is higher: who is who is decided later
    eclipse_s=0.08,
    eclipse_ratio=0.0,
    window_half_s=0.08,
    shape_rate_hz=62.5,  # enough for the analytic form of a 7 Hz wide band
    floor=0.009,  # millivolts; an envelope below this is amplifier noise, however regular
    shape_points=11,
    whole_filter=True,
)


class QrsCandidates(CandidateFinder):
    """Millivolts in; the envelope is that of the QRS band, in millivolts."""

    def __init__(self, rate_hz: float, lanes: int) -> None:
        FRONT.check(rate_hz)
        even, odd = quadrature_wavelet(rate_hz, CENTRE_HZ, BANDWIDTH_HZ, WAVELET_HALF_S)
        timing, _ = quadrature_wavelet(rate_hz, TIMING_CENTRE_HZ, BANDWIDTH_HZ, WAVELET_HALF_S)
        sharp = quadrature_wavelet(rate_hz, SHARP_CENTRE_HZ, SHARP_BANDWIDTH_HZ, WAVELET_HALF_S)
        taps = np.stack((even, odd, timing, *sharp))
        super().__init__(FRONT, rate_hz, lanes, taps, shape_waves=2, height_waves=1)

    def _combine(self, rows: IntArray, filtered: WaveArray, into: WaveArray) -> None:
        even, odd, timing, sharp_even, sharp_odd = filtered
        envelope, aside, first, second, sharp = into
        _length(even, odd, envelope)
        np.abs(timing, out=aside)
        first[:], second[:] = even, odd
        _length(sharp_even, sharp_odd, sharp)


def _length(even: WaveArray, odd: WaveArray, into: WaveArray) -> None:
    """Of the vector that the two are parts of."""
    np.multiply(even, even, out=into)
    into += odd * odd
    np.sqrt(into, out=into)
