"""How often a twin suspects something of courses that nobody annotated: shares of readings, and beginnings a day."""

import numpy as np

from ml.evaluate.courses import Courses
from ml.evaluate.suspicions import followed, of_group
from ml.physiology import Person
from ml.twin import HYPOTHESES

BINS = 72


def of(name: str, rate: np.ndarray) -> Courses:
    return Courses(name, Person(age_years=45.0), 12.0, {"heart_rate": rate})


def test_a_quiet_heart_is_not_suspected_and_one_that_leaps_is() -> None:
    quiet, leaping = np.full(BINS, 68.0), np.full(BINS, 68.0)
    leaping[48:] = 120.0
    assert of_group([of("quiet", quiet)])["suspected"] == 0.0
    found = of_group([of("leaping", leaping)])
    assert found["suspected"] > 0.05
    assert found["begins_a_day"] >= 4.0 - 1e-9  # once in a quarter of a day, at least


def test_only_what_was_read_after_two_hours_counts() -> None:
    rate = np.full(BINS, 68.0)
    rate[30:40] = np.nan
    odds, read = followed([of("gap", rate)])
    assert odds.shape == (BINS, len(HYPOTHESES), 1)
    assert read[:, 0, 0].sum() == BINS - 24 - 10
    np.testing.assert_allclose(odds.sum(axis=1), 1.0)
