"""Fits the model after `beats`: of a beat that is ventricular at all, whether it is a fusion with a normal one.

Few persons have fusion beats, most of them one's, so what tells one is learned of synthetic ones. A large model follows
whatever else the persons with V have in common; this one sees what a fusion beat must be and when it may come.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import xgboost

from ml import artifacts
from ml.signals.beat_features import FUSION_NAMES
from ml.signals.beat_waves import Floats
from ml.signals.beats import CLASSES, FUSED, FUSION_COLUMNS, FUSION_MODEL
from ml.training.beat_examples import FOLDS, Record, balanced, held_out, leads_of, measured, others, person_of
from ml.training.examples import Examples
from ml.training.forests import Settings, fit, onnx
from ml.training.shipping import Card, ship
from ml.training.signal_inputs import FUSION_INPUTS

SETTINGS: Final = Settings(
    n_estimators=60,
    max_depth=4,
    learning_rate=0.15,
    min_child_weight=10.0,
    reg_lambda=10.0,
    subsample=0.6,
    colsample_bytree=0.8,
)
VENTRICULAR: Final = CLASSES.index("V")
FUSION: Final = CLASSES.index("F")
LEAST_BEATS: Final = 5  # of both, for a person to have figures of its own


def train(data: Path, folder: Path = artifacts.FOLDER) -> Path:
    records, beside = measured(data), others(data)
    found = figures(records, held_out(records, beside, fitted))
    forest = _forest([*balanced(leads_of(records)), *beside])
    return ship(onnx(forest, len(FUSION_NAMES)), _card(found), folder)


def fitted(examples: Sequence[Examples]) -> Callable[[Floats], Floats]:
    """From rows (k, len(NAMES)), whole ones as of `beats`, to the probability (k,) of F against V."""
    forest = _forest(examples)
    return lambda rows: np.asarray(forest.predict_proba(rows[:, FUSION_COLUMNS])[:, 1])


def figures(records: Sequence[Record], fused: Sequence[Floats]) -> dict[str, Any]:
    """Of the first lead's beats annotated V or F, how many of each are called F; pooled, and by person with both."""
    counts = {person: np.zeros((2, 2), dtype=np.int64) for person in map(person_of, records)}
    for record, probability in zip(records, fused, strict=True):
        for row, label in enumerate((VENTRICULAR, FUSION)):
            called = probability[record[0].labels == label] > FUSED
            counts[person_of(record)][row] += (len(called), int(called.sum()))
    whole = np.sum(list(counts.values()), axis=0)
    both = {person: count for person, count in counts.items() if count[:, 0].min() >= LEAST_BEATS}
    return {
        "beats_and_called_f": _of(whole),
        "by_person": {person: _of(count) for person, count in both.items()},
        "persons": sorted(counts),
    }


def _of(count: np.ndarray) -> dict[str, list[int]]:
    return {"V": count[0].tolist(), "F": count[1].tolist()}


def _forest(examples: Sequence[Examples]) -> xgboost.XGBClassifier:
    either = [each.take(np.isin(each.labels, (VENTRICULAR, FUSION))) for each in examples]
    chosen = [
        Examples(each.persons, each.rows[:, FUSION_COLUMNS], (each.labels == FUSION).astype(np.int64), each.weights)
        for each in either
    ]
    return fit(chosen, 2, SETTINGS)


def _card(found: dict[str, Any]) -> Card:
    return Card(
        name=FUSION_MODEL,
        purpose="Whether a beat that the model `beats` takes for ventricular or a fusion is a fusion.",
        method=f"Boosted trees (XGBoost, {SETTINGS.n_estimators} rounds of depth {SETTINGS.max_depth}).",
        classes=("ventricular", "fusion"),
        inputs=FUSION_INPUTS,
        data="The beats V and F of the data of the model `beats`; most fusion beats are synthetic.",
        split=f"{FOLDS} folds by person, as of `beats`. F is what is so by more than {FUSED:g}.",
        figures=found,
        limits=(
            "One person has most of the recorded fusion beats.",
            "Without a ventricular shape seen before, there is no fusion.",
            "Not a medical device.",
        ),
    )
