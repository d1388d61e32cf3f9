"""Newborn to a hundred years, 3 to 200 kg, through what no body survives: figures stay figures, within their bounds."""

import numpy as np
import pytest

from ml.physiology import Inputs, Person, Segment, States, advance, parameters_of, settled
from ml.physiology.parameters import Parameters
from ml.physiology.simulate import simulate_together

PEOPLE = [
    Person("female", 0, 48, 2.5),
    Person("male", 3, 95, 14),
    Person("male", 100, 165, 60),
    Person("male", 40, 180, 200),
    Person("female", 30, 150, 40),
    Person("male", 25, 185, 80, 2.2),
    Person("female", 60, 160, 90, 0.4),
]
EXTREMES = [
    Inputs(),
    Inputs(work_watts=1000.0),
    Inputs(bleed_ml_per_min=2000.0),
    Inputs(fio2=0.02),
    Inputs(air_celsius=70.0, relative_humidity=1.0),
    Inputs(air_celsius=-40.0, clothing_clo=0.0, air_speed_m_s=30.0),
    Inputs(drink_ml_per_min=500.0, infuse_ml_per_min=1000.0),
    Inputs(drink_ml_per_min=0.0, air_celsius=45.0),
    Inputs(carbohydrate_g_per_min=100.0),
    Inputs(insulin_u_per_min=50.0),
    Inputs(barometric_mmhg=150.0),
    Inputs(barometric_mmhg=3000.0, fio2=1.0),
    Inputs(fever_setpoint_celsius=5.0),
    Inputs(tilt_degrees=90.0, beta_blockade=1.0, bleed_ml_per_min=50.0),
]


@pytest.fixture(scope="module")
def parameters() -> Parameters:
    return parameters_of(PEOPLE)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("inputs", EXTREMES, ids=str)
def test_figures_stay_figures(parameters: Parameters, inputs: Inputs) -> None:
    states = settled(parameters)
    advance(states, parameters, inputs, 2.0 * 3600.0, step_seconds=5.0)
    for name, bounds in States.table().items():
        values = getattr(states, name)
        assert np.isfinite(values).all(), name
        assert (values >= bounds.low).all(), name
        assert (values <= bounds.high).all(), name


def test_what_is_beyond_all_bounds_or_no_number_is_bounded(parameters: Parameters) -> None:
    wild, quiet = settled(parameters), settled(parameters)
    advance(wild, parameters, Inputs(fio2=float("nan"), work_watts=-50.0, beta_blockade=float("nan")), 60.0)
    advance(quiet, parameters, Inputs(), 60.0)
    assert wild.heart_rate == pytest.approx(quiet.heart_rate)


def test_parameters_lie_within_their_table(parameters: Parameters) -> None:
    for name, bounds in Parameters.table().items():
        values = getattr(parameters, name)
        assert (values >= bounds.low).all(), name
        assert (values <= bounds.high).all(), name


def test_the_rest_of_each_is_plausible() -> None:
    for person, run in zip(PEOPLE, simulate_together([(one, [Segment(10)]) for one in PEOPLE]), strict=True):
        assert 40 < run["heart_rate"][-1] < 150, person
        assert 93 < run["spo2"][-1] < 100, person
        assert 36 < run["core_temperature"][-1] < 37.8, person
        assert 0.5 < run["cardiac_output"][-1] < 11, person


@pytest.mark.parametrize("wrong", [{"sex": "other"}, {"age_years": -1}, {"mass_kg": 0}, {"fitness": float("nan")}])
def test_whom_no_formula_knows_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Person(**wrong)  # type: ignore[arg-type]
