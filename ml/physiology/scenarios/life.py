"""Who somebody is in a scenario: the same for ever, by their seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ml.physiology.parameters import Parameters, parameters_of
from ml.physiology.person import Person
from ml.physiology.quantities import Array
from ml.physiology.scenarios.course import Course
from ml.physiology.scenarios.courses import SCENARIOS

# Standard deviations of what differs between people of one age, sex and build, of the value.
_OWN: Final = {
    "resting_heart_rate": 0.06,
    "resting_pressure": 0.04,
    "resting_respiratory_rate": 0.05,
    "arterial_compliance": 0.10,
    "core_setpoint": 0.002,
    "basal_glucose": 0.04,
}
SLOWEST_AT_REST: Final = 60.0  # who is fitter than that is no patient for a ward's usual alarm limits
ON_A_WARD: Final = {"resting_heart_rate": 1.06, "resting_respiratory_rate": 1.1}  # a little faster than the healthy


@dataclass(frozen=True)
class Life:
    """`seed`: what else is their own; `east_s`: how far their clock is ahead of UTC. Raises ValueError for an unknown
    scenario."""

    person: Person
    scenario: str
    seed: int
    east_s: float = 0.0

    def __post_init__(self) -> None:
        if self.scenario not in SCENARIOS:
            raise ValueError(f"there is no scenario {self.scenario}: {', '.join(SCENARIOS)}")

    @property
    def courses(self) -> tuple[Course, ...]:
        return SCENARIOS[self.scenario]

    def generator(self, purpose: int) -> np.random.Generator:
        return np.random.default_rng((self.seed, purpose))

    def shift_min(self) -> float:
        """By how much their courses are ahead of other people's, minutes."""
        return float(self.generator(1).uniform(0.0, 1440.0))

    def severity(self) -> float:
        return float(self.generator(2).uniform(0.93, 1.07))


def own_parameters(lives: Sequence[Life]) -> Parameters:
    """The textbook's parameters, (people,), each with what is one's own and the traits of the scenario."""
    parameters = parameters_of([life.person for life in lives])
    drawn = np.stack([life.generator(3).standard_normal(len(_OWN)) for life in lives])
    for number, (name, deviation) in enumerate(_OWN.items()):
        values: Array = getattr(parameters, name)
        values *= np.exp(deviation * np.clip(drawn[:, number], -2.0, 2.0))
    for row, life in enumerate(lives):
        for course in life.courses:
            for name, factor in course.traits.items():
                getattr(parameters, name)[row] *= factor
    for name, factor in ON_A_WARD.items():
        getattr(parameters, name)[...] *= factor
    np.maximum(parameters.resting_heart_rate, SLOWEST_AT_REST, out=parameters.resting_heart_rate)
    return parameters
