"""A body at rest, to begin with."""

from typing import Final

import numpy as np

from ml.physiology.circulation import RESTING_SKIN
from ml.physiology.fluids import RESTING_OSMOLALITY
from ml.physiology.inputs import Inputs
from ml.physiology.parameters import Parameters
from ml.physiology.quantities import Array
from ml.physiology.states import States
from ml.physiology.step import advance

SETTLING_S: Final = 3.0 * 3600.0
SETTLING_STEP_S: Final = 20.0
AFTERNOON: Final = 14.0  # the hour at which core temperature rises and falls least


def resting(parameters: Parameters, clock_hours: float = AFTERNOON) -> States:
    """The states that the parameters name, before anything is settled; a fresh array each."""

    def held(values: Array | float) -> Array:
        return np.array(np.broadcast_to(values, parameters.mass.shape), dtype=np.float64)

    alveolar = parameters.resting_uptake * 863.0 * 0.82 / parameters.co2_setpoint
    return States(
        mean_arterial_pressure=held(parameters.resting_pressure),
        cardiac_output=held(parameters.resting_output),
        heart_rate=held(parameters.resting_heart_rate),
        arterial_tone=held(0.0),
        cardiopulmonary_tone=held(0.0),
        baroreflex_setpoint=held(parameters.resting_pressure),
        exercise_drive=held(0.0),
        oxygen_uptake=held(parameters.resting_uptake),
        alveolar_co2=held(parameters.co2_setpoint),
        alveolar_o2=held(100.0),
        alveolar_ventilation=held(alveolar),
        arterial_saturation=held(parameters.resting_saturation),
        core_temperature=held(parameters.core_setpoint + 0.3),
        muscle_temperature=held(parameters.core_setpoint + 0.3),
        skin_temperature=held(33.7),
        skin_blood_flow=held(RESTING_SKIN * parameters.surface),
        sweat_rate=held(0.0),
        shivering=held(0.0),
        plasma_volume=held(parameters.plasma_volume),
        red_cell_volume=held(parameters.blood_volume - parameters.plasma_volume),
        interstitial_volume=held(parameters.interstitial_volume),
        cell_volume=held(parameters.cell_volume),
        ecf_osmoles=held(RESTING_OSMOLALITY * (parameters.plasma_volume + parameters.interstitial_volume)),
        plasma_protein=held(parameters.plasma_protein),
        interstitial_protein=held(parameters.interstitial_protein),
        gut_water=held(0.0225),
        glucose=held(parameters.basal_glucose),
        insulin=held(parameters.basal_insulin),
        insulin_action=held(0.0),
        stomach_glucose=held(0.0),
        gut_glucose=held(0.0),
        lactate=held(1.0),
        work_capacity=held(parameters.full_work_capacity),
        clock=held(clock_hours),
    )


def settled(parameters: Parameters, clock_hours: float = AFTERNOON) -> States:
    """The same after three hours in the default surroundings, at `clock_hours`."""
    states = resting(parameters, (clock_hours - SETTLING_S / 3600.0) % 24.0)
    advance(states, parameters, Inputs(), SETTLING_S, SETTLING_STEP_S)
    states.clock[...] = clock_hours
    return states
