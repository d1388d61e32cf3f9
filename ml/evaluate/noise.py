"""R peaks in noise: the stress test's electrode motion and muscle noise throughout every MIT-BIH record."""

from functools import partial
from pathlib import Path
from typing import Any, Final

from ml.evaluate import ec57, recordings
from ml.evaluate.ec57 import Counts
from ml.evaluate.intervals import by_person
from ml.evaluate.noise_mix import Noise, gain_for
from ml.evaluate.qrs import held_out, pooled
from ml.signals.ecg import detect_r_peaks

KINDS: Final = {"em": "electrode motion", "ma": "muscle noise"}
SNR_DB: Final = (12.0, 6.0)
CONVENTION: Final = (
    f"{ec57.CONVENTION}; noise of the MIT-BIH Noise Stress Test from its beginning, repeated, over the whole record, "
    "its gain by PhysioNet's nst. Persons and noise here are those that the shipped models were fitted on: this tells "
    "whether something broke; what holds for others is under held_out"
)


def evaluate(data: Path) -> dict[str, Any]:
    """By kind and ratio: gross figures and the interval of F1 by person; each record's own."""
    noise = Noise.read(data)
    records = list(recordings.mit_bih(data))
    conditions: dict[str, list[Counts]] = {}
    for kind, words in KINDS.items():
        for snr_db in SNR_DB:
            counts = []
            for record in records:
                added = noise.throughout(kind, len(record.signal_mv), record.rate_hz)
                gain = gain_for(record.signal_mv, record.beats, record.rate_hz, added, snr_db)
                found = detect_r_peaks(record.signal_mv + gain * added, record.rate_hz)
                counts.append(ec57.compare(record.beats, found, record.rate_hz, record.flutter))
            conditions[f"{words} {snr_db:g} dB"] = counts
    persons = [record.person for record in records]
    return {
        "set": "MIT-BIH Arrhythmia Database, first lead, with noise of the Noise Stress Test",
        "convention": CONVENTION,
        **{name: _figures(persons, counts) for name, counts in conditions.items()},
        "held_out": held_out(),
        "persons": len(set(persons)),
        "records": [
            {"record": record.name, **{name: pooled([counts[k]])["f1"] for name, counts in conditions.items()}}
            for k, record in enumerate(records)
        ],
    }


def _figures(persons: list[str], counts: list[Counts]) -> dict[str, Any]:
    return {**pooled(counts), "f1_95_by_person": by_person(persons, counts, partial(_f1))}


def _f1(counts: list[Counts]) -> float:
    return pooled(counts)["f1"]
