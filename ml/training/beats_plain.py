"""Fits the model before `beats`, which says of most beats that they are plainly normal: by person, then on all.

It sees the part of what `beats` sees that needs neither all neighbours nor their waves. What it calls plain is not
looked at again, so what matters is how many beats that are not normal are among them, on persons held out.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import xgboost

from ml import artifacts
from ml.evaluate.annotated import PACED
from ml.signals.beat_features import PLAIN_NAMES
from ml.signals.beat_waves import Floats
from ml.signals.beats import CLASSES, PLAIN_MODEL, PLAINLY_NORMAL
from ml.signals.filters import BoolArray
from ml.training.beat_examples import FOLDS, Record, balanced, held_out, leads_of, measured, others, person_of
from ml.training.examples import Examples
from ml.training.forests import Settings, fit, onnx
from ml.training.shipping import Card, ship
from ml.training.signal_inputs import BEAT_INPUTS

SETTINGS: Final = Settings(n_estimators=60, max_depth=4, learning_rate=0.2, min_child_weight=6.0)


def train(data: Path, folder: Path = artifacts.FOLDER) -> Path:
    records = [[_without_waves(lead) for lead in record] for record in measured(data)]
    beside = [_without_waves(each) for each in others(data)]
    plain = held_out(records, beside, _fitted)
    forest = _fit([*balanced(leads_of(records)), *beside])
    return ship(onnx(forest, len(PLAIN_NAMES)), _card(figures(records, plain)), folder)


def _without_waves(each: Examples) -> Examples:
    return replace(each, rows=each.rows[:, : len(PLAIN_NAMES)])


def _fit(examples: Sequence[Examples]) -> xgboost.XGBClassifier:
    return fit([replace(each, labels=np.minimum(each.labels, 1)) for each in examples], 2, SETTINGS)


def _fitted(examples: Sequence[Examples]) -> Callable[[Floats], BoolArray]:
    """From rows to which beats (k,) are plainly normal."""
    forest = _fit(examples)
    return lambda rows: np.asarray(forest.predict_proba(rows)[:, 0] > PLAINLY_NORMAL)


def figures(records: Sequence[Record], plain: Sequence[BoolArray]) -> dict[str, Any]:
    """What share of each class is called plainly normal, paced persons left out; and whose wrongly so."""
    unpaced = [number for number, record in enumerate(records) if person_of(record) not in PACED]
    labels = np.concatenate([records[number][0].labels for number in unpaced])
    called = np.concatenate([plain[number] for number in unpaced])
    wrong: dict[str, int] = {}
    for number in unpaced:
        person = person_of(records[number])
        wrong[person] = wrong.get(person, 0) + int((plain[number] & (records[number][0].labels > 0)).sum())
    return {
        "share_called_plainly_normal": float(called.mean()),
        "share_of_class": {
            name: float(called[labels == number].mean())
            for number, name in enumerate(CLASSES)
            if (labels == number).any()
        },
        "not_normal_called_plain": int((called & (labels > 0)).sum()),
        "of_beats": len(labels),
        "by_person": {person: count for person, count in wrong.items() if count},
        "persons": sorted({person_of(record) for record in records}),
    }


def _card(measured_figures: dict[str, Any]) -> Card:
    return Card(
        name=PLAIN_MODEL,
        purpose="Whether a heartbeat is plainly normal, so that the model `beats` need not be asked.",
        method=f"Boosted trees (XGBoost, {SETTINGS.n_estimators} rounds of depth {SETTINGS.max_depth}), first lead.",
        classes=("normal", "not plainly normal"),
        inputs=BEAT_INPUTS[: len(PLAIN_NAMES)],
        data="As of the model `beats`.",
        split=f"{FOLDS} folds by person, as of `beats`. Plain is what is normal by more than {PLAINLY_NORMAL:g}.",
        figures=measured_figures,
        limits=(
            "Premature beats that come hardly early, and fusion beats, are called plain: `beats` misses them too.",
        ),
    )
