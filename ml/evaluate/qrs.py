"""R peaks against the annotations of the MIT-BIH Arrhythmia Database.

The shipped models were fitted on these persons, so what is measured here tells whether something broke; what holds for
others was measured by person when they were fitted, stands in their cards, and is repeated under `held_out`.
"""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ml import artifacts
from ml.evaluate import ec57, recordings
from ml.evaluate.ec57 import Counts, rates
from ml.evaluate.intervals import by_person
from ml.signals import qrs_judges
from ml.signals.ecg import detect_r_peaks

FIGURES = ("sensitivity", "ppv", "f1")


def evaluate(data: Path) -> dict[str, Any]:
    """Gross figures (all beats pooled), averages (mean of records), intervals by person, and each record's own."""
    names, persons, counts = [], [], []
    for record in recordings.mit_bih(data):
        found = detect_r_peaks(record.signal_mv, record.rate_hz)
        counts.append(ec57.compare(record.beats, found, record.rate_hz, record.flutter))
        names.append(record.name)
        persons.append(record.person)
    each = [_figures(one) for one in counts]
    return {
        "set": "MIT-BIH Arrhythmia Database, first lead",
        "convention": ec57.CONVENTION,
        "gross": pooled(counts),
        "average": {name: float(np.nanmean([figures[name] for figures in each])) for name in FIGURES},
        "confidence_95_by_person": {
            name: by_person(persons, counts, partial(_pooled_figure, name)) for name in FIGURES
        },
        "median_of_records": {
            "bias_ms": float(np.nanmedian([one.bias_ms for one in counts])),
            "jitter_ms": float(np.nanmedian([one.jitter_ms for one in counts])),
        },
        "held_out": held_out(),
        "persons": len(set(persons)),
        "records": [
            {"record": name, "person": person, **figures}
            for name, person, figures in zip(names, persons, each, strict=True)
        ],
    }


def held_out() -> dict[str, Any]:
    """What was measured on persons and noise that the models were not fitted on, when they were fitted."""
    card = artifacts.load(qrs_judges.NAMES[-1]).card
    return {"split": card["split"], **card["figures"]}


def pooled(counts: list[Counts]) -> dict[str, float]:
    """All beats as if of one record."""
    found, missed, false = (sum(getattr(one, kind) for one in counts) for kind in ("found", "missed", "false"))
    return {"beats": found + missed, "missed": missed, "false": false, **rates(found, missed, false)}


def _pooled_figure(name: str, counts: list[Counts]) -> float:
    return pooled(counts)[name]


def _figures(one: Counts) -> dict[str, float]:
    return {**pooled([one]), "bias_ms": one.bias_ms, "jitter_ms": one.jitter_ms}
