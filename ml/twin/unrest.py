"""What an ensemble does not know of the coming minutes: disturbances come and go, parameters and biases wander."""

from typing import Final

import numpy as np

from ml.physiology.quantities import Array
from ml.twin.chance import Words, normals
from ml.twin.sensors import SENSORS
from ml.twin.variables import BIAS_PER_SQRT_DAY, BIASES, DISTURBANCES, LEARNED, ROW, WALKING, deviations

DAY_S: Final = 86_400.0
KINDS: Final = (*LEARNED, *DISTURBANCES, *BIASES.values(), *WALKING)
_MEMORY_S: Final = np.array([each.memory_s for each in DISTURBANCES.values()])
_USUAL: Final = np.array([each.deviation for each in DISTURBANCES.values()])


def stir(ensemble: Array, seeds: Words, counters: Words, seconds: float) -> None:
    """One draw for `seconds` of time, in place. A disturbance is exact for any length; the rest grows with the square
    root of time."""
    deviates = dict(zip(KINDS, normals(seeds, counters, len(KINDS), ensemble.shape[2]), strict=True))
    days = np.sqrt(seconds / DAY_S)
    for name, each in LEARNED.items():
        step = each.a_day * days * deviates[name]
        ensemble[ROW[name]] += step
        if name == "resting_pressure":  # what the baroreflex defends goes along
            ensemble[ROW["baroreflex_setpoint"]] *= np.exp(step)
    forget(ensemble, seconds)
    fresh = np.sqrt(-np.expm1(-2.0 * seconds / _MEMORY_S)) * _USUAL
    for index, name in enumerate(DISTURBANCES):
        ensemble[ROW[name]] += fresh[index] * deviates[name]
    for code, name in BIASES.items():
        ensemble[ROW[name]] += SENSORS[code].bias * BIAS_PER_SQRT_DAY * days * deviates[name]
    for name, an_hour in WALKING.items():
        ensemble[ROW[name]] *= np.exp(an_hour * np.sqrt(seconds / 3600.0) * deviates[name])


def forget(ensemble: Array, seconds: float) -> None:
    """Disturbances fade, in place, as they do where nothing new comes."""
    for index, name in enumerate(DISTURBANCES):
        ensemble[ROW[name]] *= np.exp(-seconds / _MEMORY_S[index])


def prior(seeds: Words, members: int) -> Array:
    """(kinds, patients, members), in the order of KINDS: what is drawn for a person of whom nothing is known; the last
    ones, of WALKING, are shares."""
    deviates = normals(seeds, np.zeros_like(seeds), len(KINDS), members)
    deviates /= np.maximum(deviates.std(axis=2, ddof=1, keepdims=True), 1e-9)
    usual = [*deviations().values()]
    usual += [each.bias for each in SENSORS.values()] + list(WALKING.values())
    return np.asarray(deviates * np.array(usual)[:, None, None])
