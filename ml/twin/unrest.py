"""What an ensemble does not know of the coming minutes: disturbances come and go, parameters and biases wander."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np

from ml.physiology.quantities import Array
from ml.twin.chance import Words, normals
from ml.twin.sensors import SENSORS
from ml.twin.variables import BIASES, DISTURBANCES, LEARNED, ROW, WALKING, deviations

DAY_S: Final = 86_400.0
KINDS: Final = (*LEARNED, *DISTURBANCES, *BIASES.values(), *WALKING)
TOLD_APART: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "arousal": ("bias_heart_rate", "resting_heart_rate"),
        "breathing": ("bias_respiratory_rate", "resting_respiratory_rate"),
        "vasomotion": ("bias_mean_pressure", "resting_pressure", "resting_output"),
        "shunt": ("bias_spo2", "alveolar_arterial"),
        "fever": ("bias_core_temperature", "core_setpoint"),
        "air": ("bias_skin_temperature",),
        "appearance": ("bias_glucose", "basal_glucose", "insulin_sensitivity"),
    }
)
"""By disturbance the rows that the same sensor sees."""
BIAS_TOLD_APART: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"glucose": ("glucose", "appearance"), "skin_temperature": ("skin_temperature", "air")}
)
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
        new = unrelated(deviates[name], [ensemble[ROW[row]] for row in TOLD_APART[name]])
        ensemble[ROW[name]] += fresh[index] * new
    for code, name in BIASES.items():
        _drift(ensemble, code, deviates[name], seconds)
    for name, an_hour in WALKING.items():
        ensemble[ROW[name]] *= np.exp(an_hour * np.sqrt(seconds / 3600.0) * deviates[name])


def _drift(ensemble: Array, code: str, deviates: Array, seconds: float) -> None:
    """A bias is forgotten and comes anew, exactly for any length; what comes new goes with nothing the sensor sees."""
    sensor, row = SENSORS[code], ROW[BIASES[code]]
    faded = np.exp(-seconds / sensor.bias_memory_s)
    apart = [ensemble[ROW[name]] for name in BIAS_TOLD_APART.get(code, ())]
    ensemble[row] *= faded
    ensemble[row] += sensor.bias * np.sqrt(1.0 - faded * faded) * unrelated(deviates, apart)


def unrelated(deviates: Array, rows: Sequence[Array]) -> Array:
    """Deviates (patients, members) without what they share by chance with such rows, as wide as before. What comes new
    has nothing to do with what is; in 32 members it would seem to, and the filter would believe it every minute."""
    if not rows or deviates.shape[1] <= len(rows) + 1:
        return deviates
    bases: list[Array] = []
    for row in rows:
        bases.append(_without(row - row.mean(axis=1, keepdims=True), bases))
    left = _without(deviates, bases)
    before, now = (np.einsum("pm,pm->p", each, each) for each in (deviates, left))
    return np.asarray(left * np.sqrt(before / np.maximum(now, 1e-12))[:, None])


def _without(values: Array, bases: Sequence[Array]) -> Array:
    for basis in bases:
        size = np.maximum(np.einsum("pm,pm->p", basis, basis), 1e-12)
        values = values - (np.einsum("pm,pm->p", values, basis) / size)[:, None] * basis
    return values


def forget(ensemble: Array, seconds: float) -> None:
    """Disturbances fade, in place, as they do where nothing new comes."""
    for index, name in enumerate(DISTURBANCES):
        ensemble[ROW[name]] *= np.exp(-seconds / _MEMORY_S[index])


def prior(seeds: Words, members: int) -> Array:
    """(kinds, patients, members), in the order of KINDS: what is drawn for a person of whom nothing is known; the last
    ones, of WALKING, are shares."""
    deviates = normals(seeds, np.zeros_like(seeds), len(KINDS), members)
    if members > len(KINDS) + 1:  # nothing seems to go with anything else by chance
        deviates = np.linalg.qr(deviates.transpose(1, 2, 0))[0].transpose(2, 0, 1)
    deviates = deviates / np.maximum(deviates.std(axis=2, ddof=1, keepdims=True), 1e-9)
    usual = [*deviations().values()]
    usual += [each.bias for each in SENSORS.values()] + list(WALKING.values())
    return np.asarray(deviates * np.array(usual)[:, None, None])
