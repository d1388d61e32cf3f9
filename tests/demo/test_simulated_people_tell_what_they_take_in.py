"""Simulated people tell what they eat, drink and inject, once, however often the simulator starts."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from apps.core.tenancy import bind
from apps.demo.cast import MIXED, parts
from apps.demo.people import admit_cast, settle
from apps.demo.telling import Teller
from apps.readings.models import Observation
from ml.physiology import Person
from ml.physiology.scenarios import Life
from ml.physiology.scenarios.timetable import Timetable
from ml.physiology.scenarios.told import told_between
from tests.personas import PASSWORD

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
DAY_S = 86_400.0


def a_day(scenario: str) -> dict[str, list[float]]:
    life = Life(Person(mass_kg=80), scenario, seed=3)
    begin_s = MIDNIGHT.timestamp()
    found: dict[str, list[float]] = {}
    for each in told_between([life], Timetable([life], begin_s), begin_s, begin_s + DAY_S):
        found.setdefault(each.code, []).append(each.amount)
    return found


def test_a_day_has_its_meals_and_drinks() -> None:
    told = a_day("well")
    assert sum(told["meal_carbohydrate"]) == pytest.approx(60 + 80 + 20 + 70, rel=0.1)
    assert len(told["meal_carbohydrate"]) == 4
    assert 800 < sum(told["fluid_intake"]) < 1_700
    assert "insulin_dose" not in told


def test_who_has_diabetes_injects_what_the_body_gets() -> None:
    got = 80 * (0.03 * 60 + 0.34 * 90 + 0.03 * 70) / 60
    assert sum(a_day("diabetic-day")["insulin_dose"]) == pytest.approx(got, rel=0.05)


def test_what_goes_on_for_hours_is_told_again_each_half_hour() -> None:
    life = Life(Person(), "dehydration", seed=5)
    begin_s = MIDNIGHT.timestamp()
    told = told_between([life], Timetable([life], begin_s), begin_s, begin_s + DAY_S / 2)
    gaps = [(later.at_s - each.at_s) / 60 for each, later in pairwise(told)]
    assert min(gaps) == 30


def test_no_moment_is_told_twice_however_the_day_is_cut() -> None:
    lives = [Life(Person(), "well", seed=seed) for seed in (3, 4)]
    begin_s = MIDNIGHT.timestamp()
    table = Timetable(lives, begin_s)
    whole = told_between(lives, table, begin_s, begin_s + DAY_S)
    cut = [
        each
        for start in range(0, int(DAY_S), 7_201)
        for each in told_between(lives, table, begin_s + start, min(begin_s + start + 7_201, begin_s + DAY_S))
    ]
    assert sorted(cut) == sorted(whole)


def test_it_is_entered_once(database: None) -> None:
    settle(PASSWORD)
    people = admit_cast(3)
    now = datetime.now(UTC)
    whose = [(part, people[part], part.life(MIXED, at=now)) for part in parts(3)]
    entered = Teller(whose, now.timestamp()).tell(now.timestamp())
    assert Teller(whose, now.timestamp()).tell(now.timestamp()) == entered
    kept = 0
    for patient in people.values():
        with bind(patient.organization_id):
            kept += Observation.objects.filter(patient_id=patient.pk).values("entry").distinct().count()
    assert kept == entered
