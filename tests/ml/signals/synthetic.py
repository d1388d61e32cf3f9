"""Signals simple enough to know by heart what must come out of them."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def ecg_mv(beats_s: npt.ArrayLike, seconds: float, rate_hz: float, height_mv: float = 1.0) -> Array:
    """Beats of P, QRS and T as Gaussian bumps, R peaks at `beats_s`, no noise."""
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    wave = np.zeros_like(t)
    bumps = ((-0.17, 0.12, 0.025), (-0.028, -0.12, 0.011), (0.0, 1.0, 0.011), (0.028, -0.22, 0.011), (0.28, 0.28, 0.05))
    for beat_s in np.asarray(beats_s, dtype=np.float64):
        for offset_s, height, width_s in bumps:
            wave += height * np.exp(-0.5 * ((t - beat_s - offset_s) / width_s) ** 2)
    return height_mv * wave


def regular_s(rate_per_min: float, seconds: float) -> Array:
    """Times of beats at a steady rate, the first after half a second."""
    return np.arange(0.5, seconds - 0.3, 60.0 / rate_per_min)


def ppg(pulses_s: npt.ArrayLike, seconds: float, rate_hz: float, level: float = 50_000.0, share: float = 0.01) -> Array:
    """Light through a finger: each pulse (steepest about its time) takes a `share` of the `level` away."""
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    blood = np.zeros_like(t)
    for pulse_s in np.asarray(pulses_s, dtype=np.float64):
        for offset_s, height, width_s in ((0.1, 1.0, 0.1), (0.38, 0.3, 0.1)):
            blood += height * np.exp(-0.5 * ((t - pulse_s - offset_s) / width_s) ** 2)
    return level * (1.0 - share * blood)


def noise(n: int, size: float, seed: int = 1) -> Array:
    return size * np.random.default_rng(seed).standard_normal(n)


def matched(found_s: npt.ArrayLike, true_s: npt.ArrayLike, within_s: float) -> bool:
    """Whether each true time has exactly one found time, and none is left over."""
    found, true = np.asarray(found_s, dtype=np.float64), np.asarray(true_s, dtype=np.float64)
    return len(found) == len(true) and bool(np.all(np.abs(found - true) <= within_s))
