"""A bleed, a fever and a lying sensor are told apart, although the filter would explain all of them by habits."""

import numpy as np
import pytest

from ml.evaluate.twin_truth import BEGINS_S, Truth
from ml.physiology import Inputs, Person
from ml.twin import HYPOTHESES, SENSORS, Twins
from tests.ml.twin.people import ALICE, AT_S, USUAL, followed, seen

NOTHING, BLEEDING, FEVER, LIE = range(4)
EACH = 3


@pytest.fixture(scope="module")
def odds() -> np.ndarray:
    """(kinds, EACH, hypotheses) an hour after the event."""
    people = [Person(age_years=30.0 + 4.0 * number) for number in range(4 * EACH)]
    kind = np.repeat(np.arange(4), EACH)
    truth = Truth(people, seed=8)
    twins = Twins.begin(people, at_s=BEGINS_S, seeds=range(len(people)))
    for minute in range(1, 126):
        after = minute - 65
        bleeds, feverish = (kind == BLEEDING) & (0 <= after < 20), (kind == FEVER) & (after >= 0)
        if after == 0:
            truth.lies[list(SENSORS).index("core_temperature"), kind == LIE] = 1.0
        truth.minute_on(Inputs(bleed_ml_per_min=45.0 * bleeds, fever_setpoint_celsius=1.5 * feverish))
        twins.advance(BEGINS_S + 60.0 * minute, truth.seen())
    return np.array([list(each.values()) for each in twins.hypotheses()]).reshape(4, EACH, len(HYPOTHESES))


@pytest.mark.parametrize(
    ("kind", "name"), [(BLEEDING, "bleeding"), (FEVER, "fever"), (LIE, "sensor_fault:core_temperature")]
)
def test_each_is_likeliest_where_it_is(odds: np.ndarray, kind: int, name: str) -> None:
    own = odds[:, :, HYPOTHESES.index(name)]
    others = [other for other in range(4) if other != kind]
    assert np.median(own[kind]) > 2.0 * own[others].mean()


def test_where_nothing_happened_nothing_is_suspected(odds: np.ndarray) -> None:
    assert odds[NOTHING, :, 0].mean() > 0.7


def test_a_leap_of_one_sensor_is_said_of_the_organs_it_supplies() -> None:
    twins = followed(Twins.begin([ALICE], at_s=AT_S, seeds=[1]), USUAL, 40)
    followed(twins, USUAL | {"spo2": 86.0}, 12)
    (odds,) = twins.hypotheses()
    assert odds["sensor_fault:spo2"] > 0.5
    lungs = next(each for each in twins.organs({}, {}, {}, [None])[0] if each.organ == "lungs")
    assert any("the sensor may be wrong" in each["text"] for each in lungs.reasons)


def test_a_leap_of_the_heart_alone_is_a_rhythm_before_it_is_a_lie() -> None:
    twins = followed(Twins.begin([ALICE], at_s=AT_S, seeds=[1]), USUAL, 40)
    followed(twins, USUAL | {"heart_rate": 110.0}, 12)
    (odds,) = twins.hypotheses()
    assert odds["arrhythmia"] > 0.5 > odds["sensor_fault:heart_rate"]
    heart = next(each for each in twins.organs({}, {}, {}, [None])[0] if each.organ == "heart")
    assert any("A change of rhythm would explain the change" in each["text"] for each in heart.reasons)


def glucose_goes(to: float, minutes: int) -> dict[str, float]:
    """The odds an hour and a quarter after a monitor that reads every five minutes began to go from 5.2 to there."""
    twins = followed(Twins.begin([ALICE], at_s=AT_S, seeds=[1]), USUAL, 60)
    for minute in range(1, 76):
        shown = 5.2 + (to - 5.2) * min(minute / minutes, 1.0)
        followed(twins, {**USUAL, "glucose": shown if minute % 5 == 0 else np.nan}, 1)
    return twins.hypotheses()[0]


def test_a_glucose_that_rises_by_and_by_is_a_meal_before_it_is_a_lie() -> None:
    odds = glucose_goes(11.0, minutes=60)
    assert odds["meal"] > 0.5
    assert odds["sensor_fault:glucose"] < 0.05


def test_a_glucose_that_leaps_is_a_lie_before_it_is_a_meal() -> None:
    odds = glucose_goes(8.5, minutes=1)
    assert odds["sensor_fault:glucose"] > odds["meal"]


def test_of_a_glucose_that_nobody_measures_no_meal_is_suspected() -> None:
    twins = followed(Twins.begin([ALICE], at_s=AT_S, seeds=[1]), {**USUAL, "glucose": np.nan}, 40)
    assert twins.hypotheses()[0]["meal"] == 0.0


def test_a_sensor_that_drifts_by_and_by_is_suspected_less_than_one_that_leaps() -> None:
    twins = followed(Twins.begin([ALICE, ALICE], at_s=AT_S, seeds=[1, 1]), USUAL, 40)
    for minute in range(1, 31):
        followed(twins, USUAL | {"spo2": np.array([91.0, 97.0 - 0.2 * minute])}, 1)
    leaping, drifting = (each["sensor_fault:spo2"] for each in twins.hypotheses())
    assert leaping > 2.0 * drifting


def test_who_has_always_wandered_is_suspected_less() -> None:
    twins = Twins.begin([ALICE, ALICE], at_s=AT_S, seeds=[1, 1])
    for minute in range(120):
        followed(twins, USUAL | {"heart_rate": np.array([68.0, 68.0 + 14.0 * (-1.0) ** (minute // 6)])}, 1)
    followed(twins, USUAL | {"heart_rate": 90.0}, 10)
    calm, restless = (1.0 - each["none"] for each in twins.hypotheses())
    assert restless < 0.5 * calm


def test_hypotheses_are_the_same_for_the_same_readings() -> None:
    one, other = (followed(Twins.begin([ALICE], at_s=AT_S, seeds=[1]), USUAL, 10) for _ in range(2))
    for each in (one, other):
        each.advance(float(each.at_s[0]) + 60.0, seen(USUAL))
    assert one.hypotheses() == other.hypotheses()
