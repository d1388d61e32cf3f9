"""Water, salt, protein, cells, sugar and heat are moved, brought or taken away, never made."""

import numpy as np
import pytest

from ml.physiology import Inputs, Parameters, Person, States, advance, parameters_of, settled
from ml.physiology.fluids import RESTING_OSMOLALITY
from ml.physiology.metabolism import MMOL_PER_GRAM
from ml.physiology.quantities import Array


@pytest.fixture
def parameters() -> Parameters:
    return parameters_of([Person(), Person("female", 60, 160, 55), Person("male", 10, 140, 34)])


@pytest.fixture
def states(parameters: Parameters) -> States:
    return settled(parameters)


def water(states: States) -> Array:
    return states.plasma_volume + states.interstitial_volume + states.cell_volume + states.gut_water


def blood(states: States) -> Array:
    return states.plasma_volume + states.red_cell_volume


def test_water_drunk_and_infused_is_there_but_for_what_was_lost(parameters: Parameters, states: States) -> None:
    before = states.copy()
    after = states.copy()
    wet, dry = Inputs(drink_ml_per_min=20.0, infuse_ml_per_min=30.0), Inputs(drink_ml_per_min=0.0)
    advance(states, parameters, wet, 10.0)
    advance(after, parameters, dry, 10.0)
    assert water(states) - water(after) == pytest.approx(0.050 / 6.0, rel=1e-9)
    assert np.all(water(after) < water(before))


def test_a_bleed_takes_blood_cells_and_protein_by_its_share(parameters: Parameters, states: States) -> None:
    before = states.copy()
    advance(states, parameters, Inputs(bleed_ml_per_min=60.0), 10.0)
    kept = 1.0 - 0.010 / blood(before)
    assert states.red_cell_volume == pytest.approx(before.red_cell_volume * kept, rel=1e-12)
    total = states.plasma_protein + states.interstitial_protein
    lost = before.plasma_protein * (1.0 - kept)
    assert total == pytest.approx(before.plasma_protein + before.interstitial_protein - lost, rel=1e-12)


def test_cells_bled_in_an_hour_are_what_was_bled(parameters: Parameters, states: States) -> None:
    """Blood thins meanwhile: the cells lost are the integral of haematocrit and flow."""
    lost = np.zeros(3)
    start = states.red_cell_volume.copy()
    for _ in range(60):
        lost += 0.0025 * states.red_cell_volume / blood(states)
        advance(states, parameters, Inputs(bleed_ml_per_min=15.0), 10.0)
    assert start - states.red_cell_volume == pytest.approx(lost, rel=1e-9)


def test_saline_brings_its_osmoles(parameters: Parameters, states: States) -> None:
    other = states.copy()
    advance(states, parameters, Inputs(infuse_ml_per_min=60.0), 10.0)
    advance(other, parameters, Inputs(), 10.0)
    assert states.ecf_osmoles - other.ecf_osmoles == pytest.approx(0.010 * RESTING_OSMOLALITY, rel=1e-9)


def test_water_that_moves_into_cells_leaves_the_rest_by_as_much(parameters: Parameters, states: States) -> None:
    states.interstitial_volume += 1.0
    dry = Inputs(drink_ml_per_min=0.0)
    before, cells = water(states), states.cell_volume.copy()
    advance(states, parameters, dry, 600.0)
    assert np.all(states.cell_volume > cells)
    assert np.all(before - water(states) < 0.2)  # urine and skin in ten minutes


def test_sugar_eaten_is_in_the_gut_or_was_absorbed(parameters: Parameters, states: States) -> None:
    advance(states, parameters, Inputs(carbohydrate_g_per_min=10.0), 10.0)
    assert states.stomach_glucose + states.gut_glucose == pytest.approx(MMOL_PER_GRAM * 10.0 / 6.0, rel=1e-9)


def test_nobody_bleeds_more_than_there_is(parameters: Parameters, states: States) -> None:
    advance(states, parameters, Inputs(bleed_ml_per_min=2000.0), 3600.0)
    assert np.all(blood(states) > 0.1 * parameters.blood_volume)
    assert np.all(states.mean_arterial_pressure < 0.5 * parameters.resting_pressure)
