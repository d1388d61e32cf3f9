"""Atrial fibrillation in windows of sixty beats: MIT-BIH, CPSC 2021 and CinC 2017, R peaks from our own detector."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ml import artifacts
from ml.evaluate import annotated
from ml.evaluate.annotated import AnnotatedRecord
from ml.evaluate.intervals import by_person
from ml.evaluate.recordings import MissingRecordings
from ml.signals.ecg import detect_r_peaks
from ml.signals.rhythm import MODEL, WINDOW_BEATS, atrial_fibrillation

CONVENTION: Final = (
    "windows of 60 successive beats of our own detector (first lead), a shorter record is one; a window fibrillates if "
    "more than half of its beats do by annotation, atrial flutter counting as fibrillation; CinC 2017: A against N and "
    "O, noisy strips left out; area under the ROC curve over windows, intervals by person"
)
LEARNED: Final = "the model was fitted on these records too: for persons it never saw, read card_held_out"


@dataclass(frozen=True)
class Windows:
    """Of one record. `true`: which fibrillate."""

    database: str
    record: str
    person: str
    true: npt.NDArray[np.bool_]
    intervals: npt.NDArray[np.float64]
    signal: npt.NDArray[np.float64]


def evaluate(data: Path) -> dict[str, Any]:
    """Area under the ROC curve per database, from the intervals alone and with the first lead's waves."""
    card = artifacts.load(MODEL).card
    fitted_on = set(card["figures"]["persons"])
    windows = list(judged(data))
    unseen = [each for each in windows if each.person not in fitted_on]
    return {
        "set": "MIT-BIH Arrhythmia Database, CPSC 2021, CinC 2017: those that are there",
        "convention": CONVENTION,
        "caution": "" if len(unseen) == len(windows) else LEARNED,
        **{name: figures([each for each in windows if each.database == name]) for name in _databases(windows)},
        "unseen_persons": {
            name: figures([each for each in unseen if each.database == name]) for name in _databases(unseen)
        },
        "card_held_out": card["figures"]["held_out"],
        "records": [
            {"record": each.record, "fitted_on": each.person in fitted_on, "windows": len(each.true),
             "fibrillating": int(each.true.sum()), "burden_percent": 100.0 * float(np.mean(each.signal >= 0.5))}
            for each in windows
        ],
    }  # fmt: skip


def judged(data: Path) -> Iterator[Windows]:
    """Every record that is there, by the shipped model. Raises MissingRecordings if there is none at all."""
    found = 0
    for record, peaks, true in labelled(data):
        found += 1
        first = record.signal_mv[:, 0]
        yield Windows(
            database_of(record), record.name, record.person, true,
            atrial_fibrillation(peaks, record.rate_hz), atrial_fibrillation(peaks, record.rate_hz, first),
        )  # fmt: skip
    if not found:
        raise MissingRecordings(f"neither MIT-BIH nor CPSC 2021 nor CinC 2017 in {data}")


def labelled(data: Path) -> Iterator[tuple[AnnotatedRecord, npt.NDArray[np.int64], npt.NDArray[np.bool_]]]:
    """Each record with its detected R peaks and which of its windows fibrillate."""
    for source in (annotated.mit_bih, annotated.cpsc2021, _strips):
        try:
            for record in source(data):
                peaks = detect_r_peaks(record.signal_mv[:, 0], record.rate_hz)
                yield record, peaks, window_share(record, peaks) > 0.5
        except MissingRecordings:
            continue


def window_share(record: AnnotatedRecord, peaks: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Of each window's beats, how many fibrillate by annotation."""
    beats = record.is_fibrillating(peaks)
    if len(peaks) < WINDOW_BEATS:
        return np.array([bool(record.fibrillation) if not len(peaks) else beats.mean()], dtype=np.float64)
    whole = len(peaks) // WINDOW_BEATS * WINDOW_BEATS
    return np.asarray(beats[:whole].reshape(-1, WINDOW_BEATS).mean(axis=1))


def _strips(data: Path) -> Iterator[AnnotatedRecord]:
    """CinC 2017's as records that fibrillate throughout or not at all."""
    nothing = np.zeros(0, np.int64)
    for strip in annotated.cinc2017(data):
        if strip.label != "~":
            whole = [(0, len(strip.signal_mv))] if strip.label == "A" else []
            signal = strip.signal_mv[:, None]
            yield AnnotatedRecord(strip.name, strip.name, strip.rate_hz, signal, nothing, np.array([]), whole, [])


def database_of(record: AnnotatedRecord) -> str:
    if record.person.startswith("cpsc2021"):
        return "cpsc2021"
    return "cinc2017" if record.name.startswith("A") else "mitdb"


def figures(windows: Sequence[Windows]) -> dict[str, Any]:
    persons = [each.person for each in windows]
    only_intervals = [replace(each, signal=each.intervals) for each in windows]
    return {
        "windows": sum(len(each.true) for each in windows),
        "fibrillating": int(sum(each.true.sum() for each in windows)),
        "persons": len(set(persons)),
        "auroc": _auroc(windows),
        "auroc_confidence_95_by_person": by_person(persons, windows, _auroc),
        "auroc_intervals_alone": _auroc(only_intervals),
    }


def _auroc(windows: Sequence[Windows]) -> float:
    """Probability that a fibrillating window is given more than another; not-a-number without both kinds."""
    true = np.concatenate([each.true for each in windows])
    given = np.concatenate([each.signal for each in windows])
    if true.all() or not true.any():
        return float("nan")
    order = np.searchsorted(np.sort(given[~true]), given[true], side="left")
    ties = np.searchsorted(np.sort(given[~true]), given[true], side="right")
    return float((order + ties).mean() / 2.0 / np.count_nonzero(~true))


def _databases(windows: Sequence[Windows]) -> list[str]:
    return sorted({each.database for each in windows})
