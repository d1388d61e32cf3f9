"""Whether a sensor leapt: a body changes by and by, a sensor at once.

Two looks are taken. One reading alone is held against what the filter predicted for it, which knows how far this body
may have come since the reading before; a glucose of five minutes later is nearly the same, whatever it wanders by in an
hour. And the last few together, with what the filter has since made of them, are held against what a well person
wanders by: a sensor whose single readings are rough shows its lie only so. The heart goes by single readings, which are
fine enough: a bleed moves it as far within a few.

The greatest leap is remembered as long as the sensor shows what no frozen body does, and for an hour if it does not.
"""

from typing import Final

import numpy as np

from ml.assimilation.consistency import MEMORY
from ml.assimilation.ensemble_filter import Innovation, Mask
from ml.physiology.quantities import Array
from ml.twin.keeping import CONSISTENCY, Kept
from ml.twin.sensors import SENSORS

MEMORY_S: Final = 3_600.0
RHYTHM: Final = "heart_rate"
"""The one sensor whose leap alone may be the body's own."""
PULL_KEPT: Final = 0.7
"""Of what readings moved the prediction by, this much is remembered with the next reading."""
OFFSET_SHARE: Final = 0.5
"""Of the running offset, the share of the latest reading: about four count."""
OFFSET_READINGS: Final = 5.0
WANDER_S: Final = 3_600.0
LEAST_WANDERED: Final = 0.4
"""An offset is against some readings ago; a body's variance of an hour has come about by that share, and this at
least."""
COUNTS_FROM: Final = 1.1 + np.log(np.clip([3_600.0 / each.interval_s for each in SENSORS.values()], 12.0, 60.0))
"""Half the square of 3.2 deviations for what is read every minute, of 2.7 for a glucose of every five: the more
readings are remembered, the further off is the furthest by chance."""
COUNTS_MOST: Final = 8.0
WANDER: Final = np.array([each.wander for each in SENSORS.values()])
ERROR: Final = np.array([each.deviation for each in SENSORS.values()])
READINGS: Final = np.clip(np.ceil([600.0 / each.interval_s for each in SENSORS.values()]), 1.0, 5.0)
KNOWN_WEIGHT: Final = 0.999 * -np.expm1(READINGS * np.log(MEMORY))
"""The weight that a sensor's consistency has once it has read often enough to be learned."""
_OFFSET_ERROR: Final = ERROR**2 * OFFSET_SHARE / (2.0 - OFFSET_SHARE)
_WEIGHT: Final = CONSISTENCY.index("weight")
_RHYTHM: Final = [*SENSORS].index(RHYTHM)


def note(kept: Kept, index: int, innovation: Innovation, *, error: Array, stands: Mask) -> None:
    """One reading of the sensor at `index`, before anything else notes it. `error` (patients,): variance of its error;
    `stands` (patients,): whether the sensor still shows what it leapt by."""
    read = np.isfinite(innovation.difference)
    fade = np.where(read & ~stands, np.exp(-since_s(kept, index) / MEMORY_S), 1.0)
    kept.leap_size[index] *= fade
    leap, size = _greater(_alone(kept, index, innovation), _together(kept, index, innovation, error))
    counts = read & (np.abs(size) > np.abs(kept.leap_size[index]))
    counts &= kept.consistency[index, _WEIGHT] >= KNOWN_WEIGHT[index]
    kept.leap[index] = np.where(counts, leap, kept.leap[index])
    kept.leap_size[index] = np.where(counts, size, kept.leap_size[index])


def log_likelihood(kept: Kept, residual: Array, variance: Array) -> Array:
    """(sensors, patients): of what is off by what it leapt by, minus infinity where nothing leapt. `residual` has this
    `variance` in a person who is well."""
    told = 0.5 * kept.leap_size**2 - COUNTS_FROM[:, None]
    wide = variance + _OFFSET_ERROR[:, None] + LEAST_WANDERED * WANDER[:, None] ** 2
    return np.where(
        told > 0.0, log_normal(residual - kept.leap, wide) + np.minimum(told, COUNTS_MOST), -np.inf
    )  # fmt: skip


def since_s(kept: Kept, index: int) -> Array:
    """(patients,): how long ago a sensor read before, nought where it never did."""
    return np.where(np.isfinite(kept.last_at_s[index]), np.maximum(kept.at_s - kept.last_at_s[index], 0.0), 0.0)


def log_normal(difference: Array, variance: Array) -> Array:
    return np.asarray(-0.5 * (difference**2 / variance + np.log(2.0 * np.pi * variance)))


def _greater(one: tuple[Array, Array], other: tuple[Array, Array]) -> tuple[Array, Array]:
    first = np.abs(one[1]) > np.abs(other[1])
    return np.where(first, one[0], other[0]), np.where(first, one[1], other[1])


def _alone(kept: Kept, index: int, innovation: Innovation) -> tuple[Array, Array]:
    """By how much the reading is off what was predicted: in its unit, and in deviations. What happens to a body between
    two readings is not predicted, and would look sudden in a sensor that reads once an hour; it comes with the time,
    its variance with the square."""
    difference = np.nan_to_num(innovation.difference)
    meanwhile = (np.minimum(since_s(kept, index) / WANDER_S, 1.0) * WANDER[index]) ** 2
    variance = (np.nan_to_num(innovation.variance, nan=1.0) + meanwhile) * np.maximum(kept.restless[index], 1.0)
    return difference, np.asarray(difference / np.sqrt(variance))


def _together(kept: Kept, index: int, innovation: Innovation, error: Array) -> tuple[Array, Array]:
    """By how much the last few readings are off what was predicted before them."""
    running = _running(kept, index, innovation, error)
    if index == _RHYTHM:
        return running, np.zeros_like(running)
    restless = np.maximum(kept.restless[index], 1.0)
    wander = _wandered(since_s(kept, index)) * restless * WANDER[index] ** 2
    return running, np.asarray(running / np.sqrt(_OFFSET_ERROR[index] + wander))


def _running(kept: Kept, index: int, innovation: Innovation, error: Array) -> Array:
    """Innovations, with what the filter has since made of the ones before."""
    read = np.isfinite(innovation.difference)
    difference = np.nan_to_num(innovation.difference)
    running = kept.offset[index] + OFFSET_SHARE * (difference + kept.pulled[index] - kept.offset[index])
    gain = np.where(read, 1.0 - error / innovation.variance, 0.0)
    kept.pulled[index] = np.where(read, PULL_KEPT * (kept.pulled[index] + gain * difference), kept.pulled[index])
    kept.offset[index] = np.where(read, running, kept.offset[index])
    return np.asarray(running)


def _wandered(interval_s: Array) -> Array:
    """The share of an hour's wander that has come about between readings so far apart and the last few before."""
    return np.asarray(np.clip(OFFSET_READINGS * interval_s / WANDER_S, LEAST_WANDERED, 1.0))
