"""A day in a chair changes nothing but what the hour changes."""

import numpy as np
import pytest

from ml.physiology import Person, Segment
from ml.physiology.quantities import Array
from ml.physiology.simulate import simulate_together

DAY = [Segment(minutes=2880)]
PEOPLE = [Person(), Person("female", 35, 165, 60), Person("male", 75, 170, 70), Person("male", 35, 180, 120)]
# largest change from one afternoon to the next, and largest excursion between them
STEADY = {
    "heart_rate": (1.0, 9.0),
    "mean_arterial_pressure": (1.0, 4.0),
    "cardiac_output": (0.1, 0.7),
    "spo2": (0.2, 1.0),
    "paco2": (0.2, 1.0),
    "core_temperature": (0.05, 1.1),
    "plasma_volume": (0.03, 0.06),
    "interstitial_volume": (0.1, 0.3),
    "cell_volume": (0.1, 0.3),
    "osmolality": (0.7, 1.5),
    "body_mass": (0.15, 0.5),
    "glucose": (0.01, 0.05),
    "insulin": (0.1, 0.2),
    "lactate": (0.01, 0.05),
}


@pytest.fixture(scope="module")
def runs() -> list[dict[str, Array]]:
    return simulate_together([(person, DAY) for person in PEOPLE], sample_seconds=600.0, step_seconds=20.0)


@pytest.mark.parametrize("name", STEADY)
def test_the_second_afternoon_is_as_the_first(runs: list[dict[str, Array]], name: str) -> None:
    drift, swing = STEADY[name]
    for run in runs:
        day_one, day_two = run[name][run["minutes"] == 1440], run[name][run["minutes"] == 2880]
        assert abs(day_two - day_one) <= drift
        assert np.ptp(run[name]) <= swing


def test_core_is_lowest_before_dawn_and_highest_before_night(runs: list[dict[str, Array]]) -> None:
    hours = (14.0 + runs[0]["minutes"] / 60.0) % 24.0
    assert 3.0 < hours[runs[0]["core_temperature"].argmin()] < 8.0
    assert 15.0 < hours[runs[0]["core_temperature"].argmax()] < 22.0
