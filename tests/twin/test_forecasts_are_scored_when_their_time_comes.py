"""Forecasts kept, scored, counted; and what has no skill is not shown."""

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest

from apps.accounts.roles import Role
from apps.core.tenancy import bind
from apps.readings.models import Rollup
from apps.readings.quantities import REGISTER
from apps.twin import calibration, forecasts, selectors
from apps.twin.calibration import Scored, figures, interval_score
from apps.twin.forecasts import is_kept, rows_of
from apps.twin.models import TwinCalibration, TwinEnsemble, TwinForecast
from apps.twin.recorded import skill_of_card
from apps.twin.selectors import forecast_of
from tests.factories import a_device
from tests.held_clock import HeldClock
from tests.personas import Hospital, World
from tests.twin.bodies import analysed, ensembles, measure

RANDOM = np.random.default_rng(7)


def said(median: float, half50: float, half90: float) -> dict:
    return {
        "code": "glucose",
        "median": median,
        "p50": [median - half50, median + half50],
        "p90": [median - half90, median + half90],
    }


def foretell(hospital: Hospital, clock: HeldClock, median: float, *, latest: float, ago: timedelta) -> None:
    horizon = {"minutes": 30, "quantities": [said(median, 0.3, 0.8)]}
    with bind(hospital.id):
        forecasts.keep(rows_of(hospital.alice.pk, [horizon], latest={"glucose": latest}, made_at=clock.now() - ago))


def rolled_up(hospital: Hospital, value: float, clock: HeldClock, *, ago: timedelta) -> None:
    start = (clock.now() - ago).replace(second=0, microsecond=0)
    with bind(hospital.id):
        Rollup.objects.create(
            organization_id=hospital.id,
            patient_id=hospital.alice.pk,
            quantity=REGISTER["glucose"].number,
            minutes=1,
            start=start,
            count=2,
            minimum=value,
            total=2 * value,
            maximum=value,
        )


def test_what_came_is_noted_once_its_time_has_come(world: World) -> None:
    clock, north = HeldClock(), world.north
    foretell(north, clock, 6.0, latest=5.8, ago=timedelta(minutes=45))
    foretell(north, clock, 6.0, latest=5.8, ago=timedelta(minutes=20))
    rolled_up(north, 6.4, clock, ago=timedelta(minutes=15))
    assert forecasts.score(north.id, clock=clock) == 1
    with bind(north.id):
        assert [row.truth for row in TwinForecast.objects.order_by("made_at")] == [[6.4], None]
    assert forecasts.score(north.id, clock=clock) == 0


def test_what_nobody_measured_is_not_a_number_and_counts_for_nothing(world: World) -> None:
    clock, north = HeldClock(), world.north
    foretell(north, clock, 6.0, latest=5.8, ago=timedelta(minutes=45))
    forecasts.score(north.id, clock=clock)
    with bind(north.id):
        (row,) = TwinForecast.objects.all()
    assert row.truth is not None
    assert np.isnan(row.truth[0])
    assert calibration.calibrate(north.id, clock=clock) == []


def test_one_forecast_is_kept_in_each_half_hour() -> None:
    clock = HeldClock()
    assert is_kept(None, clock.now())
    half = clock.now().replace(minute=30, second=0, microsecond=0)
    assert not is_kept(half, half + timedelta(minutes=29))
    assert is_kept(half, half + timedelta(minutes=30))


