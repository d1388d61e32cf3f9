"""Fits the courses of heart rate and glucose half an hour ahead: quantile trees on what twins knew, split by person.

Every person is replayed through a twin; what `ml.twin.course` then makes of body and course are the inputs, the change
half an hour later is the target. Persons count alike up to the number of their readings' square root, so that neither a
few long records nor many short ones rule.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ml.evaluate.courses import courses
from ml.evaluate.forecast_scores import Score, pooled_skill, score
from ml.evaluate.intervals import by_person
from ml.evaluate.replayed import Asked, asked, errors_of_others
from ml.training.quantile_trees import PARAMETERS, as_onnx, fit, predict
from ml.training.shipping import Card, Input, ship
from ml.twin import SENSORS
from ml.twin.course import INPUTS, LEVELS, MODELS, RAW

FOLDS: Final = 4
SEED: Final = 11
EVERY: Final = {"heart_rate": 3, "glucose": 2}  # bins of five minutes
LIMITS: Final = (
    "glucose: continuous monitors of 33 persons, five of them with type 1 diabetes, one maker's sensors; meals and "
    "insulin are not told to it",
    "heart rate: intensive care stays whose rate was written every quarter or half hour, five persons with a chest "
    "belt, one bedside monitor; nobody in sport",
    "whose changes are much wilder than those of their last hours are covered by too narrow a band",
)


def train(data: Path) -> Path:
    """Both models and their cards; the path of the last card."""
    return [_train(code, list(asked(courses(data, code), code, every=EVERY[code]))) for code in MODELS][-1]


def _train(code: str, people: Sequence[Asked]) -> Path:
    scores = held_out(people)
    models = _fit(people)
    onnx = as_onnx(models, len(INPUTS))
    names = [each.name for each in people]
    skill = pooled_skill(scores)
    figures = {
        "held_out": {
            "persons": len(scores),
            "forecasts": sum(each.forecasts for each in scores),
            "skill_against_persistence": skill,
            "skill_95": by_person([each.name for each in scores], scores, pooled_skill),
            "skill_against_persistence_of_own_errors": pooled_skill(scores, against="persistence_own"),
            "skill_of_the_body_alone": pooled_skill(scores, of="body"),
            "skill_against_climatology": pooled_skill(scores, against="climatology"),
            "persons_better": float(np.mean([each.skill > 0.0 for each in scores])),
            "covered_90": float(np.average([s.covered_90 for s in scores], weights=[s.forecasts for s in scores])),
            "covered_50": float(np.average([s.covered_50 for s in scores], weights=[s.forecasts for s in scores])),
        },
        "trained_on": names,
        "parameters": PARAMETERS,
    }
    print(code, figures["held_out"], flush=True)
    return ship(onnx, _card(code, figures))


def held_out(people: Sequence[Asked]) -> list[Score]:
    """Everybody, by models that have seen none of their readings."""
    fold = np.random.default_rng(SEED).permutation(len(people)) % FOLDS
    scores = []
    for number in range(FOLDS):
        models = _fit([each for each, own in zip(people, fold, strict=True) if own != number])
        outside = [each for each, own in zip(people, fold, strict=True) if own == number]
        scores += [of_models(models, each, errors_of_others(people, each)) for each in outside]
    return scores


def of_models(models: Sequence[Any], each: Asked, errors: npt.NDArray[np.float64]) -> Score:
    change = predict(models, each.inputs.astype(np.float32))
    ahead = each.now + each.scale * change.T
    return score(each.name, LEVELS, ahead, body=each.body, now=each.now, came=each.came, errors=errors)


def _fit(people: Sequence[Asked]) -> list[Any]:
    rows = np.concatenate([each.inputs for each in people]).astype(np.float32)
    target = np.concatenate([(each.came - each.now) / each.scale for each in people])
    weight = np.concatenate([_weight(each) for each in people])
    return fit(rows, target, weight / weight.mean(), LEVELS)


def _weight(each: Asked) -> npt.NDArray[np.float64]:
    """By scale, for the score counts in the figure's own unit."""
    return np.asarray(each.scale / np.sqrt(len(each.scale)))


def _card(code: str, figures: dict[str, Any]) -> Card:
    unit = SENSORS[code].unit
    return Card(
        name=MODELS[code],
        purpose=f"{SENSORS[code].label} half an hour ahead, in quantiles of its change in units of the person's scale",
        method="gradient-boosted quantile trees (scikit-learn's histogram boosting), one ensemble a level",
        classes=tuple(f"quantile {level:g}" for level in LEVELS),
        inputs=tuple(Input(name, _unit(name, unit), _about(name)) for name in INPUTS),
        data="GlucoBench tables of Dubosson 2018 (CC BY 4.0) and Hall 2018 (CC BY 4.0); PhysioNet: MIMIC numerics "
        "s00001, Challenge 2012 set A (ODC-By 1.0)",
        split=f"{FOLDS}-fold by person; the shipped model is fitted on all persons; parameters by a few trials on "
        "the same persons, so that all this is a little optimistic; persistence is dressed in the errors of everybody "
        "else, and beside it in each person's own over the whole record",
        figures=figures,
        limits=LIMITS,
    )


def _unit(name: str, unit: str) -> str:
    own = {"clock_hours": "h", "bins_known": "1"}
    return own.get(name, unit if name in RAW else "1")


def _about(name: str) -> str:
    return name.replace("_", " ") + ("" if name in RAW else ", over scale")
