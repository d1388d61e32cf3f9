"""Pulses in a photoplethysmogram: streaming, over many lanes at once, with the same machinery as R peaks.

A pulse is timed at the steepest point of its systolic upstroke, the feature that varies least with the reflected wave
(Zong et al. 2003, Computers in Cardiology 30:259, detect it by the sum of slopes). Deviations: the slope is taken by a
wavelet of 0.6 to 3.5 Hz, slow enough to join a dicrotic wave to its pulse; and which way is up is learned: an upstroke
is steeper than the fall, so the slope's third moment has its sign. Sensors count less light for more blood, some
drivers invert: `ppg_red`, `ppg_infrared`, `ppg_green` and a camera's colours all do, either way.

A pulse is given at most `DELAY_S` after it happened.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.signal import lfilter

from ml.signals.beat_decision import Rule
from ml.signals.beat_memory import Learning
from ml.signals.beat_stream import BeatBank, BeatStream, find_all
from ml.signals.candidates import CandidateFinder, FrontEnd
from ml.signals.filters import FloatArray, Grid, IntArray, WaveArray, quadrature_wavelet

CENTRE_HZ: Final = 1.7
BANDWIDTH_HZ: Final = 0.9
WAVELET_HALF_S: Final = 0.36
POLARITY_MEMORY_S: Final = 8.0
PLAIN_SKEWNESS: Final = 0.25  # a fast pulse is nearly a sine and tells nothing
LESS_LIGHT: Final = -1.0  # more blood lets less light through: what is taken to be so until the slope is plain
FRONT: Final = FrontEnd(
    name="PPG",
    min_rate_hz=25.0,
    max_rate_hz=1000.0,
    grid=Grid(step=2.0**-10),  # counts or camera levels about the first sample, up to +-262144
    envelope_rate_hz=50.0,
    neighbour_s=0.2,
    eclipse_s=0.24,
    eclipse_ratio=0.9,
    window_half_s=0.2,
    shape_rate_hz=12.5,
    floor=0.004,  # two grid steps per filter: below is rounding
)
RULE: Final = Rule(
    lookahead_s=0.75,
    threshold=0.4,
    refractory_s=0.27,
    t_wave_s=0.45,  # the dicrotic wave comes after the upstroke by this or less
    t_wave_ratio=0.6,
    unlike=0.9,
    early=0.7,
    early_factor=1.5,
    start_level=0.01,
    restart_s=3.0,  # a touch of the sensor outdoes pulses a hundredfold: do not wait for its memory to fade
    learning=Learning(interval_s=0.85, growth=1.5),
)
DELAY_S: Final = RULE.lookahead_s + FRONT.eclipse_s + WAVELET_HALF_S + 0.05
OFFLINE_CHUNK_S: Final = 10.0


class PulseCandidates(CandidateFinder):
    """Any unit in. The envelope is the slope in the direction of the upstroke, negative on the fall."""

    def __init__(self, rate_hz: float, lanes: int) -> None:
        FRONT.check(rate_hz)
        even, odd = quadrature_wavelet(rate_hz, CENTRE_HZ, BANDWIDTH_HZ, WAVELET_HALF_S)
        super().__init__(FRONT, rate_hz, lanes, np.stack((even, odd)), shape_waves=2)
        keep = np.exp(-1.0 / (POLARITY_MEMORY_S * self.envelope_hz))
        self._averaging = np.array([1.0 - keep]), np.array([1.0, -keep])
        self._second_moment: FloatArray = np.zeros((1, lanes))
        self._third_moment: FloatArray = np.zeros((1, lanes))
        self._up: FloatArray = np.full(lanes, LESS_LIGHT)

    def reset(self, rows: IntArray) -> None:
        super().reset(rows)
        self._second_moment[:, rows] = 0.0
        self._third_moment[:, rows] = 0.0
        self._up[rows] = LESS_LIGHT

    def _combine(self, rows: IntArray, filtered: WaveArray, into: WaveArray) -> None:
        even, slope = filtered
        up = self._polarity(rows, slope.astype(np.float64)).astype(np.float32)
        rise = up * slope
        into[:3] = rise
        into[3] = up * even

    def _polarity(self, rows: IntArray, slope: FloatArray) -> FloatArray:
        """1 or -1 for each sample: the sign of the slope's skewness where that is plain, else what it was before."""
        second, self._second_moment[:, rows] = self._mean(slope**2, self._second_moment[:, rows])
        third, self._third_moment[:, rows] = self._mean(slope**3, self._third_moment[:, rows])
        plain = np.abs(third) > PLAIN_SKEWNESS * second**1.5
        last_plain = np.maximum.accumulate(np.where(plain, np.arange(len(slope))[:, None], -1), axis=0)
        held = np.take_along_axis(np.sign(third), np.maximum(last_plain, 0), axis=0)
        up = np.where(last_plain >= 0, held, self._up[rows])
        self._up[rows] = up[-1]
        return np.asarray(up)

    def _mean(self, values: FloatArray, before: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Running means of (n, rows), and what to go on from."""
        mean, after = lfilter(*self._averaging, values, axis=0, zi=before)
        return mean, after


class PulseBank(BeatBank):
    """`lanes` PPG signals of one rate, 25 to 1000 Hz (else ValueError); see `BeatBank`."""

    def __init__(self, rate_hz: float, lanes: int) -> None:
        super().__init__(PulseCandidates(rate_hz, lanes), lanes, RULE)


class PulseStream(BeatStream):
    """One PPG signal, 25 to 1000 Hz (else ValueError), any unit and polarity; see `BeatStream`."""

    def __init__(self, rate_hz: float) -> None:
        super().__init__(PulseBank(rate_hz, 1), DELAY_S)


def detect_pulses(signal: npt.ArrayLike, rate_hz: float) -> IntArray:
    """Samples of the steepest upstrokes of one PPG signal (n,), by the same code as `PulseStream`."""
    return find_all(PulseStream(rate_hz), signal, round(OFFLINE_CHUNK_S * rate_hz))
