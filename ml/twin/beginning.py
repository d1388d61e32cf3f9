"""An ensemble for persons of whom nothing was measured yet: as many bodies as members, each a little different.

It has lived for a while with everything that disturbs a day. So what is as wide as it will be is that from the
beginning, and what no body keeps to is narrow: measurements are held against it (identifiability), and would else be
given credit for what time does by itself.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from ml.physiology import Person, parameters_of, settled
from ml.physiology.parameters import Parameters
from ml.physiology.quantities import Array
from ml.physiology.rest import AFTERNOON
from ml.twin.chance import Words
from ml.twin.person import move, parameters_in, states_in
from ml.twin.unrest import KINDS, prior, stir
from ml.twin.variables import ROW, STATES, VARIABLES, WALKING

PIECE_S: Final = 600.0
PIECES: Final = 9
BEFORE: Final = np.uint64(2**59)
"""From here on draws are counted that came before the first measurement."""
FOLLOWS: Final = {
    "mean_arterial_pressure": "resting_pressure",
    "baroreflex_setpoint": "resting_pressure",
    "cardiac_output": "resting_output",
    "heart_rate": "resting_heart_rate",
    "plasma_volume": "plasma_volume",
    "red_cell_volume": "blood_volume",
    "plasma_protein": "plasma_protein",
    "interstitial_volume": "interstitial_volume",
    "cell_volume": "cell_volume",
    "interstitial_protein": "interstitial_protein",
    "glucose": "basal_glucose",
    "arterial_saturation": "resting_saturation",
}
"""States that stand, in a body at rest, in proportion to a parameter."""


def begun(
    persons: Sequence[Person], guess: Parameters, surroundings: Array, *, seeds: Words, members: int, clock_hours: Array
) -> Array:
    """(variables, patients, members), that have rested in these surroundings up to `clock_hours` (patients,)."""
    ensemble = np.zeros((len(VARIABLES), len(persons), members))
    drawn = dict(zip(KINDS, prior(seeds, members), strict=True))
    for name, values in drawn.items():
        if name not in WALKING:
            ensemble[ROW[name]] = values
    _lay_down(ensemble, persons, guess, clock_hours)
    for piece in range(PIECES):
        stir(ensemble, seeds, np.full_like(seeds, BEFORE + np.uint64(piece)), PIECE_S)
        move(ensemble, guess, surroundings, PIECE_S)
    ensemble[ROW["clock"]] = clock_hours[:, None]
    return ensemble


def _lay_down(ensemble: Array, persons: Sequence[Person], guess: Parameters, clock_hours: Array) -> None:
    """The textbook's body at rest, each state scaled to its member's parameters."""
    rest, own = settled(parameters_of(persons)), parameters_in(ensemble, guess)
    for name in STATES:
        ratio = getattr(own, FOLLOWS[name]) / getattr(guess, FOLLOWS[name]) if name in FOLLOWS else 1.0
        ensemble[ROW[name]] = getattr(rest, name)[:, None] * ratio
    outside = states_in(ensemble)
    before = rest.plasma_volume + rest.interstitial_volume
    ensemble[ROW["ecf_osmoles"]] *= (outside.plasma_volume + outside.interstitial_volume) / before[:, None]
    turn = np.cos((clock_hours - 16.0) * (np.pi / 12.0)) - np.cos((AFTERNOON - 16.0) * (np.pi / 12.0))
    warmer = guess.circadian_amplitude * turn[:, None] + ensemble[ROW["core_setpoint"]] + ensemble[ROW["fever"]]
    for name in ("core_temperature", "muscle_temperature"):
        ensemble[ROW[name]] += warmer
    ensemble[ROW["clock"]] = ((clock_hours - PIECES * PIECE_S / 3600.0) % 24.0)[:, None]
