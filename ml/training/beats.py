"""Fits `ml.signals.beats`: the judgement on persons held out first, then the model on all of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from ml import artifacts
from ml.evaluate.annotated import PACED
from ml.evaluate.beat_figures import CONVENTION, confusion, figures
from ml.signals.beat_features import NAMES
from ml.signals.beat_waves import Floats
from ml.signals.beats import CLASSES, MODEL, decide, with_fusions
from ml.training import beats_fusion
from ml.training.beat_examples import FOLDS, Record, balanced, folds_of, leads_of, measured, others, person_of
from ml.training.examples import Examples, without
from ml.training.forests import Settings, fit, onnx
from ml.training.shipping import Card, ship
from ml.training.signal_inputs import BEAT_INPUTS

SETTINGS: Final = Settings(
    n_estimators=100,
    max_depth=6,
    learning_rate=0.12,
    min_child_weight=6.0,
    reg_lambda=10.0,
    subsample=0.6,
    colsample_bytree=0.25,
)


def train(data: Path, folder: Path = artifacts.FOLDER) -> Path:
    records, beside = measured(data), others(data)
    held_out = _held_out(records, beside)
    forest = fit([*balanced(leads_of(records)), *beside], len(CLASSES), SETTINGS)
    return ship(onnx(forest, len(NAMES)), _card(records, held_out), folder)


def _held_out(records: Sequence[Record], beside: Sequence[Examples]) -> list[list[Floats]]:
    """Probabilities for each record and lead by models that knew nobody of them."""
    given: dict[int, list[Floats]] = {}
    for fold in folds_of(records):
        known = [*balanced(without(leads_of(records), fold)), *without(beside, fold)]
        forest, fused = fit(known, len(CLASSES), SETTINGS), beats_fusion.fitted(known)
        for number, record in enumerate(records):
            if record[0].persons <= fold:
                given[number] = [with_fusions(forest.predict_proba(lead.rows), fused(lead.rows)) for lead in record]
    return [given[number] for number in range(len(records))]


def _figures(records: Sequence[Record], held_out: Sequence[list[Floats]]) -> dict[str, Any]:
    unpaced = [number for number, record in enumerate(records) if person_of(record) not in PACED]
    paced = [number for number in range(len(records)) if number not in unpaced]
    annotated = [np.array(CLASSES)[record[0].labels] for record in records]
    first = [confusion(annotated[n], decide(held_out[n][0])) for n in range(len(records))]
    both = [confusion(annotated[n], decide(np.mean(held_out[n], axis=0))) for n in range(len(records))]
    persons = [person_of(record) for record in records]

    def of(matrices: list[np.ndarray], which: list[int]) -> dict[str, Any]:
        return figures([persons[n] for n in which], [matrices[n] for n in which]) if which else {}

    return {
        "convention": CONVENTION,
        "first_lead": of(first, unpaced),
        "both_leads": of(both, unpaced),
        "paced_first_lead": of(first, paced),
        "records_first_lead": {persons[n]: first[n].tolist() for n in range(len(records))},
        "persons": sorted(set(persons)),
    }


def _card(records: Sequence[Record], held_out: Sequence[list[Floats]]) -> Card:
    return Card(
        name=MODEL,
        purpose=(
            "The class of each heartbeat (ANSI/AAMI EC57: N, S, V, F, Q) from one ECG lead of a wearable or a monitor."
        ),
        method=(
            f"Boosted trees (XGBoost, {SETTINGS.n_estimators} rounds of depth {SETTINGS.max_depth}) over intervals and "
            "waves in proportion to the person's own: shapes of many minutes, the sixty beats before, the seven "
            "seconds after; which of V and F a beat is, the model beats_fusion says. "
            "docs/rhythm.md has the comparison of learners by person that chose them."
        ),
        classes=CLASSES,
        inputs=BEAT_INPUTS,
        data=(
            f"MIT-BIH Arrhythmia Database, {len(records)} records, both leads; CPSC 2021 Holter excerpts; strips of "
            "CinC 2017 called normal or fibrillating; the same MIT-BIH records with noise of the Noise Stress Test; "
            "and synthetic stretches put together from their beats (ml.training.beat_synthesis)."
        ),
        split=(
            f"Figures: {FOLDS} folds by person; every record is judged by a model that saw neither its person nor a "
            "synthetic stretch with one of that person's beats. The shipped model is fitted on all."
        ),
        figures=_figures(records, held_out),
        limits=(
            "Half of the fusion beats are not told, above all those that are nearly normal.",
            "Aberrantly conducted premature beats in atrial fibrillation are called V.",
            "Q is the class of paced beats, of what a detector takes for a beat in noise, and of beats half missing.",
            "Adults' Holter recordings at 360 Hz taught it; children and the newborn were never measured.",
            "Not a medical device.",
        ),
    )
