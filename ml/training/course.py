"""Fits the courses of heart rate and glucose half an hour ahead: quantile trees on what twins knew, split by person.

Every person is replayed through a twin; what `ml.twin.course` then makes of body and course are the inputs, the change
half an hour later is the target. Every forecast counts alike, by the figure's own unit, as it does in the score: when
persons counted by the square root of their forecasts, few continuous recordings had little to say beside many stays.
Of intensive care more stays are learned from than are judged by, each foretold by models that have not seen it.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ml.evaluate.courses import courses
from ml.evaluate.forecast_scores import Score, by_set, score, summary
from ml.evaluate.replayed import Asked, asked, errors_of_others
from ml.training.quantile_trees import PARAMETERS, as_onnx, fit, predict, stretched, widths
from ml.training.shipping import Card, Input, ship
from ml.twin import SENSORS
from ml.twin.course import INPUTS, LEVELS, MODELS, RAW

FOLDS: Final = 4
SEED: Final = 11
EVERY: Final = {"heart_rate": 1, "glucose": 2}
"""Bins of five minutes. A stay is written at any minute of the hour: by every third bin two thirds are lost."""
PARAMETERS_OF: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {"heart_rate": PARAMETERS, "glucose": MappingProxyType({**PARAMETERS, "min_samples_leaf": 60})}
)
"""In leaves of 200 forecasts the few glucoses that rise steeply are lost among those that stay where they are."""
STAYS_LEARNED_FROM: Final = 400
LIMITS: Final = (
    "glucose: continuous monitors of 33 persons, five of them with type 1 diabetes, one maker's sensors; meals and "
    "insulin are not told to it",
    "heart rate: intensive care stays whose rate was written every quarter or half hour, four persons with a chest "
    "belt, one bedside monitor; nobody in sport",
    "whose changes are much wilder than those of their last hours are covered by too narrow a band",
)


@dataclass(frozen=True)
class HeldOut:
    """One person, and the change (n, LEVELS) that models say which have seen none of the readings; in units of the
    scale, not stretched. `fold`: who was kept out together."""

    asked: Asked
    fold: int
    change: npt.NDArray[np.float64]


def train(data: Path, *, code: str) -> Path:
    """The model of one code and its card, whose path is returned."""
    judged = {each.name for each in courses(data, code)}
    everybody = courses(data, code, most_stays=STAYS_LEARNED_FROM)
    people = list(asked(everybody, code, every=EVERY[code]))
    told = held_out(people, PARAMETERS_OF[code])
    scores = scored(told, judged)
    shipped_widths = _widths(told)
    figures = {
        "held_out": summary(scores),
        "held_out_by_set": by_set(scores),
        "held_out_everybody": summary(scored(told, {each.name for each in people})),
        "trained_on": [each.name for each in people],
        "parameters": dict(PARAMETERS_OF[code]),
        "widths": shipped_widths.tolist(),
    }
    print(code, figures["held_out"], flush=True)
    return ship(as_onnx(_fit(people, PARAMETERS_OF[code]), len(INPUTS), LEVELS, shipped_widths), _card(code, figures))


def held_out(people: Sequence[Asked], parameters: Mapping[str, Any]) -> list[HeldOut]:
    """Everybody, by models that have seen none of their readings."""
    fold = np.random.default_rng(SEED).permutation(len(people)) % FOLDS
    told = []
    for number in range(FOLDS):
        models = _fit([each for each, own in zip(people, fold, strict=True) if own != number], parameters)
        outside = [each for each, own in zip(people, fold, strict=True) if own == number]
        told += [HeldOut(each, number, predict(models, each.inputs.astype(np.float32))) for each in outside]
    return told


def scored(told: Sequence[HeldOut], names: Set[str]) -> list[Score]:
    """Each of these names, stretched by what is best for the other folds, beside persistence in the others' errors."""
    judged = [each for each in told if each.asked.name in names]
    among = [each.asked for each in judged]
    by_fold = [_widths([each for each in told if each.fold != number]) for number in range(FOLDS)]
    return [_score(each, by_fold[each.fold], errors_of_others(among, each.asked)) for each in judged]


def _score(told: HeldOut, own: npt.NDArray[np.float64], errors: npt.NDArray[np.float64]) -> Score:
    each = told.asked
    ahead = each.now + each.scale * stretched(told.change, LEVELS, own).T
    return score(each.name, LEVELS, ahead, body=each.body, now=each.now, came=each.came, errors=errors)


def _widths(told: Sequence[HeldOut]) -> npt.NDArray[np.float64]:
    people = [each.asked for each in told]
    change = np.concatenate([each.change for each in told])
    return widths(change, _target(people), _weight(people), LEVELS)


def _fit(people: Sequence[Asked], parameters: Mapping[str, Any]) -> list[Any]:
    rows = np.concatenate([each.inputs for each in people]).astype(np.float32)
    weight = _weight(people)
    return fit(rows, _target(people), weight / weight.mean(), LEVELS, parameters)


def _target(people: Sequence[Asked]) -> npt.NDArray[np.float64]:
    return np.concatenate([(each.came - each.now) / each.scale for each in people])


def _weight(people: Sequence[Asked]) -> npt.NDArray[np.float64]:
    """By scale, for the score counts in the figure's own unit."""
    return np.concatenate([each.scale for each in people])


def _card(code: str, figures: dict[str, Any]) -> Card:
    unit = SENSORS[code].unit
    return Card(
        name=MODELS[code],
        purpose=f"{SENSORS[code].label} half an hour ahead, in quantiles of its change in units of the person's scale",
        method="gradient-boosted quantile trees (scikit-learn's histogram boosting), one ensemble a level, "
        "stretched about the median by what is best on persons held out",
        classes=tuple(f"quantile {level:g}" for level in LEVELS),
        inputs=tuple(Input(name, _unit(name, unit), _about(name)) for name in INPUTS),
        data="GlucoBench tables of Dubosson 2018 (CC BY 4.0) and Hall 2018 (CC BY 4.0); PhysioNet: MIMIC numerics "
        "s00001, Challenge 2012 set A (ODC-By 1.0)",
        split=f"{FOLDS}-fold by person; the shipped model is fitted on all persons; parameters by a few trials on "
        "the same persons, so that all this is a little optimistic; persistence is dressed in the errors of everybody "
        "else, and beside it in each person's own over the whole record; a fold is stretched as is best for the "
        "others. held_out: whom `python -m ml.evaluate forecast` asks; held_out_everybody: all who were learned from",
        figures=figures,
        limits=LIMITS,
    )


def _unit(name: str, unit: str) -> str:
    own = {"clock_hours": "h", "bins_known": "1"}
    return own.get(name, unit if name in RAW else "1")


def _about(name: str) -> str:
    return name.replace("_", " ") + ("" if name in RAW else ", over scale")
