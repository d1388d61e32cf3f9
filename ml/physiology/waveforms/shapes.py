"""What one beat looks like: ECG and pulse as sums of Gaussians about the time of the R peak.

After McSharry et al. 2003 (IEEE Trans Biomed Eng 50:289), whose Gaussians ride on an angle; here they stand in time,
with the P wave's lead and the T wave's lag shrinking with the root of the interval (Bazett 1920), so that a QRS keeps
its width at any rate. The pulse is a systolic and a reflected wave, arriving a transit time after the R peak.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from ml.physiology.waveforms.rhythm import Beats
from ml.signals.filters import FloatArray

# name: offset s, height mV, width s, whether offset and width shrink with the interval
ECG_WAVES: Final = {
    "P": (-0.17, 0.12, 0.024, True),
    "Q": (-0.028, -0.10, 0.010, False),
    "R": (0.0, 1.10, 0.011, False),
    "S": (0.028, -0.22, 0.011, False),
    "T": (0.27, 0.26, 0.050, True),
    "T end": (0.32, 0.10, 0.035, True),
}
TRANSIT_S: Final = 0.22
PULSE_WAVES: Final = ((0.12, 1.0, 0.085), (0.36, 0.38, 0.110))  # offset s after arrival, height, width s
REACH_BEFORE_S: Final = 0.4  # a beat is seen in the ECG this long before it comes,
REACH_AFTER_S: Final = 1.4  # and in the pulse this long after


@dataclass(frozen=True)
class Build:
    """What is one's own: factors on the heights of the ECG's waves and on the transit time."""

    heights: dict[str, float]
    transit: float

    @staticmethod
    def drawn(generator: np.random.Generator) -> "Build":
        heights = {name: float(np.exp(0.2 * generator.standard_normal())) for name in ECG_WAVES}
        return Build(heights, transit=float(np.clip(1.0 + 0.1 * generator.standard_normal(), 0.8, 1.2)))


def shrink(interval_s: FloatArray) -> FloatArray:
    """Of repolarisation and conduction with the interval, 1 at 60 /min."""
    return np.clip(np.sqrt(interval_s), 0.5, 1.15)


def ecg_mv(times_s: FloatArray, beats: Beats, height: FloatArray, build: Build) -> FloatArray:
    """The ECG at `times_s` (n,) of beats whose QRS have these relative heights (k,)."""
    after_s = times_s[:, None] - beats.time_s
    shrunk = shrink(beats.interval_s)
    signal = np.zeros(len(times_s))
    for name, (offset_s, height_mv, width_s, shrinks) in ECG_WAVES.items():
        factor = shrunk if shrinks else np.ones_like(shrunk)
        scaled = (after_s - offset_s * factor) / (width_s * factor)
        signal += build.heights[name] * height_mv * (np.exp(-0.5 * scaled**2) @ height)
    return signal


def pulse(times_s: FloatArray, beats: Beats, height: FloatArray, build: Build) -> FloatArray:
    """Blood in the finger at `times_s` (n,), about 0 to 1, of beats whose pulses have these relative heights (k,)."""
    after_s = times_s[:, None] - beats.time_s - TRANSIT_S * build.transit
    shrunk = shrink(beats.interval_s)
    blood = np.zeros(len(times_s))
    for offset_s, share, width_s in PULSE_WAVES:
        blood += share * (np.exp(-0.5 * ((after_s - offset_s * shrunk) / (width_s * shrunk)) ** 2) @ height)
    return blood
