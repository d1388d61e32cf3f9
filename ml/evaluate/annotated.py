"""Recordings with what experts said of each beat and of the rhythm, as their publishers lay them out."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import wfdb
from scipy.io import loadmat

from ml.evaluate.recordings import BEAT_SYMBOLS, SAME_PERSON, MissingRecordings, find_folder, read_wfdb

AAMI: Final = {
    **dict.fromkeys("NLRejnB", "N"),
    **dict.fromkeys("AaJS", "S"),
    **dict.fromkeys("VEr", "V"),
    "F": "F",
    **dict.fromkeys("/fQ?", "Q"),
}
"""PhysioNet's beat symbols in the classes of ANSI/AAMI EC57."""
PACED: Final = frozenset({"102", "104", "107", "217"})
FIBRILLATION: Final = frozenset({"(AFIB", "(AFL"})


@dataclass(frozen=True)
class AnnotatedRecord:
    """`signal_mv` (n, leads); `symbols` one per beat; `fibrillation`: stretches of atrial fibrillation or flutter, in
    samples; `flutter`: of ventricular flutter."""

    name: str
    person: str
    rate_hz: float
    signal_mv: npt.NDArray[np.float64]
    beats: npt.NDArray[np.int64]
    symbols: npt.NDArray[np.str_]
    fibrillation: list[tuple[int, int]]
    flutter: list[tuple[int, int]]

    @property
    def classes(self) -> npt.NDArray[np.str_]:
        return np.array([AAMI[symbol] for symbol in self.symbols])

    def is_fibrillating(self, samples: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        inside = np.zeros(len(samples), dtype=np.bool_)
        for first, last in self.fibrillation:
            inside |= (samples >= first) & (samples < last)
        return inside


@dataclass(frozen=True)
class Strip:
    """A short hand-held recording with one word for all of it: N, A (atrial fibrillation), O (other) or ~ (noise)."""

    name: str
    rate_hz: float
    signal_mv: npt.NDArray[np.float64]
    label: str


def mit_bih(data: Path) -> Iterator[AnnotatedRecord]:
    folder = find_folder(data, ("mitdb", "mit-bih-arrhythmia-database-1.0.0"), "*.atr")
    for path in sorted(folder.glob("*.atr")):
        yield _read(folder, path.stem, SAME_PERSON.get(path.stem, path.stem))


def cpsc2021(data: Path) -> Iterator[AnnotatedRecord]:
    """Holter excerpts `data_<person>_<number>`."""
    folder = find_folder(data, ("cpsc2021",), "data_*.atr")
    for path in sorted(folder.glob("data_*.atr")):
        yield _read(folder, path.stem, "cpsc2021-" + path.stem.split("_")[1])


def cinc2017(data: Path) -> Iterator[Strip]:
    """Each strip is a person: who was recorded twice is not told."""
    folder = find_folder(data, ("cinc2017", "training2017"), "A*.mat")
    reference = folder / "REFERENCE.csv"
    if not reference.is_file():
        raise MissingRecordings(f"no REFERENCE.csv in {folder}")
    for line in reference.read_text(encoding="utf-8").split():
        name, label = line.split(",")[:2]
        if (folder / f"{name}.mat").is_file():
            yield Strip(name, 300.0, loadmat(folder / f"{name}.mat")["val"].ravel() / 1000.0, label)


def _read(folder: Path, name: str, person: str) -> AnnotatedRecord:
    one = read_wfdb(folder, name)
    samples, _ = wfdb.rdsamp(str(folder / name))
    annotation = wfdb.rdann(str(folder / name), "atr")
    symbols = np.array([symbol for symbol in annotation.symbol if symbol in BEAT_SYMBOLS])
    return AnnotatedRecord(
        name=name,
        person=person,
        rate_hz=one.rate_hz,
        signal_mv=np.ascontiguousarray(samples, dtype=np.float64),
        beats=one.beats,
        symbols=symbols,
        fibrillation=_fibrillation(annotation, folder / f"{name}.hea", len(samples)),
        flutter=one.flutter,
    )


def _fibrillation(annotation: wfdb.Annotation, header: Path, length: int) -> list[tuple[int, int]]:
    """From each rhythm label of fibrillation or flutter to the next label. CPSC 2021 names a record that fibrillates
    throughout in its header."""
    changes = [
        (int(sample), text.strip("\x00"))
        for sample, symbol, text in zip(annotation.sample, annotation.symbol, annotation.aux_note, strict=True)
        if symbol == "+"
    ]
    bounds = pairwise([*changes, (length, "")])
    found = [(start, end) for (start, label), (end, _) in bounds if label in FIBRILLATION]
    return [(0, length)] if not found and "# persistent" in header.read_text(encoding="utf-8") else found
