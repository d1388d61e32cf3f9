"""What the beat classifier learns from: every recording there is with beats, and stretches put together from them."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt
from scipy.io import loadmat

from ml.evaluate import annotated
from ml.evaluate.annotated import AnnotatedRecord
from ml.evaluate.ec57 import match
from ml.evaluate.recordings import MissingRecordings
from ml.signals.beat_features import NAMES
from ml.signals.beat_rows import BeatRowBank
from ml.signals.beat_waves import Floats
from ml.signals.beats import CLASSES, OFFLINE_PIECE_S, whole
from ml.signals.ecg import detect_r_peaks
from ml.training.beat_synthesis import RATE_HZ, Made, Source, source, synthesise
from ml.training.examples import SEED, Examples, folds, without

T = TypeVar("T")

NORMAL_KEPT: Final = 3  # every how-manyth normal beat of a long recording
SYNTHETIC_KEPT: Final = 0.3
SYNTHETIC_WEIGHT: Final = {"N": 0.4, "S": 0.8, "V": 0.5, "F": 0.3}
NOISE_WEIGHT: Final = 0.5
NOISE_S: Final = 240
NOISE_KINDS: Final = ("EM", "MA", "EM", "BW")
NOISE_DB: Final = (-6.0, 0.0, 6.0, 12.0)
FOLDS: Final = 8
LANES: Final = 64
LEAST_LIKENESS: Final = 0.85
MOST_EARLY: Final = 0.15


Record = list[Examples]
"""The leads of one recording, beat for beat."""


@cache
def measured(data: Path) -> list[Record]:
    """Per record, per lead: every annotated beat of MIT-BIH, in order, each of weight 1. Two models learn of it."""
    return [[_examples(record.person, rows, record.classes, 1.0, True) for rows in _rows(record)]
            for record in annotated.mit_bih(data)]  # fmt: skip


@cache
def others(data: Path) -> list[Examples]:
    """What is learned from beside the recordings that figures are measured on."""
    generator = np.random.default_rng(SEED)
    records = list(annotated.mit_bih(data))
    return [*_of_other_sets(data), *_in_noise(data, records, generator), *_synthetic(records, generator)]


def balanced(leads: Sequence[Examples]) -> list[Examples]:
    """Thinned, and weighted so that a person's class counts as the root of its beats, and a class as its root again."""
    thin = [each.take((each.labels != 0) | (np.arange(len(each.labels)) % NORMAL_KEPT == 0)) for each in leads]
    weights = [each.weights / np.sqrt(np.bincount(each.labels, minlength=len(CLASSES)))[each.labels] for each in thin]
    labels = np.concatenate([each.labels for each in thin])
    total = np.bincount(labels, np.concatenate(weights), minlength=len(CLASSES))
    scale = np.divide(1.0, np.sqrt(total), out=np.zeros(len(CLASSES)), where=total > 0)
    mean = float((np.concatenate(weights) * scale[labels]).mean())
    return [
        Examples(each.persons, each.rows, each.labels, weight * scale[each.labels] / mean, each.measured)
        for each, weight in zip(thin, weights, strict=True)
    ]


def person_of(record: Record) -> str:
    return next(iter(record[0].persons))


def leads_of(records: Sequence[Record]) -> list[Examples]:
    return [lead for record in records for lead in record]


def folds_of(records: Sequence[Record]) -> list[frozenset[str]]:
    """Whom to hold out at a time: those with most beats that are not normal are in different folds."""
    rich = sorted(records, key=lambda record: -int((record[0].labels > 0).sum()))
    return folds(list(dict.fromkeys(person_of(record) for record in rich)), FOLDS)


def held_out(
    records: Sequence[Record], beside: Sequence[Examples], fitted: Callable[[Sequence[Examples]], Callable[[Floats], T]]
) -> list[T]:
    """What models say of the rows of each record's first lead, each `fitted` without anybody of the record."""
    said: dict[int, T] = {}
    for fold in folds_of(records):
        model = fitted([*balanced(without(leads_of(records), fold)), *without(beside, fold)])
        said |= {number: model(record[0].rows) for number, record in enumerate(records) if record[0].persons <= fold}
    return [said[number] for number in range(len(records))]


def _rows(record: AnnotatedRecord) -> Floats:
    """(leads, beats, features)."""
    return lead_rows(record.signal_mv, record.rate_hz, record.beats)


def lead_rows(signal_mv: npt.NDArray[np.float64], rate_hz: float, r_peaks: npt.NDArray[np.int64]) -> Floats:
    """Of a whole recording (n, leads): (leads, beats, features)."""
    leads = np.ascontiguousarray(signal_mv.T)
    found = BeatRowBank(rate_hz, len(leads), OFFLINE_PIECE_S).push(*whole(leads, rate_hz, r_peaks))
    return found.rows.reshape(len(leads), len(r_peaks), len(NAMES))


