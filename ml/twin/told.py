"""What is said of the inner body: each figure's median and 90 % band, and what measurements told of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from ml.assimilation.bands import band
from ml.physiology import Parameters
from ml.physiology.inputs import Inputs
from ml.physiology.observe import observe
from ml.physiology.quantities import Array
from ml.twin.person import inputs_in, parameters_in, states_in
from ml.twin.sensors import body_water

SHARE: Final = 0.9
TONES: Final = ("arterial_tone", "cardiopulmonary_tone")
TOLD: Final[Mapping[str, str]] = MappingProxyType(
    {
        "heart_rate": "/min",
        "mean_arterial_pressure": "mm[Hg]",
        "cardiac_output": "L/min",
        "stroke_volume": "mL",
        "systemic_resistance": "mm[Hg].min/L",
        "central_venous_pressure": "mm[Hg]",
        "spo2": "%",
        "paco2": "mm[Hg]",
        "ventilation": "L/min",
        "respiratory_rate": "/min",
        "oxygen_uptake": "L/min",
        "core_temperature": "Cel",
        "skin_temperature": "Cel",
        "sweat_rate": "L/h",
        "arterial_tone": "mm[Hg]",
        "cardiopulmonary_tone": "mm[Hg]",
        "work_capacity": "kJ",
        "blood_volume": "L",
        "total_body_water": "L",
        "plasma_volume": "L",
        "interstitial_volume": "L",
        "osmolality": "mosm/L",
        "glucose": "mmol/L",
        "insulin": "u[IU]/mL",
        "lactate": "mmol/L",
        "resting_heart_rate": "/min",
        "resting_pressure": "mm[Hg]",
        "core_setpoint": "Cel",
        "basal_glucose": "mmol/L",
        "insulin_sensitivity": "/min/(u[IU]/mL)",
    }
)
"""By name, unit (UCUM): figures of `ml.physiology.observe`, then what is learned of the person."""


@dataclass(frozen=True)
class ModelError:
    """Standard deviations in the figure's unit: of the present, and of half an hour ahead and later."""

    now: float
    ahead: float

    def at(self, minutes: float) -> float:
        return self.now + (self.ahead - self.now) * min(max(minutes / AHEAD_MIN, 0.0), 1.0)


AHEAD_MIN: Final = 30.0
MODEL_ERROR: Final[Mapping[str, ModelError]] = MappingProxyType(
    {
        "core_temperature": ModelError(0.12, 0.1),
        "skin_temperature": ModelError(0.75, 0.72),
        "glucose": ModelError(0.8, 1.3),
    }
)
"""What bodies of other equations (JOS-3, simglucose) differ by from ours that follows the same readings, beyond what
members differ by; chosen on every second person (docs/twin.md). It widens what is told, and moves nothing. Ahead it is
less of core and skin, where members differ by more anyway, and more of glucose, which a meal untold moves."""


def figures(ensemble: Array, guess: Parameters, surroundings: Array) -> dict[str, Array]:
    """Every figure of TOLD (patients, members)."""
    states, parameters = states_in(ensemble), parameters_in(ensemble, guess)
    told = inputs_in(ensemble, surroundings)
    seen = observe(states, parameters, Inputs(tilt_degrees=told.tilt_degrees))
    seen |= {"total_body_water": body_water(states)} | {name: getattr(states, name).copy() for name in TONES}
    return {name: seen[name] if name in seen else getattr(parameters, name) for name in TOLD}


def with_model_error(values: Mapping[str, Array], *, minutes: float = 0.0) -> dict[str, Array]:
    """The same figures (patients, members), about the same mean as wide as their model is unsure so many minutes
    ahead."""
    return {
        name: _widened(members, MODEL_ERROR[name].at(minutes)) if name in MODEL_ERROR else members
        for name, members in values.items()
    }


def _widened(members: Array, error: float) -> Array:
    mean = members.mean(axis=1, keepdims=True)
    variance = np.maximum(members.var(axis=1, ddof=1, keepdims=True), 1e-9)
    return np.asarray(mean + np.sqrt(1.0 + error**2 / variance) * (members - mean))


def variances(values: Mapping[str, Array]) -> Array:
    """(TOLD, patients)"""
    return np.array([values[name].var(axis=1, ddof=1) for name in TOLD])


def states_told(values: Mapping[str, Array], identifiable: Array) -> list[list[dict[str, Any]]]:
    """Per patient, in the form of the API. `identifiable` (TOLD, patients)."""
    bands = {name: band(values[name], SHARE) for name in TOLD}
    return [
        [
            {
                "name": name,
                "median": _short(bands[name][0][patient]),
                "low": _short(bands[name][1][patient]),
                "high": _short(bands[name][2][patient]),
                "unit": unit,
                "identifiability": round(float(identifiable[index, patient]), 2),
            }
            for index, (name, unit) in enumerate(TOLD.items())
        ]
        for patient in range(identifiable.shape[1])
    ]


def _short(value: float) -> float:
    """Four significant digits are more than is known, and a millionth is nothing."""
    return float(f"{value:.4g}") if abs(value) >= 1e-6 else 0.0
