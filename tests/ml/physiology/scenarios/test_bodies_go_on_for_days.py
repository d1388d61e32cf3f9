"""Nobody drifts away, nobody depends on who else is there, and who comes back is where they were."""

import time
from itertools import pairwise

import numpy as np
import pytest

from ml.physiology import Person
from ml.physiology.scenarios import SCENARIOS, WAYS, Bodies, Course, Life
from ml.physiology.waveforms import WardWaves
from tests.ml.physiology.scenarios.people import AFTERNOON_S, NIGHT_S, WOMAN, lives

DAYS = 2


def test_after_days_everybody_weighs_and_holds_what_they_did() -> None:
    bodies = Bodies([*lives(), *lives(WOMAN)], AFTERNOON_S)
    begun = bodies.observe()
    for _ in range(DAYS):
        bodies.skip(1440)
        now = bodies.observe()
        assert all(np.isfinite(values).all() for values in now.values())
    assert now["body_mass"] == pytest.approx(begun["body_mass"], rel=0.035)
    assert now["blood_volume"] == pytest.approx(begun["blood_volume"], rel=0.30)
    assert ((now["osmolality"] > 278) & (now["osmolality"] < 298)).all()
    assert (np.abs(now["core_temperature"] - 37.8) < 2.8).all()


@pytest.mark.parametrize("scenario", list(SCENARIOS))
def test_who_comes_back_is_where_they_were(scenario: str) -> None:
    """The simulator ends, and begins again a minute later."""
    life = Life(WOMAN, scenario, seed=11)
    first = Bodies([life], AFTERNOON_S)
    first.skip(1)
    again = Bodies([life], AFTERNOON_S + 60)
    for name, near in {
        "heart_rate_per_min": 9,
        "spo2_percent": 1.5,
        "core_celsius": 0.25,
        "systolic_mmhg": 14,
        "glucose_mmol_l": 0.5,
        "weight_kg": 0.4,
        "impedance_50khz_ohm": 8,
    }.items():
        assert again.shown[name][0] == pytest.approx(first.shown[name][0], abs=near), name


@pytest.mark.parametrize("scenario", [name for name, courses in SCENARIOS.items() if courses[-1].on_air])
def test_whenever_one_comes_on_air_there_is_something_to_be_seen(scenario: str) -> None:
    course, shift_min = SCENARIOS[scenario][-1], Life(WOMAN, scenario, seed=3).shift_min()
    first, last = course.on_air or (0.0, 0.0)
    minutes = [course.minute_on_air(AFTERNOON_S + 97 * n, shift_min) for n in range(300)]
    assert all(first <= minute <= last for minute in minutes)
    within = [(one, two) for one, two in pairwise(minutes) if one != two]
    assert within
    forward = sum(two - one == pytest.approx(97 / 60) for one, two in within)
    assert forward > len(within) / 2  # the rest of the time it is the beginning of what is to be seen


def test_people_are_the_same_whoever_else_is_there() -> None:
    everybody = lives()
    together, alone = Bodies(everybody, NIGHT_S), Bodies([everybody[3]], NIGHT_S)
    for _ in range(3):
        crowd, one = together.second(), alone.second()
    for name, values in one.shown.by_name.items():
        assert values[0] == crowd.shown[name][3] or np.isnan(values[0]), name


def test_two_people_in_one_scenario_are_not_alike() -> None:
    bodies = Bodies([Life(WOMAN, "sepsis", seed=seed) for seed in range(8)], AFTERNOON_S)
    for name in ("heart_rate_per_min", "systolic_mmhg", "perfusion_index_percent", "core_celsius"):
        assert len(set(bodies.shown[name].tolist())) == 8


def test_children_and_the_very_old_can_be_ill_too() -> None:
    ends = [Person("male", 4, 103, 17), Person("female", 101, 148, 40, 0.6), Person("male", 40, 190, 180, 0.7)]
    bodies = Bodies([Life(person, name, seed=2) for person in ends for name in SCENARIOS], AFTERNOON_S)
    bodies.skip(720)
    assert all(np.isfinite(values).all() for values in bodies.observe().values())


@pytest.mark.parametrize(("people", "start_within_s"), [(12, 2.0), (60, 6.0)])
def test_people_are_there_within_seconds_and_cost_little(people: int, start_within_s: float) -> None:
    """Processor time, so that a busy machine does not fail it; a second of twelve people was 3.5 ms of constants."""
    names = list(SCENARIOS)
    ward = [Life(WOMAN, names[seed % len(names)], seed=seed) for seed in range(people)]
    begun_s = time.process_time()
    bodies = Bodies(ward, AFTERNOON_S)
    waves = WardWaves([life.seed for life in ward], bodies.shown)
    assert time.process_time() - begun_s < start_within_s
    begun_s = time.process_time()
    for _ in range(60):
        now = bodies.second()
        waves.second(now.shown, now.faults)
    assert (time.process_time() - begun_s) / 60 / people < 0.0006


def test_a_course_names_what_can_be_moved_in_order() -> None:
    with pytest.raises(ValueError, match="nothing is known of mood"):
        Course({"mood": ((0, 1),)})
    with pytest.raises(ValueError, match="not in order"):
        Course({"effort": ((10, 1), (5, 0))})
    with pytest.raises(ValueError, match="nobody"):
        Bodies([], AFTERNOON_S)
    with pytest.raises(ValueError, match="there is no scenario boredom"):
        Life(WOMAN, "boredom", seed=1)
    assert {name for courses in SCENARIOS.values() for course in courses for name in course.tracks} <= set(WAYS)
