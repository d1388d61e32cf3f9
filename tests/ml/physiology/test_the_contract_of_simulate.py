"""What whoever checks the body relies on: names, shapes and the axis of time."""

import numpy as np
import pytest

from ml.physiology import Person, Segment, simulate

PROMISED = (
    *("heart_rate", "mean_arterial_pressure", "cardiac_output", "stroke_volume", "central_venous_pressure"),
    *("systemic_resistance", "spo2", "paco2", "oxygen_uptake", "respiratory_rate", "core_temperature"),
    *("skin_temperature", "sweat_rate", "plasma_volume", "interstitial_volume", "cell_volume", "lactate"),
    *("glucose", "insulin"),
)


def test_every_promised_figure_is_there_at_every_sample() -> None:
    person = Person(sex="male", age_years=35, height_cm=175, mass_kg=70, fitness=1.0)
    run = simulate(person, [Segment(minutes=3), Segment(minutes=2, tilt_degrees=60)], sample_seconds=10)
    assert run["minutes"] == pytest.approx(np.arange(1, 31) / 6.0)
    for name in PROMISED:
        assert run[name].shape == (30,), name
        assert run[name].dtype == np.float64, name


@pytest.mark.parametrize("sample_seconds", [1.0, 7.0, 10.0, 60.0, 90.0])
def test_how_often_one_looks_changes_next_to_nothing(sample_seconds: float) -> None:
    segments = [Segment(minutes=2), Segment(minutes=5, work_watts=80)]
    seldom, often = simulate(Person(), segments, sample_seconds), simulate(Person(), segments, 1.0)
    at = np.searchsorted(often["minutes"], seldom["minutes"] - 1e-6)
    assert np.abs(seldom["heart_rate"] - often["heart_rate"][at]).max() < 1.0
    assert np.abs(seldom["core_temperature"] - often["core_temperature"][at]).max() < 0.02


def test_flow_pressure_and_resistance_agree() -> None:
    run = simulate(Person(), [Segment(minutes=5), Segment(minutes=5, work_watts=60)])
    assert run["heart_rate"] * run["stroke_volume"] / 1000.0 == pytest.approx(run["cardiac_output"])
    driving = run["mean_arterial_pressure"] - run["central_venous_pressure"]
    assert run["systemic_resistance"] * run["cardiac_output"] == pytest.approx(driving)
