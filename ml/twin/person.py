"""A person's parameters out of the textbook's guess and what was learned, and the body moved with them."""

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
from scipy.special import ndtri

from ml.physiology import Inputs, Parameters, Person, States, advance, parameters_of
from ml.physiology.inputs import REST
from ml.physiology.oxygen import resting_saturation
from ml.physiology.quantities import Array
from ml.physiology.simulate import INPUTS
from ml.physiology.step import PACE
from ml.twin.variables import LEARNED, ROW, STATES

BLOOD: Final = (
    "blood_volume", "plasma_volume", "plasma_protein", "unstressed_volume", "venous_compliance",
    "arterial_compliance", "pooling_volume", "venous_gain",
)  # fmt: skip
WATER: Final = ("interstitial_volume", "cell_volume", "interstitial_protein")
SCALED: Final = tuple(
    name for name, each in LEARNED.items() if each.scale and name not in ("blood_volume", "body_water")
)
TRACKING_STEP_S: Final = 2.0
TRACKED_FOR_S: Final = 120.0
USUAL_ADULT_RATE: Final = 66.0
GUESSED: Final = 0.2
"""By how much people are off when they tell of carbohydrate (Brazeau 2013, Diabetes Res Clin Pract 99:e19)."""
FEWEST_GUESSES: Final = 4
STRIDE: Final = 13  # shares no factor with 32 or 64 members
LEAST_RESERVE: Final = 25.0  # /min between the resting and the maximal heart rate


def row_of(person: Person) -> list[float]:
    """Five figures that `person_of` reads back."""
    return [float(person.sex == "male"), person.age_years, person.height_cm, person.mass_kg, person.fitness]


def person_of(row: Array) -> Person:
    male, age_years, height_cm, mass_kg, fitness = map(float, row)
    sex: Literal["male", "female"] = "male" if male > 0.5 else "female"
    return Person(sex=sex, age_years=age_years, height_cm=height_cm, mass_kg=mass_kg, fitness=fitness)


def textbook(persons: Sequence[Person]) -> Parameters:
    """(patients, 1): what is expected of such persons."""
    guessed = parameters_of(persons)
    return Parameters(**{name: np.ascontiguousarray(values[:, None]) for name, values in guessed.items()})


def states_in(ensemble: Array) -> States:
    """The states (patients, members) of an ensemble, as views: what is written there is written here."""
    return States(**{name: ensemble[ROW[name]] for name in STATES})


def parameters_in(ensemble: Array, guess: Parameters, *, disturbed: bool = True) -> Parameters:
    """Each member's own: the guess (patients, 1), moved by what was learned and, where `disturbed`, by what disturbs
    the person now."""
    own = dict(guess.items())
    for name in SCALED:
        own[name] = own[name] * np.exp(ensemble[ROW[name]])
    blood, water = np.exp(ensemble[ROW["blood_volume"]]), np.exp(ensemble[ROW["body_water"]])
    own |= {name: own[name] * blood for name in BLOOD} | {name: own[name] * water for name in WATER}
    if disturbed:
        _disturb(own, ensemble, guess)
    own["core_setpoint"] = own["core_setpoint"] + ensemble[ROW["core_setpoint"]]
    own["alveolar_arterial"] = np.maximum(own["alveolar_arterial"] + ensemble[ROW["alveolar_arterial"]], 0.0)
    np.minimum(own["resting_heart_rate"], own["maximal_heart_rate"] - LEAST_RESERVE, out=own["resting_heart_rate"])
    own["resting_saturation"] = resting_saturation(own["alveolar_arterial"], own["co2_setpoint"])
    if disturbed:  # what is amiss now is not the person's own, and the reflexes answer it
        own["alveolar_arterial"] = np.maximum(own["alveolar_arterial"] + ensemble[ROW["shunt"]], 0.0)
    return _within(own)


def _disturb(own: dict[str, Array], ensemble: Array, guess: Parameters) -> None:
    own["resting_heart_rate"] += own["resting_heart_rate"] * (ensemble[ROW["arousal"]] / USUAL_ADULT_RATE)
    own["resting_respiratory_rate"] += guess.resting_respiratory_rate / 14.0 * ensemble[ROW["breathing"]]
    own["resting_pressure"] += guess.resting_pressure / 90.0 * ensemble[ROW["vasomotion"]]
    own["basal_glucose"] += ensemble[ROW["appearance"]]


def _within(own: dict[str, Array]) -> Parameters:
    """What is everybody's textbook value is within its range already, and is not copied."""
    table = Parameters.table()
    for name, values in own.items():
        if values.shape[1] > 1:
            np.clip(values, table[name].low, table[name].high, out=values)
    return Parameters(**own)


def inputs_in(ensemble: Array, surroundings: Array) -> Inputs:
    """What is done to each member: `surroundings` (inputs, patients) and what of it disturbs the person untold."""
    told = {name: surroundings[index][:, None] for index, name in enumerate(INPUTS)}
    inputs = {name: (float(each[0, 0]) if np.all(each == each[0, 0]) else each) for name, each in told.items()}
    if np.any(inputs["carbohydrate_g_per_min"]):
        inputs["carbohydrate_g_per_min"] = inputs["carbohydrate_g_per_min"] * _guesses(ensemble)
    inputs["air_celsius"] = inputs["air_celsius"] + ensemble[ROW["air"]]
    inputs["fever_setpoint_celsius"] = inputs["fever_setpoint_celsius"] + ensemble[ROW["fever"]]
    return Inputs(**inputs)


def _guesses(ensemble: Array) -> Array:
    """(patients, members): what each member eats of what was told, which is a guess; others in another hour."""
    members = ensemble.shape[2]
    if members < FEWEST_GUESSES:
        return np.ones(ensemble.shape[1:])
    ranks = (np.arange(members) * STRIDE + ensemble[ROW["clock"]].astype(np.int64)) % members
    return np.asarray(np.exp(GUESSED * ndtri((ranks + 0.5) / members)))


def surroundings_of(inputs: Inputs, patients: int) -> Array:
    """(inputs, patients): numbers for all, or arrays (patients,); rest for what is not a number."""
    rows = [np.broadcast_to(np.asarray(getattr(inputs, name), dtype=np.float64), (patients,)) for name in INPUTS]
    rest = np.array([getattr(REST, name) for name in INPUTS], dtype=np.float64)
    return np.where(np.isfinite(rows), rows, rest[:, None])


def move(ensemble: Array, guess: Parameters, surroundings: Array, seconds: float, step_s: float | None = None) -> None:
    """The bodies of an ensemble by so many seconds, in place; what disturbs them stays as it is meanwhile."""
    states, parameters = states_in(ensemble), parameters_in(ensemble, guess)
    inputs = inputs_in(ensemble, surroundings)
    advance(states, parameters, inputs, seconds, step_s or step_for(seconds))


def step_for(seconds: float) -> float:
    """Steps of 2 s while a body is followed; after a gap, the steps of a forecast."""
    return TRACKING_STEP_S if seconds <= TRACKED_FOR_S else PACE[1][1]
