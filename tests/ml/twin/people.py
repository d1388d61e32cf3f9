"""Persons, and what sensors show of them, for the tests of twins."""

from collections.abc import Mapping

import numpy as np

from ml.physiology import Person
from ml.twin import SENSORS, Seen, Twins

AT_S = 1_790_000_000.0
ALICE = Person(sex="female", age_years=34, height_cm=168, mass_kg=62)
BOB = Person(sex="male", age_years=61, height_cm=178, mass_kg=88, fitness=0.8)
NEWBORN = Person(sex="female", age_years=0, height_cm=50, mass_kg=3.4)
USUAL = {
    "heart_rate": 68.0,
    "respiratory_rate": 15.0,
    "spo2": 97.0,
    "core_temperature": 36.9,
    "skin_temperature": 33.4,
    "mean_pressure": 90.0,
    "glucose": 5.2,
}


def seen(values: Mapping[str, float | np.ndarray], patients: int = 1) -> dict[str, Seen]:
    """Of every patient the same, unless an array tells each patient's, with each sensor's own error."""
    return {
        code: Seen(np.full(patients, value), np.full(patients, SENSORS[code].deviation))
        for code, value in values.items()
    }


def followed(twins: Twins, values: Mapping[str, float | np.ndarray], minutes: int) -> Twins:
    """The same values minute after minute, in place."""
    for _ in range(minutes):
        twins.advance(float(twins.at_s[0]) + 60.0, seen(values, len(twins)))
    return twins
