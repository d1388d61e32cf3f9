"""The variables of a twin, by name: states of the body, what is learned of the person, disturbances, biases.

The ensemble is one array (variables, patients, members); `ROW` says where each stands. What is learned is kept as its
offset from the textbook's guess: a logarithm where `scale`, else in the parameter's unit. A disturbance is what moves
a body from hour to hour and is not in the model (an errand, a chill, a meal nobody told): it forgets itself with
`memory_s` (Ornstein and Uhlenbeck 1930), about nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Final

from ml.physiology import States
from ml.twin.sensors import SENSORS


@dataclass(frozen=True)
class Learned:
    """`deviation`: what persons of like age, sex and build differ by; `a_day`: what one's own changes by in a day."""

    deviation: float
    a_day: float
    scale: bool = True
    source: str = ""


LEARNED: Final[Mapping[str, Learned]] = MappingProxyType(
    {
        "resting_heart_rate": Learned(0.13, 0.02, source="Ostchega 2011"),
        "resting_pressure": Learned(0.10, 0.02, source="Wright 2011"),
        "resting_output": Learned(0.15, 0.01, source="Cattermole 2017"),
        "blood_volume": Learned(0.09, 0.005, source="Nadler 1962"),
        "body_water": Learned(0.07, 0.005, source="Watson 1980"),
        "core_setpoint": Learned(0.25, 0.03, scale=False, source="Obermeyer 2017, BMJ 359:j5468"),
        "alveolar_arterial": Learned(4.0, 3.0, scale=False, source="Mellemgaard 1966"),
        "resting_respiratory_rate": Learned(0.20, 0.04, source="Natarajan 2021, npj Digit Med 4:90"),
        "basal_glucose": Learned(0.10, 0.03, source="ADA 2024"),
        "insulin_sensitivity": Learned(0.40, 0.05, source="Bergman 1981"),
    }
)

FURTHEST_SD: Final = 8.0
"""No person is further than this from the textbook, in usual deviations."""


@dataclass(frozen=True)
class Disturbance:
    """`furthest`: no illness goes further, in `unit`."""

    unit: str
    deviation: float
    memory_s: float
    furthest: float


DISTURBANCES: Final[Mapping[str, Disturbance]] = MappingProxyType(
    {
        "arousal": Disturbance("/min", 4.0, 1_200.0, 32.0),
        "breathing": Disturbance("/min", 1.2, 900.0, 9.6),
        "vasomotion": Disturbance("mmHg", 6.0, 3_600.0, 48.0),
        "shunt": Disturbance("mmHg", 6.0, 7_200.0, 90.0),
        "fever": Disturbance("°C", 0.25, 28_800.0, 4.0),
        "air": Disturbance("°C", 1.5, 3_600.0, 12.0),
        "appearance": Disturbance("mmol/L", 1.5, 2_400.0, 12.0),
    }
)

WALKING: Final[Mapping[str, float]] = MappingProxyType(
    {"plasma_volume": 0.006, "interstitial_volume": 0.010, "lactate": 0.5}
)
"""States that losses and gains nobody told of move: share of the state per square root of an hour."""

STATES: Final = tuple(each.name for each in fields(States))
BIASES: Final[Mapping[str, str]] = MappingProxyType({code: f"bias_{code}" for code in SENSORS})
VARIABLES: Final = (*STATES, *LEARNED, *DISTURBANCES, *BIASES.values())
ROW: Final[Mapping[str, int]] = MappingProxyType({name: row for row, name in enumerate(VARIABLES)})


def furthest() -> dict[str, float]:
    """What nobody is further from the textbook by, nor from their own day."""
    learned = {name: FURTHEST_SD * each.deviation for name, each in LEARNED.items()}
    return learned | {name: each.furthest for name, each in DISTURBANCES.items()}


def deviations() -> dict[str, float]:
    """What persons, and then what their days, usually differ by."""
    learned = {name: each.deviation for name, each in LEARNED.items()}
    return learned | {name: each.deviation for name, each in DISTURBANCES.items()}
