"""One second against a tenth; ten seconds against one, once a change has settled; and the pace of forecasts."""

import numpy as np
import pytest

from ml.physiology import Inputs, Person, Segment, advance, coast, observe, parameters_of, settled, simulate

CHANGES = [
    Segment(minutes=3, work_watts=100),
    Segment(minutes=4, tilt_degrees=60),
    Segment(minutes=4, fio2=0.12),
    Segment(minutes=3, bleed_ml_per_min=150),
]
# root mean square and largest difference through changes of every kind: 1 s against 0.1 s
FINE = {
    "heart_rate": (0.3, 1.0),
    "mean_arterial_pressure": (0.5, 3.0),
    "cardiac_output": (0.05, 0.2),
    "spo2": (0.1, 0.4),
    "paco2": (0.1, 0.3),
    "core_temperature": (0.001, 0.01),
    "plasma_volume": (0.001, 0.005),
}


def test_one_second_gives_what_a_tenth_gives() -> None:
    fine, usual = (simulate(Person(), CHANGES, 10.0, step_seconds=step) for step in (0.1, 1.0))
    for name, (root_mean_square, largest) in FINE.items():
        difference = usual[name] - fine[name]
        assert np.sqrt(np.mean(difference**2)) <= root_mean_square, name
        assert np.abs(difference).max() <= largest, name


@pytest.mark.parametrize("step_seconds", [5.0, 10.0, 30.0])
def test_long_steps_come_to_the_same_end(step_seconds: float) -> None:
    for change in CHANGES[:3]:
        long = [Segment(minutes=15, **{k: v for k, v in vars(change).items() if k != "minutes"})]
        usual, coarse = simulate(Person(), long), simulate(Person(), long, 60.0, step_seconds=step_seconds)
        for name, tolerance in (("heart_rate", 0.7), ("mean_arterial_pressure", 0.5), ("spo2", 0.2), ("paco2", 0.2)):
            assert coarse[name][-1] == pytest.approx(usual[name][-1], abs=tolerance), (change, name)


@pytest.mark.parametrize("step_seconds", [10.0, 60.0])
def test_no_step_makes_a_body_swing(step_seconds: float) -> None:
    """After a change, nothing oscillates from step to step."""
    for change in CHANGES[:3]:
        run = simulate(Person(), [Segment(minutes=15), change], 60.0, step_seconds=step_seconds)
        assert np.abs(np.diff(run["heart_rate"][10:15])).max() < 0.2
        assert np.isfinite(run["mean_arterial_pressure"]).all()


def test_a_forecast_at_its_own_pace_ends_where_the_long_way_ends() -> None:
    parameters = parameters_of([Person(), Person("female", 70, 160, 60)])
    hot = Inputs(work_watts=60.0, air_celsius=33.0)
    usual = settled(parameters)
    quick = usual.copy()
    advance(usual, parameters, hot, 3600.0)
    coast(quick, parameters, hot, 3600.0)
    for name, tolerance in (("heart_rate", 0.5), ("core_temperature", 0.02), ("plasma_volume", 0.005)):
        difference = observe(quick, parameters, hot)[name] - observe(usual, parameters, hot)[name]
        assert np.abs(difference).max() < tolerance, name
