"""What may be tried, as the model takes it."""

import pytest

from apps.twin.scenarios import KINDS, Change, barometric_mmhg, segments_of, too_fast


def test_an_amount_is_spread_over_its_minutes() -> None:
    first, rest = segments_of([Change("bleeding", 600.0, 30.0)], 360.0)
    assert (first.minutes, first.bleed_ml_per_min) == (30.0, 20.0)
    assert (rest.minutes, rest.bleed_ml_per_min) == (330.0, 0.0)


def test_overlapping_amounts_add_up_and_of_two_levels_the_later_holds() -> None:
    changes = [
        Change("drinking", 300.0, 30.0),
        Change("drinking", 300.0, 10.0, start=10.0),
        Change("heat", 35.0, 60.0),
        Change("heat", 40.0, 20.0, start=20.0),
    ]
    segments = segments_of(changes, 60.0)
    assert [segment.minutes for segment in segments] == [10.0, 10.0, 10.0, 10.0, 20.0]
    assert [segment.drink_ml_per_min for segment in segments] == [11.5, 41.5, 11.5, 1.5, 1.5]
    assert [segment.air_celsius for segment in segments] == [35.0, 35.0, 40.0, 40.0, 35.0]


def test_what_reaches_beyond_the_end_is_cut_off() -> None:
    (only,) = segments_of([Change("fever", 2.0, 700.0)], 60.0)
    assert (only.minutes, only.fever_setpoint_celsius) == (60.0, 2.0)


def test_fluid_that_is_lost_is_the_contrary_of_an_infusion() -> None:
    assert segments_of([Change("fluid_loss", 1_000.0, 100.0)], 100.0)[0].infuse_ml_per_min == -10.0


def test_the_air_is_thinner_higher_up() -> None:
    assert barometric_mmhg(0.0) == 760.0
    assert barometric_mmhg(2_500.0) == pytest.approx(560.0, abs=3.0)


def test_nothing_is_tried_where_nothing_changes() -> None:
    assert segments_of([], 360.0) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_usual_dose_of_every_kind_is_possible(kind: str) -> None:
    usual = KINDS[kind]
    assert usual.low <= usual.usual <= usual.high
    assert too_fast(Change(kind, usual.usual, usual.usual_minutes)) is None


def test_what_no_body_could_take_in_is_refused() -> None:
    assert too_fast(Change("drinking", 4_000.0, 1.0)) == "4000 mL within 1 min is more than the model knows."
    assert too_fast(Change("bleeding", 3_000.0, 1.0)) is not None
