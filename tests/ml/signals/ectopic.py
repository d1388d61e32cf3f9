"""Made-up rhythms with ectopic beats, simple enough to know what must come out."""

from dataclasses import dataclass

import numpy as np

from tests.ml.signals.synthetic import Array, noise

BUMPS = {
    "N": ((-0.17, 0.12, 0.025), (-0.028, -0.12, 0.011), (0.0, 1.0, 0.011), (0.028, -0.22, 0.011), (0.28, 0.28, 0.05)),
    "V": ((-0.01, 1.5, 0.024), (0.06, -1.1, 0.03), (0.3, 0.4, 0.07)),
}


@dataclass(frozen=True)
class Made:
    signal_mv: Array
    r_peaks: np.ndarray
    classes: str


def made(classes: str, rate_hz: float = 250.0, usual_s: float = 0.8, early: float = 0.6, pause: bool = True) -> Made:
    """Each V comes `early` (of the usual interval) after its predecessor, and a pause makes up for a single one."""
    at, seconds = 1.0, []
    for before, now in zip("N" + classes, classes, strict=False):
        compensated = (2.0 - early) if pause and before == "V" else 1.0
        at += usual_s * (early if now == "V" else compensated)
        seconds.append(at)
    t = np.arange(round((seconds[-1] + 2.0) * rate_hz)) / rate_hz
    wave = noise(len(t), 0.01)
    for beat_s, name in zip(seconds, classes, strict=True):
        for offset_s, height, width_s in BUMPS[name]:
            wave += height * np.exp(-0.5 * ((t - beat_s - offset_s) / width_s) ** 2)
    return Made(wave, np.rint(np.array(seconds) * rate_hz).astype(np.int64), classes)


def fibrillating_s(count: int, seed: int = 4) -> Array:
    """Times of beats without order."""
    return np.cumsum(0.7 * np.exp(0.22 * np.random.default_rng(seed).standard_normal(count)))
