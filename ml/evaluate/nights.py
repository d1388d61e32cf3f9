"""`python -m ml.evaluate.nights`: what the nightly refit makes of what a filter has learned in a day.

Persons whose bodies are known (`twin_truth`), as they usually differ from the textbook, or each so many deviations off
in everything that is learned. At the end of the day, error of the members' mean in deviations of persons alike, and
whether the 90 % band held, of the filter alone and of the fit, taken or not.
"""

import json
from typing import Any, Final

import numpy as np

from ml.assimilation.bands import band
from ml.evaluate.twin_truth import BEGINS_S, Truth, persons
from ml.physiology.inputs import REST
from ml.physiology.quantities import Array
from ml.twin import Twins
from ml.twin.beginning import FOLLOWS
from ml.twin.person import move, parameters_in, states_in, surroundings_of, textbook
from ml.twin.refit import FITTED_BY, Step, fitted, judged, lived, verdict
from ml.twin.variables import LEARNED, ROW

PERSONS: Final = 12
HOURS: Final = 18
STEP_MIN: Final = 5
FITTED_SHARE: Final = 0.75
OFF: Final = 2.5
SEED: Final = 7
VOLUMES: Final = (
    "plasma_volume", "red_cell_volume", "plasma_protein", "interstitial_volume", "cell_volume", "interstitial_protein",
    "baroreflex_setpoint",
)  # fmt: skip
NAMES: Final = [name for names, _ in FITTED_BY.values() for name in names]


def evaluate(off: float = 0.0) -> dict[str, Any]:
    """`off`: deviations; 0 for persons as they usually are."""
    people = persons(PERSONS, SEED)
    truth = Truth(people, seed=SEED)
    if off:
        _push(truth, off)
    steps = _day(truth)
    split = int(FITTED_SHARE * len(steps))
    old = Twins.begin(people, at_s=BEGINS_S, seeds=range(100, 100 + PERSONS))
    lived(old, steps[:split])
    new = fitted(old, BEGINS_S, steps[:split])
    found = verdict(judged(old, steps[split:]), judged(new, steps[split:]))
    for each in (old, new):
        lived(each, steps[split:])
    true = {name: truth.ensemble[ROW[name], :, 0] for name in NAMES}
    return {
        "persons": PERSONS,
        "taken": int(found.better.sum()),
        "filter": {name: _against(old, name, true[name]) for name in NAMES},
        "fit": {name: _against(new, name, true[name]) for name in NAMES},
    }


def _push(truth: Truth, off: float) -> None:
    """Everything that is learned of everybody so far from the textbook, to either side."""
    chance, people = np.random.default_rng(3), persons(PERSONS, SEED)
    guess = textbook(people)
    before = parameters_in(truth.ensemble, guess, disturbed=False)
    for name, each in LEARNED.items():
        truth.ensemble[ROW[name], :, 0] = off * each.deviation * chance.choice([-1.0, 1.0], PERSONS)
    after, states = parameters_in(truth.ensemble, guess, disturbed=False), states_in(truth.ensemble)
    for name in VOLUMES:
        getattr(states, name)[...] *= getattr(after, FOLLOWS[name]) / getattr(before, FOLLOWS[name])
    move(truth.ensemble, guess, surroundings_of(REST, PERSONS), 1_800.0, 10.0)


def _day(truth: Truth) -> list[Step]:
    steps = []
    for minute in range(1, 60 * HOURS + 1):
        truth.minute_on()
        if minute % STEP_MIN == 0:
            steps.append(Step(BEGINS_S + 60.0 * minute, truth.seen(), REST))
    return steps


def _against(twins: Twins, name: str, true: Array) -> dict[str, float]:
    members = twins._kept.ensemble[ROW[name]]
    _, low, high = band(members, 0.9)
    error = np.abs(members.mean(axis=1) - true) / LEARNED[name].deviation
    return {"error": float(error.mean()), "covered_90": float(np.mean((true >= low) & (true <= high)))}


if __name__ == "__main__":
    print(json.dumps({"usual": evaluate(), "far off": evaluate(OFF)}, indent=2))
