"""What one beat looks like: ECG and pulse as sums of Gaussians about the time of the R peak.

After McSharry et al. 2003 (IEEE Trans Biomed Eng 50:289), whose Gaussians ride on an angle; here they stand in time,
with the P wave's lead and the T wave's lag shrinking with the root of the interval (Bazett 1920), so that a QRS keeps
its width at any rate. Fibrillation has no P wave; a ventricular beat none either, a QRS of 140 ms and a T wave against
it. The pulse is a systolic and a reflected wave, arriving a transit time after the R peak.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ml.physiology.waveforms.rhythm import Beats
from ml.signals.filters import FloatArray

# offset s, height mV, width s of P, Q, R, S, T and the end of T
_SINUS = ((-0.17, 0.12, 0.024), (-0.028, -0.10, 0.010), (0.0, 1.10, 0.011), (0.028, -0.22, 0.011), (0.27, 0.26, 0.050),
          (0.32, 0.10, 0.035))  # fmt: skip
_NO_P = ((-0.17, 0.0, 0.024), *_SINUS[1:])
_VENTRICULAR = ((-0.17, 0.0, 0.024), (-0.055, -0.12, 0.020), (0.0, 1.35, 0.034), (0.075, -0.45, 0.034),
                (0.30, -0.38, 0.060), (0.36, -0.10, 0.040))  # fmt: skip
ECG_WAVES: Final = np.array((_SINUS, _NO_P, _VENTRICULAR))  # (kinds, waves, 3)
SHRINKS: Final = (True, False, False, False, True, True)  # offset and width with the interval
TRANSIT_S: Final = 0.22
PULSE_WAVES: Final = ((0.12, 1.0, 0.085), (0.36, 0.38, 0.110))  # offset s after arrival, height, width s
REACH_BEFORE_S: Final = 0.4  # a beat is seen in the ECG this long before it comes,
ECG_REACH_S: Final = 0.75  # this long after,
REACH_AFTER_S: Final = 1.4  # and in the pulse this long


Singles = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Build:
    """What is one's own: factors on the heights of the ECG's waves (people, waves), on the transit time (people,)."""

    heights: FloatArray
    transit: FloatArray

    @staticmethod
    def drawn(generators: Sequence[np.random.Generator]) -> "Build":
        heights = np.exp([0.2 * each.standard_normal(len(SHRINKS)) for each in generators])
        transit = np.clip([1.0 + 0.1 * each.standard_normal() for each in generators], 0.8, 1.2)
        return Build(np.asarray(heights), np.asarray(transit))


def shrink(interval_s: FloatArray) -> FloatArray:
    """Of repolarisation and conduction with the interval, 1 at 60 /min."""
    return np.asarray(np.minimum(np.maximum(np.sqrt(interval_s), 0.5), 1.15))


def _gaussians(after_s: Singles, offset_s: FloatArray, width_s: FloatArray, height: FloatArray) -> Singles:
    """(people, n) of `after_s` (people, n, k) and one bump for each beat (people, k). Single precision will do: the
    converter's step is a thousandth of the wave."""
    per = (np.sqrt(0.5) / width_s).astype(np.float32)
    scaled = after_s * per[:, None] - (offset_s * per).astype(np.float32)[:, None]
    np.multiply(scaled, scaled, out=scaled)
    np.exp(np.negative(scaled, out=scaled), out=scaled)
    return np.asarray(np.matmul(scaled, height.astype(np.float32)[:, :, None])[:, :, 0])


def ecg_mv(times_s: FloatArray, beats: Beats, height: FloatArray, build: Build) -> FloatArray:
    """The ECG (people, n) at `times_s` (n,) of beats whose QRS have these relative heights (people, k)."""
    after_s = (times_s[None, :, None] - beats.time_s[:, None]).astype(np.float32)
    shrunk = shrink(beats.interval_s)
    waves = ECG_WAVES[beats.kind]
    signal = np.zeros((len(beats.time_s), len(times_s)), dtype=np.float32)
    for number, shrinks in enumerate(SHRINKS):
        offset_s, height_mv, width_s = waves[:, :, number, 0], waves[:, :, number, 1], waves[:, :, number, 2]
        factor = shrunk if shrinks else 1.0
        tall = height_mv * height * build.heights[:, number, None]
        signal += _gaussians(after_s, offset_s * factor, width_s * factor, tall)
    return signal.astype(np.float64)


def pulse(times_s: FloatArray, beats: Beats, height: FloatArray, build: Build) -> FloatArray:
    """Blood in the finger (people, n) at `times_s` (n,), about 0 to 1, of beats whose pulses have these relative
    heights (people, k)."""
    arrives_s = beats.time_s + TRANSIT_S * build.transit[:, None]
    after_s = (times_s[None, :, None] - arrives_s[:, None]).astype(np.float32)
    shrunk = shrink(beats.interval_s)
    blood = np.zeros((len(beats.time_s), len(times_s)), dtype=np.float32)
    for offset_s, share, width_s in PULSE_WAVES:
        blood += _gaussians(after_s, offset_s * shrunk, width_s * shrunk, share * height)
    return blood.astype(np.float64)
