"""Silence, nonsense, the edge of life, and a whole day: figures stay figures, bands widen, and nothing is claimed."""

import numpy as np
import pytest

from ml.physiology import Inputs, Person, Segment
from ml.twin import ORGANS, SENSORS, Seen, Twins, WhatIf, tracking
from tests.ml.twin.people import ALICE, AT_S, BOB, NEWBORN, USUAL, followed, seen

OLDEST = Person(sex="male", age_years=108, height_cm=160, mass_kg=41)


def whole(twins: Twins) -> None:
    for name, values in twins.figures().items():
        assert np.isfinite(values).all(), name
    for told in twins.states():
        assert all(np.isfinite([each["low"], each["median"], each["high"]]).all() for each in told)
    for odds in twins.hypotheses():
        assert sum(odds.values()) == pytest.approx(1.0)
    for forecast in twins.forecast():
        for horizon in forecast["horizons"]:
            for each in horizon["quantities"]:
                ordered = [each["p90"][0], each["p50"][0], each["median"], each["p50"][1], each["p90"][1]]
                assert ordered == sorted(ordered)
    for organs in twins.organs({}, {}, {}, [None] * len(twins)):
        assert [each.organ for each in organs] == list(ORGANS)


def test_an_hour_of_silence_then_everything_at_once() -> None:
    twins = followed(Twins.begin([ALICE, BOB], at_s=AT_S, seeds=[1, 2]), USUAL, 60)
    before = np.ptp(twins.figures()["heart_rate"], axis=1)
    twins.advance(AT_S + 7_200.0, {})
    assert (np.ptp(twins.figures()["heart_rate"], axis=1) > 1.5 * before).all()
    judged = twins.organs({}, {}, {}, [None, None])
    assert {each.status for organs in judged for each in organs if each.organ in ("heart", "lungs")} == {"unknown"}
    everything = USUAL | {"blood_lactate": 1.1, "total_body_water": 36.0, "weight": 64.0}
    twins.advance(AT_S + 7_260.0, seen(everything, 2))
    whole(twins)
    assert np.median(twins.figures()["heart_rate"][0]) == pytest.approx(USUAL["heart_rate"], abs=4.0)


@pytest.mark.parametrize("edge", ["lowest", "highest"])
def test_values_at_the_edge_of_life(edge: str) -> None:
    twins = Twins.begin([ALICE, NEWBORN, OLDEST], at_s=AT_S, seeds=[1, 2, 3], members=16)
    followed(twins, {code: getattr(sensor, edge) for code, sensor in SENSORS.items()}, 20)
    whole(twins)


def test_what_no_body_can_show_is_not_taken() -> None:
    absurd, silent = (Twins.begin([ALICE], at_s=AT_S, seeds=[1]) for _ in range(2))
    values = [np.inf, -1.0, 1e9]
    nonsense = {code: Seen(np.array([values[place % 3]]), np.ones(1)) for place, code in enumerate(SENSORS)}
    absurd.advance(AT_S + 60.0, nonsense)
    silent.advance(AT_S + 60.0, {})
    for name, values in silent.figures().items():
        np.testing.assert_array_equal(absurd.figures()[name], values)


def test_a_newborn_day_and_everybodys() -> None:
    people = [ALICE, NEWBORN, OLDEST]
    twins = Twins.begin(people, at_s=AT_S, seeds=[4, 5, 6], members=8, clock_hours=[0.0, 23.9, 12.0])
    chance = np.random.default_rng(3)
    for step in range(1, 145):  # ten minutes at a time
        rates = np.array([68.0, 130.0, 60.0]) + 6.0 * chance.standard_normal(3)
        rates[chance.random(3) < 0.2] = np.nan
        twins.advance(AT_S + 600.0 * step, {"heart_rate": Seen(rates, np.ones(3))})
    whole(twins)
    assert np.median(twins.figures()["heart_rate"], axis=1) == pytest.approx([68.0, 130.0, 60.0], abs=10.0)


def test_a_week_away_is_not_lived_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking, "LONGEST_GAP_S", 6.0 * 3_600.0)  # three days take minutes to live through
    twins = followed(Twins.begin([ALICE], at_s=AT_S, seeds=[1], members=8), USUAL, 3)
    twins.advance(AT_S + 7.0 * 86_400.0, seen(USUAL))
    whole(twins)
    assert twins.at_s.tolist() == [AT_S + 7.0 * 86_400.0]


def test_what_is_done_may_be_absurd_as_well() -> None:
    twins = Twins.begin([ALICE, NEWBORN], at_s=AT_S, seeds=[1, 2])
    twins.advance(AT_S + 600.0, {}, Inputs(bleed_ml_per_min=1e9, fio2=np.array([np.nan, 0.0]), air_celsius=-300.0))
    whole(twins)
    (run,) = twins.what_if(
        1, [WhatIf("end", [Segment(60, bleed_ml_per_min=1e6, work_watts=1e6)])], hours=1.0, members=8
    )
    assert all(np.isfinite(fan.median).all() for fan in run.quantities.values())