def series(error: float, count: int = 400) -> Scored:
    """Two persons whose values wander; forecasts of the coming value with such an error."""
    patient = np.repeat([0.0, 1.0], count // 2)
    latest = RANDOM.normal(6.0, 1.5, count)
    truth = latest + RANDOM.normal(0.0, 1.0, count)
    median = truth + RANDOM.normal(0.0, error, count)
    spread = np.array([-1.645, -0.674, 0.0, 0.674, 1.645]) * error
    return Scored(patient, median[:, None] + spread, latest, truth)


def test_a_forecast_that_knows_more_has_skill_and_covers_what_it_says() -> None:
    found = figures(series(0.5))
    assert found is not None
    assert 0.4 < found.skill_persistence < 0.6
    assert found.skill_climatology > found.skill_persistence
    assert 0.44 < found.coverage_50 < 0.56
    assert 0.86 < found.coverage_90 < 0.94
    assert (found.forecasts, found.persons) == (400, 2)


def test_a_forecast_that_knows_less_than_the_latest_value_has_none() -> None:
    found = figures(series(2.0))
    assert found is not None
    assert found.skill_persistence < 0.0


def test_of_too_few_nothing_is_counted() -> None:
    assert figures(series(0.5, count=30)) is None


def test_the_interval_score_is_that_of_its_definition() -> None:
    quantiles = np.array([[4.0, 5.0, 6.0, 7.0, 8.0]])
    inside = (0.5 * 0.0 + 0.25 * 2.0 + 0.05 * 4.0) / 2.5
    assert interval_score(quantiles, np.array([6.0])) == pytest.approx([inside])
    outside = (0.5 * 3.0 + 0.25 * (2.0 + 4.0 * 2.0) + 0.05 * (4.0 + 20.0 * 1.0)) / 2.5
    assert interval_score(quantiles, np.array([9.0])) == pytest.approx([outside])


@pytest.fixture
def foretold(world: World) -> Callable[[float], dict]:
    """Alice's forecast as it is shown, after a count that found such a skill of glucose."""
    clock, north = HeldClock(), world.north
    device = a_device(north, "node-0001", on=north.alice)
    measure(north.alice, device, since=clock.now() - timedelta(minutes=2), until=clock.now(), glucose=5.6)
    analysed(north, clock)

    def shown(skill: float) -> dict:
        with bind(north.id):
            TwinCalibration.objects.all().delete()
            TwinCalibration.objects.create(
                organization_id=north.id,
                code="glucose",
                minutes=30,
                at=clock.now(),
                forecasts=500,
                persons=4,
                coverage_50=0.5,
                coverage_90=0.9,
                crps=0.4,
                skill_persistence=skill,
                skill_climatology=0.5,
            )
            return forecast_of(north.alice.pk, now=clock.now())

    return shown


def test_what_has_no_skill_is_not_shown(foretold: Callable[[float], dict]) -> None:
    def glucose(shown: dict) -> list[dict]:
        (half_an_hour,) = [one for one in shown["horizons"] if one["minutes"] == 30]
        return [one for one in half_an_hour["quantities"] if one["code"] == "glucose"]

    (told,) = glucose(foretold(0.2))
    assert (told["skill"], told["skill_of"]) == (0.2, "organization")
    assert told["calibration"]["coverage_90"] == 0.9
    assert told["p90"][0] < told["p50"][0] < told["median"] < told["p50"][1] < told["p90"][1]
    hidden = foretold(-0.1)
    assert glucose(hidden) == []
    assert "glucose" in next(one["without_skill"] for one in hidden["horizons"] if one["minutes"] == 30)


def test_until_an_organization_has_counted_what_recordings_showed_holds(
    world: World, foretold: Callable[[float], dict], monkeypatch: pytest.MonkeyPatch
) -> None:
    foretold(0.2)
    card = {"figures": {"held_out": {"skill_against_persistence": 0.17, "skill_against_climatology": 0.3}}}
    monkeypatch.setattr(selectors, "recorded_skill", lambda: {("glucose", 30): skill_of_card(card)})
    with bind(world.north.id):
        TwinCalibration.objects.all().delete()
        shown = forecast_of(world.north.alice.pk, now=HeldClock().now())
    assert [
        (horizon["minutes"], said["code"], said["skill"], said["skill_of"], said["calibration"])
        for horizon in shown["horizons"]
        for said in horizon["quantities"]
    ] == [(30, "glucose", 0.17, "recordings", None)]


def test_forecasts_are_kept_to_be_scored_and_served(world: World, foretold: Callable[[float], dict]) -> None:
    with bind(world.north.id):
        kept = {row.minutes: row for row in TwinForecast.objects.all()}
    assert set(kept) == {30, 360}
    assert len(kept[30].quantiles) == 5 * len(kept[30].codes)
    assert kept[30].target_at - kept[30].made_at == timedelta(minutes=30)
    assert kept[30].latest[kept[30].codes.index("glucose")] == 5.6
    foretold(0.2)
    answer = world.north.client(Role.PATIENT).get(f"/api/v1/patients/{world.north.alice.pk}/twin/forecast/")
    assert answer.status_code == 200
    assert answer.json()["horizons"][0]["quantities"]


def test_an_old_forecast_is_not_shown(world: World, foretold: Callable[[float], dict]) -> None:
    with bind(world.north.id):
        TwinEnsemble.objects.update(forecast_at=HeldClock().now() - timedelta(hours=1))
    assert foretold(0.2)["horizons"] == []


def test_forecasts_are_forgotten_after_two_weeks(world: World, foretold: Callable[[float], dict]) -> None:
    clock = HeldClock()
    clock.move(86_400 * 15)
    assert forecasts.forget(world.north.id, clock=clock) == 2
    assert ensembles(world.north)["Alice"].forecast
