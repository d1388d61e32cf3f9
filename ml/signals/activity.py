"""Activity from an accelerometer: the mean of the acceleration beyond gravity, as wearables report it.

Euclidean norm minus one g, negative parts as 0, averaged (van Hees et al. 2013, PLoS One 8:e61691), in milli-g. Lying
still is under 10, walking about 100, running several hundred (Hildebrand et al. 2014, Med Sci Sports Exerc 46:1816).
A sensor whose norm at rest is not one g is not calibrated, and one that does not move at all for an hour is not worn.
"""

from typing import Final

import numpy as np

from ml.signals.filters import BoolArray, FloatArray

MODERATE_MG: Final = 100.0
VIGOROUS_MG: Final = 400.0
NOT_WORN_MG: Final = 13.0  # standard deviation of each axis
UNCALIBRATED_MG: Final = 100.0


def activity_mg(acceleration_g: FloatArray) -> FloatArray:
    """(k, 3, n) in g, about a second each, to (k,) in milli-g."""
    norm = np.sqrt((acceleration_g**2).sum(axis=1))
    return np.asarray(1000.0 * np.maximum(norm - 1.0, 0.0).mean(axis=1))


def not_worn(acceleration_g: FloatArray) -> BoolArray:
    """(k, 3, n), some minutes each: whether at least two axes do not move at all."""
    return np.asarray((1000.0 * acceleration_g.std(axis=2) < NOT_WORN_MG).sum(axis=1) >= 2)


def uncalibrated(acceleration_g: FloatArray) -> BoolArray:
    """(k, 3, n) of a sensor at rest: whether what it takes for one g is another."""
    norm = np.sqrt((acceleration_g**2).sum(axis=1)).mean(axis=1)
    return np.asarray(np.abs(1000.0 * (norm - 1.0)) > UNCALIBRATED_MG)
