"""The noise of the MIT-BIH Noise Stress Test, mixed into a signal at a known ratio, as PhysioNet's `nst` defines it.

Moody, Muldrow and Mark 1984, Computers in Cardiology 11:381. Signal power is (trimmed mean QRS peak to peak)² / 8,
noise power the trimmed mean variance of seconds of it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from scipy.io import loadmat
from scipy.signal import resample_poly

from ml.evaluate.recordings import MissingRecordings, find_folder
from ml.signals.filters import FloatArray, IntArray

RATE_HZ: Final = 360.0
TRIM: Final = 0.05


@dataclass(frozen=True)
class Noise:
    """`kinds`: em, ma and bw as (n, 2) millivolts at 360 Hz, two leads."""

    kinds: dict[str, FloatArray]

    @staticmethod
    def read(data: Path, first: float = 0.0, last: float = 1.0) -> "Noise":
        """From share `first` to share `last` of each recording, so that some can be kept for testing."""
        folder = find_folder(data, ("nstdb_noise", "nstdb"), "EM.mat")
        kinds = {}
        for kind in ("em", "ma", "bw"):
            path = folder / f"{kind.upper()}.mat"
            if not path.exists():
                raise MissingRecordings(f"no {path}")
            whole = np.asarray(loadmat(path)[kind.upper()], dtype=np.float64)
            kinds[kind] = whole[int(first * len(whole)) : int(last * len(whole))]
        return Noise(kinds)

    def throughout(self, kind: str, n: int, rate_hz: float) -> FloatArray:
        """The first lead from its beginning, repeated to `n` samples, without its mean."""
        wave = _resampled(self.kinds[kind][:, 0], rate_hz)
        repeated = np.resize(wave, n)
        return np.asarray(repeated - repeated.mean())

    def drawn(self, kind: str, n: int, rate_hz: float, draw: np.random.Generator) -> FloatArray:
        """`n` samples from anywhere, of either lead; of "em+ma" the sum at about equal power."""
        parts = []
        for each in kind.split("+"):
            whole = self.kinds[each]
            need = int(np.ceil(n * RATE_HZ / rate_hz)) + 2
            start = int(draw.integers(0, len(whole) - need))
            part = whole[start : start + need, int(draw.integers(0, 2))]
            parts.append(part / max(float(part.std()), 1e-9) if "+" in kind else part)
        wave = _resampled(np.sum(parts, axis=0), rate_hz)[:n]
        return np.asarray(wave - wave.mean())


def _resampled(wave: FloatArray, rate_hz: float) -> FloatArray:
    if rate_hz == RATE_HZ:
        return wave
    return np.asarray(resample_poly(wave, round(rate_hz), round(RATE_HZ)))


def gain_for(signal_mv: FloatArray, beats: IntArray, rate_hz: float, noise: FloatArray, snr_db: float) -> float:
    """What to multiply `noise` by; 0 where no beat says how strong the signal is."""
    half = int(0.05 * rate_hz)
    inside = beats[(beats >= half) & (beats + half < len(signal_mv))][:300]
    if len(inside) == 0:
        return 0.0
    heights = [float(np.ptp(signal_mv[beat - half : beat + half + 1])) for beat in inside]
    second = int(rate_hz)
    seconds = range(0, min(len(noise), 300 * second) - second, second)
    power = _trimmed_mean([float(noise[start : start + second].var()) for start in seconds])
    return float(np.sqrt(_trimmed_mean(heights) ** 2 / 8 / power / 10 ** (snr_db / 10)))


def _trimmed_mean(values: list[float]) -> float:
    ordered, drop = np.sort(values), round(TRIM * len(values))
    return float(ordered[drop : len(values) - drop].mean())