def _of_other_sets(data: Path) -> Iterator[Examples]:
    """Labelled Holter excerpts; and hand-held strips called normal or fibrillating, of which the beats that look like
    the rest, and in a normal one come on time, are taken as normal. A set that is not there is left out."""
    for record in _present(annotated.cpsc2021(data)):
        yield from (_examples(record.person, rows, record.classes, 1.0) for rows in _rows(record))
    for strip in _present(annotated.cinc2017(data)):
        peaks = detect_r_peaks(strip.signal_mv, strip.rate_hz) if strip.label in ("N", "A") else np.zeros(0, np.int64)
        if len(peaks) >= 15:
            rows = lead_rows(strip.signal_mv[:, None], strip.rate_hz, peaks)[0]
            kept = (rows[:, NAMES.index("qrs_likeness")] > LEAST_LIKENESS) & (np.arange(len(rows)) > 2)
            if strip.label == "N":
                kept &= np.abs(rows[:, NAMES.index("rr_to_local")]) < MOST_EARLY
            yield _examples(strip.name, rows[kept], np.full(int(kept.sum()), "N"), 1.0)


def _present(records: Iterator[T]) -> Iterator[T]:
    try:
        yield from records
    except MissingRecordings as missing:
        print(f"left out: {missing}")


def _in_noise(data: Path, records: list[AnnotatedRecord], generator: np.random.Generator) -> Iterator[Examples]:
    """Four minutes of each lead with noise of the stress test (its first half), R peaks as the detector gives them;
    what it wrongly took for a beat is Q."""
    for record in records:
        length = round(NOISE_S * record.rate_hz)
        for signal in record.signal_mv.T:
            path = data / "nstdb_noise" / f"{NOISE_KINDS[generator.integers(len(NOISE_KINDS))]}.mat"
            if not path.is_file():
                return
            start = int(generator.integers(0, len(signal) - length))
            noise = loadmat(path)[path.stem][:, 0].astype(np.float64)
            first = int(generator.integers(0, len(noise) // 2 - length))
            own = (record.beats >= start) & (record.beats < start + length)
            ratio_db = NOISE_DB[generator.integers(len(NOISE_DB))]
            noisy = _mixed(signal[start : start + length], noise[first : first + length], ratio_db)
            peaks = detect_r_peaks(noisy, record.rate_hz)
            pairs = match(record.beats[own] - start, peaks, 0.15 * record.rate_hz)
            classes = np.full(len(peaks), "Q")
            classes[pairs[:, 1]] = record.classes[own][pairs[:, 0]]
            yield _examples(record.person, lead_rows(noisy[:, None], record.rate_hz, peaks)[0], classes, NOISE_WEIGHT)


def _mixed(signal: npt.NDArray[np.float64], noise: npt.NDArray[np.float64], ratio_db: float) -> npt.NDArray[np.float64]:
    """`ratio_db`: an eighth of the squared height, over the noise's power, as the stress test has it."""
    height = float(np.percentile(signal, 99.5) - np.percentile(signal, 0.5))
    power = float(np.var(noise))
    return np.asarray(signal + (noise - noise.mean()) * np.sqrt(height**2 / 8.0 / power / 10.0 ** (ratio_db / 10.0)))


def _synthetic(records: list[AnnotatedRecord], generator: np.random.Generator) -> Iterator[Examples]:
    made = synthesise(list(sources(records)), generator)
    for first in range(0, len(made), LANES):
        stretches = made[first : first + LANES]
        for stretch, rows in zip(stretches, _stretch_rows(stretches), strict=True):
            kept = (generator.uniform(size=len(rows)) < SYNTHETIC_KEPT) | (stretch.classes == "F")
            weights = np.array([SYNTHETIC_WEIGHT[each] for each in stretch.classes[kept]])
            yield Examples(stretch.persons, rows[kept], numbers(stretch.classes[kept]), weights)


def sources(records: list[AnnotatedRecord]) -> Iterator[Source]:
    """Each lead of each record at `RATE_HZ` that has enough normal beats."""
    for record in records:
        for lead, signal in enumerate(record.signal_mv.T):
            found = source(record.person, lead, signal, record.beats, record.symbols)
            if found is not None and record.rate_hz == RATE_HZ:
                yield found


def _stretch_rows(stretches: list[Made]) -> Iterator[Floats]:
    """Many at once: each is a lane."""
    signals = np.full((len(stretches), max(len(each.signal_mv) for each in stretches)), np.nan)
    for row, each in zip(signals, stretches, strict=True):
        row[: len(each.signal_mv)] = each.signal_mv
    lanes, padded, *_ = whole(signals, RATE_HZ, np.zeros(0, np.int64))
    peak_lane = np.repeat(lanes, [len(each.r_peaks) for each in stretches])
    peaks = np.concatenate([each.r_peaks for each in stretches])
    found = BeatRowBank(RATE_HZ, len(stretches)).push(lanes, padded, peak_lane, peaks)
    return (found.rows[found.lane == lane] for lane in lanes)


def _examples(
    person: str, rows: Floats, classes: npt.NDArray[np.str_], weight: float, is_measured: bool = False
) -> Examples:
    return Examples(frozenset({person}), rows, numbers(classes), np.full(len(rows), weight), is_measured)


def numbers(classes: npt.NDArray[np.str_]) -> npt.NDArray[np.int64]:
    return np.array([CLASSES.index(each) for each in classes], dtype=np.int64)
