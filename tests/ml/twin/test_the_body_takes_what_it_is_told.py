"""Meals, drinks, insulin and work that somebody tells of: as rates, in forecasts, and beneath scenarios."""

from itertools import pairwise

import numpy as np
import pytest

from ml.physiology import Segment
from ml.physiology.movement import STILL_MG, activity_mg, work_watts
from ml.twin import Twins, WhatIf
from ml.twin.given import ACTS_FOR_S, WATER_ML_PER_MIN, Given, Told
from tests.ml.twin.people import ALICE, AT_S, BOB, USUAL, followed

MEAL = {"meal_carbohydrate": Told.of([(1, AT_S + 100.0, 60.0)])}


def total(given: Given, name: str, edges: list[float]) -> list[float]:
    """(patients,) over all of these stretches, in whole."""
    sums = np.zeros(given.patients)
    for begin, end in pairwise(edges):
        sums += np.broadcast_to(getattr(given.between(begin, end), name), sums.shape) * (end - begin) / 60.0
    return [round(float(each), 6) for each in sums]


@pytest.mark.parametrize("edges", [[0.0, 36_000.0], [0.0, 101.0, 130.0, 700.0, 3_600.0, 36_000.0]])
@pytest.mark.parametrize(
    ("code", "name"), [("meal_carbohydrate", "carbohydrate_g_per_min"), ("insulin_dose", "insulin_u_per_min")]
)
def test_nothing_is_lost_or_doubled_however_the_hours_are_cut(code: str, name: str, edges: list[float]) -> None:
    given = Given(2, {code: Told.of([(1, AT_S + 100.0, 60.0), (1, AT_S + 500.0, 10.0)])})
    assert total(given, name, [AT_S + each for each in edges]) == pytest.approx([0.0, 70.0], rel=2e-3)


def test_what_acts_no_more_need_not_be_known() -> None:
    given = Given(1, {"insulin_dose": Told.of([(0, AT_S, 10.0)])})
    before = total(given, "insulin_u_per_min", [AT_S, AT_S + ACTS_FOR_S])
    assert before == pytest.approx([10.0], rel=3e-3)


def test_what_is_told_of_drinking_stands_for_what_everybody_drinks_anyway() -> None:
    given = Given(1, {"fluid_intake": Told.of([(0, AT_S, 300.0), (0, AT_S + 600.0, 300.0)])})
    hours = 600.0 / WATER_ML_PER_MIN / 60.0
    assert total(given, "drink_ml_per_min", [AT_S, AT_S + 3_600.0 * hours]) == pytest.approx([600.0])
    after = given.between(AT_S + 3_600.0 * hours, AT_S + 3_600.0 * (hours + 1))
    assert np.ravel(after.drink_ml_per_min) == pytest.approx([WATER_ML_PER_MIN])


def test_work_is_told_by_movement_and_back() -> None:
    mass = np.array([60.0, 90.0])
    watts = np.array([40.0, 120.0])
    assert work_watts(activity_mg(watts, mass), mass) == pytest.approx(watts)
    still, unknown = work_watts(np.array([STILL_MG, np.nan]), mass)
    assert still == 0.0
    assert np.isnan(unknown)
    assert 20.0 < float(work_watts(np.array([100.0]), np.array([70.0]))[0]) < 40.0  # walking, 3 to 4 times resting


def test_a_told_meal_is_foreseen_and_an_untold_one_is_not() -> None:
    twins = Twins.begin([ALICE, BOB], at_s=AT_S, seeds=[1, 2])
    followed(twins, USUAL, 10)
    at_s = float(twins.at_s[0])
    given = Given(2, {"meal_carbohydrate": Told.of([(1, at_s, 70.0)])})
    told, untold = (
        [glucose(one, 60) for one in twins.forecast((60,), later)]
        for later in (given.later(at_s), Given(2).later(at_s))
    )
    assert told[0] == untold[0]
    assert told[1] > untold[1] + 0.8


def glucose(forecast: dict, minutes: int) -> float:
    (horizon,) = [each for each in forecast["horizons"] if each["minutes"] == minutes]
    return float(next(each["median"] for each in horizon["quantities"] if each["code"] == "glucose"))


def test_who_moves_is_thought_to_go_on_for_ten_minutes() -> None:
    later = Given(1).later(AT_S, np.array([60.0]))
    assert [float(np.ravel(later.inputs(*span).work_watts)[0]) for span in ((0, 10), (10, 20), (0, 20))] == [60, 0, 30]


def test_glucose_is_news_for_half_an_hour() -> None:
    given = Given(2, MEAL)
    assert given.later(AT_S + 1_000.0).news["glucose"].tolist() == [False, True]
    assert given.later(AT_S + 2_000.0).news["glucose"].tolist() == [False, False]


def test_a_scenarios_meal_comes_on_top_of_the_one_that_was_told() -> None:
    twins = followed(Twins.begin([BOB], at_s=AT_S, seeds=[2]), USUAL, 5)
    at_s = float(twins.at_s[0])
    eats = Given(1, {"meal_carbohydrate": Told.of([(0, at_s, 60.0)])}).later(at_s)
    more = WhatIf("more", [Segment(15, carbohydrate_g_per_min=4.0)])
    peaks = [
        float(run.quantities["glucose"].median.max())
        for later in (Given(1).later(at_s), eats)
        for run in twins.what_if(0, [WhatIf("as now"), more], hours=2.0, members=16, later=later)
    ]
    none, scenario, told, both = peaks
    assert told == pytest.approx(scenario, abs=0.05)
    assert none < told < both - 0.5
