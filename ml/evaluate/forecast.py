"""Glucose and heart rate half an hour ahead, as the twin gives them, on real courses; by person.

`new`: persons that the shipped model was not fitted on; on the recordings it was fitted on there are none, and what was
measured on persons held out stands in the model's card, which `held_out` repeats.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ml import artifacts
from ml.evaluate.courses import courses
from ml.evaluate.forecast_scores import Score, by_set, score, summary
from ml.evaluate.replayed import Asked, asked, errors_of_others
from ml.twin.course import LEVELS, MODELS

MUST_REACH: Final = {"glucose": 0.15, "heart_rate": 0.05}
EVERY: Final = 1


def evaluate(data: Path) -> dict[str, Any]:
    """Raises MissingRecordings."""
    return {code: of_code(data, code) for code in MODELS}


def of_code(data: Path, code: str) -> dict[str, Any]:
    model = artifacts.load(MODELS[code])
    people = list(asked(courses(data, code), code, every=EVERY))
    scores = [of_shipped(model, each, errors_of_others(people, each)) for each in people]
    seen = set(model.card["figures"]["trained_on"])
    new = [each for each in scores if each.name not in seen]
    return {
        "must_reach": MUST_REACH[code],
        "held_out": model.card["figures"]["held_out"],
        "new": summary(new),
        "fitted_on": summary([each for each in scores if each.name in seen]),
        "new_by_set": by_set(new),
        "records": [asdict(each) | {"skill": each.skill, "new": each.name not in seen} for each in scores],
    }


def of_shipped(model: artifacts.Model, each: Asked, errors: npt.NDArray[np.float64]) -> Score:
    change = np.sort(model.outputs(each.inputs.astype(np.float32)), axis=1)
    ahead = each.now + each.scale * change.T
    return score(each.name, LEVELS, ahead, body=each.body, now=each.now, came=each.came, errors=errors)
