"""Beat classes against the annotations of the MIT-BIH Arrhythmia Database."""

from pathlib import Path
from typing import Any, Final

import numpy as np

from ml import artifacts
from ml.evaluate import annotated
from ml.evaluate.annotated import PACED, AnnotatedRecord
from ml.evaluate.beat_figures import CONVENTION, Matrix, confusion, figures, of_class
from ml.signals.beats import MODEL, classify

LEARNED: Final = "the model was fitted on these records too: for persons it never saw, read the card's figures"


def evaluate(data: Path) -> dict[str, Any]:
    """Of the first lead alone: all records pooled, those that the model never saw, and each record's own."""
    card = artifacts.load(MODEL).card
    fitted_on = set(card["figures"]["persons"])
    records, matrices = [], []
    for record in annotated.mit_bih(data):
        records.append(record)
        matrices.append(confusion(record.classes, classify(record.signal_mv[:, 0], record.rate_hz, record.beats)))
    unpaced = np.array([record.name not in PACED for record in records])
    unseen = np.array([record.person not in fitted_on for record in records])
    return {
        "set": "MIT-BIH Arrhythmia Database, first lead",
        "convention": CONVENTION,
        "caution": "" if unseen.all() else LEARNED,
        "gross": _of(records, matrices, unpaced),
        "unseen_persons": _of(records, matrices, unpaced & unseen),
        "card_held_out": card["figures"]["first_lead"],
        "records": [
            _row(record, matrix, record.person in fitted_on) for record, matrix in zip(records, matrices, strict=True)
        ],
    }


def _of(records: list[AnnotatedRecord], matrices: list[Matrix], which: np.ndarray) -> dict[str, Any]:
    chosen = np.flatnonzero(which)
    if not len(chosen):
        return {"records": 0}
    found = figures([records[each].person for each in chosen], [matrices[each] for each in chosen])
    return {"records": len(chosen), **found}


def _row(record: AnnotatedRecord, matrix: Matrix, fitted_on: bool) -> dict[str, Any]:
    each = {name: of_class(name, [matrix]) for name in ("S", "V")}
    found = {f"{name}_{figure}": each[name][figure] for name in each for figure in ("beats", "sensitivity", "ppv")}
    return {"record": record.name, "person": record.person, "fitted_on": fitted_on, "beats": int(matrix.sum()), **found}
