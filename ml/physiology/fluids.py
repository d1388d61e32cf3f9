"""Water, osmoles and protein in plasma, between the cells and in them.

Plasma and interstitium exchange as in volume kinetics (Hahn 2010, Anesthesiology 113:470): flow 0.13 L/min per unit of
dilution, interstitial space 0.45 of its water; the balance point is set by protein (Starling 1896) and by capillary
pressure: venous pressure, hanging legs (Hagan 1978), working muscle (Convertino 1987). Cells follow osmolality within
10 min. Protein leaves with 5 %/h and returns with the lymph (Parving 1973). Urine answers osmolality as by ADH
(Robertson 1976) and blood volume; salt eaten equals salt excreted at rest and is kept when volume is lacking. Water
of breath and of metabolism cancel. Saline counts as isotonic (osmotic coefficient 0.93).
"""

from typing import Final, NamedTuple

import numpy as np

from ml.physiology.parameters import Parameters
from ml.physiology.quantities import Array, Number, between
from ml.physiology.states import States

RESTING_OSMOLALITY: Final = 287.0  # mOsm/L of body water
EXCHANGE_L_MIN: Final = 0.13
INTERSTITIAL_SHARE: Final = 0.45
PER_CAPILLARY_MMHG: Final = 0.024  # of the plasma volume
CAPILLARY_PER_VENOUS: Final = 0.33
UPRIGHT_MMHG: Final = 8.0
EXERCISE_MMHG: Final = 11.0  # at maximal effort, with the square of its share
CELLS_S: Final = 600.0
GUT_S: Final = 900.0
ESCAPE_PER_MIN: Final = 0.05 / 60.0
SWEAT_OSMOLALITY: Final = 85.0  # sodium 40 mmol/L and its anion, Baker 2017
SALT_EATEN_MOSM_MIN: Final = 0.21
MAXIMAL_URINE_L_MIN: Final = 0.016
ADH_PER_MOSM: Final = 0.40


class Flows(NamedTuple):
    """L/min. `evaporated`: water that leaves the skin by diffusion."""

    bleed: Number
    infuse: Number
    drink: Number
    evaporated: Array


def osmolality(states: States) -> Array:
    return np.asarray(states.ecf_osmoles / (states.plasma_volume + states.interstitial_volume))


def flow(
    states: States,
    parameters: Parameters,
    *,
    flows: Flows,
    venous_rise: Array,
    upright: Number,
    share: Array,
    h: float,
) -> None:
    """One step of `h` seconds of all fluids. `venous_rise`: mmHg above rest; `share`: of the oxygen reserve."""
    minutes = h / 60.0
    _bleed(states, parameters, flows.bleed, minutes)
    absorbed = -np.expm1(-h / GUT_S) * states.gut_water
    states.gut_water += minutes * flows.drink - absorbed
    urine, salt = excretion(states, parameters)
    sweat = states.sweat_rate / 60.0
    through_skin = sweat + flows.evaporated
    states.plasma_volume += minutes * (flows.infuse - urine) + absorbed
    states.interstitial_volume -= minutes * through_skin
    states.ecf_osmoles += minutes * (RESTING_OSMOLALITY * flows.infuse - sweat * SWEAT_OSMOLALITY - salt)
    capillary = CAPILLARY_PER_VENOUS * venous_rise + UPRIGHT_MMHG * upright + EXERCISE_MMHG * share * share
    _filter(states, parameters, between(capillary, -10.0, 15.0), minutes)
    _fill_cells(states, parameters, h)
    _carry_protein(states, parameters, minutes)


def _bleed(states: States, parameters: Parameters, bleed: Number, minutes: float) -> None:
    """Whole blood, cells and protein alike; a body that has lost three quarters has no more to give."""
    if np.ndim(bleed) == 0 and bleed == 0.0:
        return
    blood = states.plasma_volume + states.red_cell_volume
    left = between(10.0 * blood / parameters.blood_volume - 2.5, 0.0, 1.0)
    kept = np.maximum(1.0 - minutes * bleed * left / blood, 0.3)
    states.ecf_osmoles -= osmolality(states) * states.plasma_volume * (1.0 - kept)
    states.plasma_volume *= kept
    states.red_cell_volume *= kept
    states.plasma_protein *= kept


def excretion(states: States, parameters: Parameters) -> tuple[Array, Array]:
    """Urine, L/min, and osmoles lost by it beyond those eaten, mOsm/min."""
    blood = (states.plasma_volume + states.red_cell_volume) / parameters.blood_volume - 1.0
    dilution = between(osmolality(states) - RESTING_OSMOLALITY, -12.0, 6.0)
    free = parameters.resting_urine * np.exp(-ADH_PER_MOSM * dilution) * between(1.0 + 5.0 * blood, 0.4, 1.0)
    free = parameters.size * between(free / parameters.size, 0.0004, MAXIMAL_URINE_L_MIN)
    excess = 0.040 * parameters.size * between(blood, 0.0, 0.5)
    kept = SALT_EATEN_MOSM_MIN * parameters.size * between(10.0 * blood, -1.0, 0.0)
    return free + excess, RESTING_OSMOLALITY * excess + kept


def _filter(states: States, parameters: Parameters, capillary: Array, minutes: float) -> None:
    """Out of the capillaries, until plasma stands where its protein and capillary pressure want it."""
    room = INTERSTITIAL_SHARE * parameters.interstitial_volume
    protein = states.plasma_protein / parameters.plasma_protein
    wanted = protein * (1.0 - PER_CAPILLARY_MMHG * capillary)
    dilution = states.plasma_volume / parameters.plasma_volume - wanted
    swelling = (states.interstitial_volume - parameters.interstitial_volume) / room
    rate = minutes * EXCHANGE_L_MIN * parameters.size
    moved = rate * (dilution - swelling) / (1.0 + rate * (1.0 / parameters.plasma_volume + 1.0 / room))
    states.plasma_volume -= moved
    states.interstitial_volume += moved


def _fill_cells(states: States, parameters: Parameters, h: float) -> None:
    """Cells keep their osmoles and take the water that makes both sides alike."""
    outside = states.plasma_volume + states.interstitial_volume
    osmoles = RESTING_OSMOLALITY * parameters.cell_volume
    balanced = (outside + states.cell_volume) * osmoles / (osmoles + states.ecf_osmoles)
    moved = -np.expm1(-h / CELLS_S) * (balanced - states.cell_volume)
    states.cell_volume += moved
    states.interstitial_volume -= moved


def _carry_protein(states: States, parameters: Parameters, minutes: float) -> None:
    """Leak in proportion to the plasma's protein, return in proportion to the interstitium's."""
    leak = parameters.plasma_protein * states.interstitial_protein / parameters.interstitial_protein
    moved = minutes * ESCAPE_PER_MIN * (leak - states.plasma_protein)
    states.plasma_protein += moved
    states.interstitial_protein -= moved
