"""What each member of an ensemble says a sensor would show, its bias included."""

from typing import Final

import numpy as np

from ml.physiology import Parameters
from ml.physiology.quantities import Array
from ml.twin.person import parameters_in, states_in
from ml.twin.sensors import shown
from ml.twin.variables import BIASES, ROW

BY_PARAMETERS: Final = frozenset({"respiratory_rate", "weight"})
"""Figures that rest on what is learned of the person; the others are states, and spare the work."""


def readings(ensemble: Array, guess: Parameters, code: str) -> Array:
    """(patients, members), in the sensor's unit. Raises KeyError for a code not in SENSORS."""
    parameters = parameters_in(ensemble, guess) if code in BY_PARAMETERS else guess
    return np.asarray(shown(code, states_in(ensemble), parameters) + ensemble[ROW[BIASES[code]]])
