"""Fits `ml.signals.rhythm`: the judgement on persons held out first, then the model on all of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ml import artifacts
from ml.evaluate import annotated
from ml.evaluate.annotated import AnnotatedRecord
from ml.evaluate.recordings import MissingRecordings
from ml.evaluate.rhythm import CONVENTION, Windows, database_of, figures, labelled, window_share
from ml.signals.beat_waves import Floats
from ml.signals.rhythm import MODEL, NAMES, WINDOW_BEATS, rows
from ml.training.beat_examples import sources
from ml.training.beat_rhythms import PATTERNS
from ml.training.beat_synthesis import RATE_HZ, stretch_pairs
from ml.training.examples import SEED, Examples, folds, without
from ml.training.forests import Forest, Settings, fit, onnx
from ml.training.shipping import Card, ship
from ml.training.signal_inputs import RHYTHM_INPUTS

SETTINGS: Final = Settings(n_estimators=150, max_depth=3, learning_rate=0.06, min_child_weight=0.5)
FOLDS: Final = 8
SYNTHETIC_START: Final = 5
STRIP_STARTS: Final = (10, 15)  # further windows of a short strip: first beat and step
CLEAR: Final = 0.05  # windows in which the rhythm changes teach nothing


@dataclass(frozen=True)
class Judged:
    """One record with detected peaks: its windows' features without and with the first lead's waves, and the truth."""

    record: AnnotatedRecord
    true: npt.NDArray[np.bool_]
    intervals: Floats
    signal: Floats


def train(data: Path, folder: Path = artifacts.FOLDER) -> Path:
    records = list(labelled(data))
    judged = [
        Judged(record, true, rows(peaks, record.rate_hz), rows(peaks, record.rate_hz, record.signal_mv[:, 0]))
        for record, peaks, true in records
    ]
    learned = _balanced([each for record, peaks, _ in records for each in _examples(record, peaks)])
    beside = list(_synthetic(data))
    held_out = _held_out(judged, learned, beside)
    forest = fit([*learned, *beside], 2, SETTINGS)
    return ship(onnx(forest, len(NAMES)), _card(held_out), folder)


def _examples(record: AnnotatedRecord, detected: npt.NDArray[np.int64]) -> Iterator[Examples]:
    """Windows without and with the waves of each lead, beats as detected and as annotated."""
    for peaks in (detected, record.beats) if len(record.beats) else (detected,):
        share, starts = window_share(record, peaks), None
        if not len(record.beats) and len(peaks) > WINDOW_BEATS // 2:
            more = np.arange(STRIP_STARTS[0], len(peaks) - WINDOW_BEATS // 3, STRIP_STARTS[1])
            starts = np.concatenate(([0], more))
            share = np.full(len(starts), share[0])
        clear = (share <= CLEAR) | (share >= 1.0 - CLEAR)
        for lead in (None, *record.signal_mv.T):
            found = rows(peaks, record.rate_hz, lead, starts)[clear]
            labels = (share > 0.5).astype(np.int64)[clear]
            yield Examples(frozenset({record.person}), found, labels, np.ones(len(labels)), True)


def _balanced(examples: Sequence[Examples]) -> list[Examples]:
    """A person counts as the root of its windows, and both answers alike; mean weight 1."""
    windows: dict[frozenset[str], int] = {}
    for each in examples:
        windows[each.persons] = windows.get(each.persons, 0) + len(each.labels)
    weights = [each.weights / np.sqrt(windows[each.persons]) for each in examples]
    labels = np.concatenate([each.labels for each in examples])
    total = np.bincount(labels, np.concatenate(weights), minlength=2)
    scale = len(labels) / 2.0 / np.maximum(total, 1e-9)
    return [
        Examples(each.persons, each.rows, each.labels, weight * scale[each.labels], each.measured)
        for each, weight in zip(examples, weights, strict=True)
    ]


def _synthetic(data: Path) -> Iterator[Examples]:
    """A window of each synthetic stretch, without and with its waves; few of them fibrillate, those count the more."""
    generator = np.random.default_rng(SEED)
    rare = sum(not each.fibrillation for each in PATTERNS) / sum(each.fibrillation for each in PATTERNS)
    start = np.array([SYNTHETIC_START])
    try:
        hosts = list(sources(list(annotated.mit_bih(data))))
    except MissingRecordings:
        return
    for pattern, made in stretch_pairs(hosts, generator, SYNTHETIC_START + WINDOW_BEATS + 5):
        weight = np.array([rare if pattern.fibrillation else 1.0])
        for lead in (None, made.signal_mv):
            found = rows(made.r_peaks, RATE_HZ, lead, start)
            yield Examples(made.persons, found, np.array([int(pattern.fibrillation)]), weight)


def _held_out(judged: Sequence[Judged], learned: Sequence[Examples], beside: Sequence[Examples]) -> list[Windows]:
    """Every record, by a model that knew nobody of it."""
    found = []
    for fold in folds(_persons(judged), FOLDS):
        forest: Forest = fit([*without(learned, fold), *without(beside, fold)], 2, SETTINGS)
        for each in judged:
            if each.record.person in fold:
                without_waves, with_waves = (
                    forest.predict_proba(given)[:, 1].astype(np.float64) for given in (each.intervals, each.signal)
                )
                name, database = each.record.name, database_of(each.record)
                found.append(Windows(database, name, each.record.person, each.true, without_waves, with_waves))
    return found


def _persons(judged: Sequence[Judged]) -> list[str]:
    """Those with most fibrillating windows first."""
    return list(dict.fromkeys(each.record.person for each in sorted(judged, key=lambda one: -int(one.true.sum()))))


def _card(held_out: Sequence[Windows]) -> Card:
    databases = sorted({each.database for each in held_out})
    figures_by_set: dict[str, Any] = {
        name: figures([each for each in held_out if each.database == name]) for name in databases
    }
    return Card(
        name=MODEL,
        purpose=(
            "How likely a window of sixty heartbeats is atrial fibrillation, from the intervals and, if given, a lead."
        ),
        method=(
            f"Boosted trees (XGBoost, {SETTINGS.n_estimators} rounds of depth {SETTINGS.max_depth}) over the disorder "
            "of the intervals and over what keeps time before the QRS; fitted on windows with and without waves."
        ),
        classes=("other", "atrial fibrillation"),
        inputs=RHYTHM_INPUTS,
        data=(
            "MIT-BIH Arrhythmia Database and CPSC 2021 (both leads, beats as annotated and as detected), CinC 2017 "
            "strips N, A and O; and synthetic rhythms put together from MIT-BIH beats (ml.training.beat_rhythms)."
        ),
        split=(
            f"Figures: {FOLDS} folds by person, synthetic stretches of held-out persons left out. The shipped model is "
            "fitted on all."
        ),
        figures={
            "convention": CONVENTION,
            "held_out": figures_by_set,
            "persons": sorted({each.person for each in held_out}),
        },
        limits=(
            "MIT-BIH at hand has two persons who fibrillate and CPSC 2021 one: their figures say little of others.",
            "Regular atrial flutter is told by its waves only, and seldom.",
            "Under sixty beats less is known, and under about twenty little.",
            "Not a medical device.",
        ),
    )
