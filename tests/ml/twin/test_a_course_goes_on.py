"""Half an hour ahead, glucose and heart rate go by their own course as well, and by the body's forecast where there is
none."""

import numpy as np
import pytest

from ml import artifacts
from ml.evaluate.forecast_scores import AT, at_all_levels, crps
from ml.twin import Twins, course
from tests.ml.twin.people import ALICE, AT_S, seen


def glucose_ahead(values: list[float]) -> dict:
    twins = Twins.begin([ALICE], at_s=AT_S, seeds=[1], members=16)
    for step, value in enumerate(values, start=1):
        twins.advance(AT_S + 300.0 * step, seen({"glucose": value}))
    (told,) = twins.forecast((30,))
    return next(each for each in told["horizons"][0]["quantities"] if each["code"] == "glucose")


def test_what_rises_steeply_rises_further_and_is_less_sure() -> None:
    steady = glucose_ahead([6.0] * 24)
    rising = glucose_ahead([6.0] * 16 + [6.0 + 0.3 * step for step in range(1, 9)])
    assert steady["median"] == pytest.approx(6.0, abs=0.5)
    assert rising["median"] > 8.4
    assert rising["p90"][1] - rising["p90"][0] > steady["p90"][1] - steady["p90"][0]


def test_without_a_course_the_body_speaks() -> None:
    alone = glucose_ahead([6.0])
    assert alone["p90"][0] < alone["median"] < alone["p90"][1]


@pytest.mark.parametrize("code", list(course.MODELS))
def test_a_shipped_model_takes_what_a_twin_gives(code: str) -> None:
    model = artifacts.load(course.MODELS[code])
    assert model.inputs == course.INPUTS
    assert len(model.card["classes"]) == len(course.LEVELS)
    assert model.outputs(np.zeros((3, len(course.INPUTS)), np.float32)).shape == (3, len(course.LEVELS))


def test_a_forecast_that_is_sure_and_right_scores_best() -> None:
    came = np.zeros(4)
    right = at_all_levels((0.05, 0.5, 0.95), np.tile(np.array([[-0.1], [0.0], [0.1]]), 4))
    wide = at_all_levels((0.05, 0.5, 0.95), np.tile(np.array([[-2.0], [0.0], [2.0]]), 4))
    wrong = at_all_levels((0.05, 0.5, 0.95), np.tile(np.array([[2.9], [3.0], [3.1]]), 4))
    assert right.shape == (len(AT), 4)
    assert crps(right, came).mean() < crps(wide, came).mean() < crps(wrong, came).mean()
