"""Persons whose bodies are known to the last figure, and sensors that show them with errors: truth for the twin.

The truth is the twin's own body with other parameters: each person's are drawn about the textbook as persons differ,
each day disturbs them in its own way, each sensor has a bias that nobody tells. What a filter makes of a body it has
the equations of is the least that it must be right about.
"""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

import numpy as np

from ml.physiology import Inputs, Person
from ml.physiology.inputs import REST
from ml.physiology.quantities import Array
from ml.twin.beginning import begun
from ml.twin.person import move, surroundings_of, textbook
from ml.twin.readings import readings
from ml.twin.sensors import SENSORS, Seen
from ml.twin.told import figures
from ml.twin.unrest import stir
from ml.twin.variables import BIASES, DISTURBANCES, ROW

BEGINS_S: Final = 1_790_000_000.0
INTERVAL_MIN: Final[Mapping[str, int]] = {
    "heart_rate": 1,
    "respiratory_rate": 1,
    "spo2": 1,
    "core_temperature": 1,
    "skin_temperature": 1,
    "mean_pressure": 15,
    "glucose": 5,
    "blood_lactate": 30,
    "total_body_water": 10,
    "weight": 60,
}
DRAWN_FROM: Final = 16
"""Members of a prior ensemble, of which the first becomes the truth."""


def persons(count: int, seed: int) -> list[Person]:
    """Adults of all kinds."""
    chance = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        male, age = bool(chance.random() < 0.5), chance.uniform(20.0, 85.0)
        height = chance.normal(176.0 if male else 163.0, 7.0)
        mass = np.clip(chance.normal(26.0, 4.0), 18.0, 40.0) * (height / 100.0) ** 2
        sex: Literal["male", "female"] = "male" if male else "female"
        found.append(Person(sex, age, height, float(mass), float(np.clip(chance.normal(1.0, 0.15), 0.6, 1.5))))
    return found


class Truth:
    """Bodies (patients, 1), moved minute by minute. `unrest`: whether days disturb them. `lies` (SENSORS, patients):
    added to what a sensor shows, beside the bias that it has anyway."""

    def __init__(self, people: Sequence[Person], *, seed: int, unrest: bool = True) -> None:
        self._chance = np.random.default_rng(seed)
        self._unrest = unrest
        self._guess = textbook(people)
        self._seeds = self._chance.integers(0, 2**62, len(people)).astype(np.uint64)
        self._draws = np.zeros(len(people), np.uint64)
        self._surroundings = surroundings_of(REST, len(people))
        drawn = begun(
            people,
            self._guess,
            self._surroundings,
            seeds=self._seeds,
            members=DRAWN_FROM,
            clock_hours=np.full(len(people), 14.0),
        )
        self.ensemble: Array = np.ascontiguousarray(drawn[:, :, :1])
        if not unrest:
            for name in DISTURBANCES:
                self.ensemble[ROW[name]] = 0.0
        self.lies = np.zeros((len(SENSORS), len(people)))
        self.minute = 0

    def minute_on(self, inputs: Inputs = REST) -> None:
        self._draws += np.uint64(1)
        if self._unrest:
            stir(self.ensemble, self._seeds, self._draws, 60.0)
        self._surroundings = surroundings_of(inputs, len(self._seeds))
        move(self.ensemble, self._guess, self._surroundings, 60.0)
        self.minute += 1

    def figures(self) -> dict[str, Array]:
        """Every figure of TOLD (patients,)."""
        return {name: values[:, 0] for name, values in figures(self.ensemble, self._guess, self._surroundings).items()}

    def seen(self, only: Sequence[str] = tuple(SENSORS)) -> dict[str, Seen]:
        """What the sensors that are due show."""
        found = {}
        for index, (code, sensor) in enumerate(SENSORS.items()):
            if code in only and self.minute % INTERVAL_MIN[code] == 0:
                true = readings(self.ensemble, self._guess, code)[:, 0] + self.lies[index]
                error = np.hypot(sensor.deviation, sensor.roughness) * self._chance.standard_normal(len(true))
                value = np.clip(true + error, sensor.lowest, sensor.highest)
                found[code] = Seen(value, np.full(len(true), sensor.deviation))
        return found

    def biases(self) -> dict[str, Array]:
        """What each sensor is off by (patients,), lies included."""
        return {code: self.ensemble[ROW[BIASES[code]], :, 0] + self.lies[index] for index, code in enumerate(SENSORS)}
