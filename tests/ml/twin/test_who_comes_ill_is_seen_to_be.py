"""A body that is met ill is not taken for a well one with bad sensors."""

import numpy as np
import pytest

from ml.physiology import Inputs
from ml.twin import Twins
from tests.ml.twin.people import ALICE, AT_S, BOB, USUAL, followed, seen

FEVERISH = {"heart_rate": 95.0, "core_temperature": 39.6, "respiratory_rate": 20.0}
SHORT_OF_OXYGEN = {"heart_rate": 112.0, "spo2": 86.0, "respiratory_rate": 24.0}


def met(ill: dict[str, float], minutes: int = 5, seed: int = 5) -> Twins:
    return followed(Twins.begin([BOB], at_s=AT_S, seeds=[seed]), USUAL | ill, minutes)


def figure(twins: Twins, name: str) -> tuple[float, float]:
    """Low and high of the band."""
    (told,) = [each for each in twins.states()[0] if each["name"] == name]
    return told["low"], told["high"]


@pytest.mark.parametrize(("ill", "name"), [(FEVERISH, "fever"), (SHORT_OF_OXYGEN, "hypoxia")])
def test_it_is_said_at_the_first_reading_and_stands(ill: dict[str, float], name: str) -> None:
    for minutes in (1, 40):
        (odds,) = met(ill, minutes).hypotheses()
        assert odds[name] > 0.8


def test_the_body_is_as_warm_as_the_thermometer_says() -> None:
    low, high = figure(met(FEVERISH), "core_temperature")
    assert low < 39.6 < high


@pytest.mark.parametrize("fio2", [0.2095, 0.28])
def test_the_body_is_as_short_of_oxygen_as_the_oximeter_says(fio2: float) -> None:
    twins = Twins.begin([BOB], at_s=AT_S, seeds=[5])
    for minute in range(1, 11):
        twins.advance(AT_S + 60.0 * minute, seen(USUAL | SHORT_OF_OXYGEN), Inputs(fio2=fio2))
        low, high = figure(twins, "spo2")
        assert low - 0.5 < 86.0 < high + 0.5


def test_who_does_not_move_is_hardly_thought_to_work() -> None:
    """A fast heart and breath and a fever: of two persons the one whose movement is measured lies still."""
    twins = Twins.begin([BOB, BOB], at_s=AT_S, seeds=[5, 5])
    septic = USUAL | {"heart_rate": 124.0, "core_temperature": 38.9, "respiratory_rate": 25.0}
    twins.advance(AT_S + 60.0, seen(septic, 2), Inputs(work_watts=np.array([np.nan, 0.0])))
    unknown, still = (odds["exertion"] for odds in twins.hypotheses())
    assert unknown > 2.0 * still
    assert still < 0.5


def test_few_who_come_well_are_suspected() -> None:
    twins = Twins.begin([ALICE] * 40, at_s=AT_S, seeds=range(40))
    chance = np.random.default_rng(4)
    own = {
        "heart_rate": chance.normal(68.0, 8.0, 40),
        "respiratory_rate": chance.normal(15.0, 2.0, 40),
        "spo2": chance.normal(97.0, 0.8, 40),
        "core_temperature": chance.normal(36.9, 0.25, 40),
        "mean_pressure": chance.normal(88.0, 8.0, 40),
    }
    twins.advance(AT_S + 60.0, seen(own, 40))
    assert np.mean([odds["none"] < 0.5 for odds in twins.hypotheses()]) <= 0.05


def test_what_time_does_by_itself_is_no_knowledge() -> None:
    twins = Twins.begin([ALICE, BOB] * 4, at_s=AT_S, seeds=range(8))
    twins.advance(AT_S + 6.0 * 3600.0, {})
    told = {name: np.mean([each["identifiability"] for each in of]) for name, *of in _by_name(twins)}
    assert max(told.values()) < 0.5, told
    assert np.mean(list(told.values())) < 0.1


def _by_name(twins: Twins) -> list[tuple[object, ...]]:
    return [(rows[0]["name"], *rows) for rows in zip(*twins.states(), strict=True)]
