"""Windows of time, and what the filter is given of each."""

from datetime import timedelta
from uuid import UUID

import numpy as np
import pytest

from apps.core.tenancy import bind
from apps.twin.current import Vitals
from apps.twin.evidence import Evidence, Windows, evidence
from apps.twin.inputs import given_of, oxygen_fraction
from apps.twin.organs import Measured
from ml.twin import SENSORS
from tests.factories import a_device, a_frame, an_observation, derived
from tests.held_clock import HeldClock
from tests.personas import World
from tests.twin.test_forecasts_are_scored_when_their_time_comes import rolled_up

MINUTE = timedelta(minutes=1)


def found(world: World, clock: HeldClock, ago: timedelta, width: timedelta = MINUTE) -> Evidence:
    with bind(world.north.id):
        windows = Windows.between(clock.now() - ago, clock.now(), width)
        return evidence([world.north.bob.pk, world.north.alice.pk], windows, now=clock.now())


def test_one_value_that_is_wrong_moves_nothing(world: World) -> None:
    clock, device = HeldClock(), a_device(world.north, "node-0001", on=world.north.alice)
    for second, rate in enumerate((70.0, 71.0, 250.0, 72.0, 69.0)):
        a_frame(world.north.alice, device, clock.now() - timedelta(seconds=30 - second), values={"heart_rate": rate})
    (rates,) = found(world, clock, MINUTE).of("heart_rate").tolist()
    assert rates == pytest.approx([np.nan, 71.0], nan_ok=True)


def test_what_was_computed_and_what_was_entered_count_too(world: World) -> None:
    clock, device = HeldClock(), a_device(world.north, "node-0001", on=world.north.alice)
    derived(world.north.alice, device, clock.now() - timedelta(seconds=20), {"heart_rate": 66.0}, quality=0.8)
    an_observation(world.north.alice, "core_temperature", 38.4, at=clock.now() - timedelta(seconds=10))
    seen = found(world, clock, MINUTE).seen(0)
    assert seen["heart_rate"].value[1] == 66.0
    assert seen["core_temperature"].value[1] == 38.4
    assert np.isnan(seen["heart_rate"].value[0])


def test_poor_signals_are_no_evidence_and_worse_ones_weigh_less(world: World) -> None:
    clock, device = HeldClock(), a_device(world.north, "node-0001", on=world.north.alice)
    derived(world.north.alice, device, clock.now() - timedelta(seconds=20), {"heart_rate": 66.0}, quality=0.3)
    assert "heart_rate" not in found(world, clock, MINUTE).seen(0)
    derived(world.north.alice, device, clock.now() - timedelta(seconds=19), {"heart_rate": 66.0}, quality=0.5)
    seen = found(world, clock, MINUTE).seen(0)["heart_rate"]
    assert seen.deviation[1] == pytest.approx(2.0 * seen.deviation[0])


def test_a_pulse_and_a_cuff_tell_what_is_not_measured_itself(world: World) -> None:
    clock, device = HeldClock(), a_device(world.north, "node-0001", on=world.north.alice)
    values = {"pulse_rate": 74.0, "systolic_pressure": 120.0, "diastolic_pressure": 75.0}
    a_frame(world.north.alice, device, clock.now() - timedelta(seconds=20), values=values)
    seen = found(world, clock, MINUTE).seen(0)
    assert seen["heart_rate"].value[1] == 74.0
    assert seen["mean_pressure"].value[1] == 90.0


def test_each_value_falls_into_its_own_window(world: World) -> None:
    clock, device = HeldClock(), a_device(world.north, "node-0001", on=world.north.alice)
    for minutes, rate in ((4.5, 60.0), (2.5, 65.0), (0.5, 70.0)):
        a_frame(world.north.alice, device, clock.now() - timedelta(minutes=minutes), values={"heart_rate": rate})
    rates = found(world, clock, 5 * MINUTE).of("heart_rate")[:, 1]
    assert rates.tolist() == pytest.approx([60.0, np.nan, 65.0, np.nan, 70.0], nan_ok=True)


def test_what_is_older_than_two_hours_comes_from_the_minutes_it_was_rolled_up_to(world: World) -> None:
    clock = HeldClock()
    rolled_up(world.north, 7.5, clock, ago=timedelta(hours=3))
    values = found(world, clock, timedelta(hours=4), 5 * MINUTE).of("glucose")[:, 1]
    assert np.nansum(values) == 7.5
    assert np.flatnonzero(~np.isnan(values)).tolist() == [11]


def test_six_short_windows_tell_no_more_than_a_minute(world: World) -> None:
    clock, device = HeldClock(), a_device(world.north, "node-0001", on=world.north.alice)
    a_frame(world.north.alice, device, clock.now() - timedelta(seconds=5), values={"spo2": 97.0})
    sensor = SENSORS["spo2"]

    def variance(ago: timedelta) -> float:
        return float(found(world, clock, ago).seen(0)["spo2"].deviation[1] ** 2 + sensor.roughness**2)

    assert variance(timedelta(seconds=10)) == pytest.approx(6.0 * variance(MINUTE))
    assert variance(MINUTE) == pytest.approx(sensor.deviation**2 + sensor.roughness**2)


def test_windows_end_where_they_are_asked_to() -> None:
    now = HeldClock().now()
    windows = Windows.between(now - timedelta(seconds=150), now, MINUTE)
    assert [now - end for end in windows.ends] == [timedelta(seconds=90), timedelta(seconds=30), timedelta(0)]
    assert Windows.between(now, now, MINUTE).ends == (now,)


@pytest.mark.parametrize(
    ("given", "fraction"),
    [
        ({}, 0.2095),
        ({"supplemental_oxygen": (2.0, 1)}, 0.2895),
        ({"supplemental_oxygen": (15.0, 1)}, 0.6),
        ({"inspired_oxygen": (40.0, 1)}, 0.4),
        ({"inspired_oxygen": (21.0, 1)}, 0.21),
        ({"inspired_oxygen": (40.0, 1), "supplemental_oxygen": (0.0, 0.5)}, 0.2095),
        ({"supplemental_oxygen": (4.0, 7)}, 0.2095),
    ],
)
def test_the_body_breathes_what_the_patient_is_given(given: dict, fraction: float) -> None:
    now = HeldClock().now()
    vitals = Vitals({code: Measured(value, now - timedelta(hours=h), 1.0) for code, (value, h) in given.items()})
    assert oxygen_fraction(vitals, now) == pytest.approx(fraction)
    key = UUID(int=1)
    assert np.ravel(given_of({key: vitals}, {key: []}, now)([key]).fio2) == pytest.approx([fraction])
