"""What a measurement may move: the part of each variable's regression on each sensor that is believed.

An ensemble of 32 shows a chance correlation of about 0.18 between things that have nothing to do with each other; sixty
analyses an hour would take it for knowledge. So each sensor reaches the block of the body it measures in full, blocks
that act on it in part, and nothing else (localisation by structure: Houtekamer & Mitchell 2001, Mon Wea Rev 129:123).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from ml.physiology.quantities import Array
from ml.twin.sensors import SENSORS
from ml.twin.variables import BIASES, ROW, VARIABLES

BLOCKS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "rate": ("heart_rate", "resting_heart_rate", "arousal"),
        "pressure": (
            "mean_arterial_pressure", "arterial_tone", "baroreflex_setpoint", "resting_pressure", "vasomotion",
        ),
        "flow": ("cardiac_output", "cardiopulmonary_tone", "resting_output"),
        "oxygen": ("alveolar_o2", "arterial_saturation", "alveolar_arterial", "shunt"),
        "breath": ("alveolar_co2", "alveolar_ventilation", "resting_respiratory_rate", "breathing"),
        "core": ("core_temperature", "muscle_temperature", "core_setpoint", "fever", "oxygen_uptake", "shivering"),
        "skin": ("skin_temperature", "skin_blood_flow", "sweat_rate", "air"),
        "blood": ("plasma_volume", "red_cell_volume", "plasma_protein", "blood_volume"),
        "water": ("interstitial_volume", "cell_volume", "ecf_osmoles", "interstitial_protein", "body_water"),
        "sugar": (
            "glucose", "insulin", "insulin_action", "gut_glucose", "basal_glucose", "insulin_sensitivity", "appearance",
        ),
        "work": ("lactate",),
    }
)  # fmt: skip

REACHES: Final[Mapping[str, Mapping[str, float]]] = MappingProxyType(
    {
        "heart_rate": {"rate": 1.0, "flow": 0.05, "pressure": 0.1, "blood": 0.1},
        "respiratory_rate": {"breath": 1.0, "oxygen": 0.1},
        "spo2": {"oxygen": 1.0, "breath": 0.1},
        "core_temperature": {"core": 1.0, "skin": 0.3, "rate": 0.1},
        "skin_temperature": {"skin": 1.0, "core": 0.05},
        "mean_pressure": {"pressure": 1.0, "flow": 0.05, "rate": 0.1, "blood": 0.1},
        "glucose": {"sugar": 1.0},
        "blood_lactate": {"work": 1.0},
        "total_body_water": {"water": 1.0, "blood": 0.3},
        "weight": {"water": 0.5},
    }
)


def reach_of(code: str) -> Array:
    """(variables,) 0 to 1. Raises KeyError for a code not in SENSORS."""
    reach = np.zeros(len(VARIABLES))
    for block, believed in REACHES[code].items():
        for name in BLOCKS[block]:
            reach[ROW[name]] = believed
    reach[ROW[BIASES[code]]] = 1.0
    return reach


REACH: Final[Mapping[str, Array]] = MappingProxyType({code: reach_of(code) for code in SENSORS})
