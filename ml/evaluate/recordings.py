"""Reads the recordings that the tasks are measured on, as their publishers lay them out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import wfdb

BEAT_SYMBOLS: Final = frozenset("NLRBAaJSVrFejnE/fQ?")
SAME_PERSON: Final = {"202": "201"}  # PhysioNet: records 201 and 202 are of one person
CAMERA_RATE_HZ: Final = 30.0


class MissingRecordings(Exception):
    """There is nothing to measure on; the message says where it was sought."""


@dataclass(frozen=True)
class EcgRecord:
    """`signal_mv` (n,), first lead; `beats`: annotated samples; `flutter`: stretches of ventricular flutter."""

    name: str
    person: str
    rate_hz: float
    signal_mv: npt.NDArray[np.float64]
    beats: npt.NDArray[np.int64]
    flutter: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True)
class PpgRecord:
    """`signal` (n,) at an even rate, begun together with `intervals_s`, the beat-to-beat times of a chest belt."""

    name: str
    person: str
    rate_hz: float
    signal: npt.NDArray[np.float64]
    intervals_s: npt.NDArray[np.float64]


def find_folder(data: Path, names: tuple[str, ...], pattern: str) -> Path:
    """The first of `data`/name, or `data` itself, that holds files like `pattern`. Raises MissingRecordings."""
    for folder in (*(data / name for name in names), data):
        if folder.is_dir() and any(folder.glob(pattern)):
            return folder
    raise MissingRecordings(f"no {pattern} in {data} nor in its {' or '.join(names)}")


def mit_bih(data: Path) -> Iterator[EcgRecord]:
    """The annotated records of the MIT-BIH Arrhythmia Database."""
    folder = find_folder(data, ("mitdb", "mit-bih-arrhythmia-database-1.0.0"), "*.atr")
    for path in sorted(folder.glob("*.atr")):
        yield read_wfdb(folder, path.stem)


def read_wfdb(folder: Path, name: str) -> EcgRecord:
    """One WFDB record with its `.atr` annotation, first lead."""
    samples, info = wfdb.rdsamp(str(folder / name), channels=[0])
    annotation = wfdb.rdann(str(folder / name), "atr")
    is_beat = np.array([symbol in BEAT_SYMBOLS for symbol in annotation.symbol])
    return EcgRecord(
        name=name,
        person=SAME_PERSON.get(name, name),
        rate_hz=float(info["fs"]),
        signal_mv=np.asarray(samples[:, 0], dtype=np.float64),
        beats=np.asarray(annotation.sample, dtype=np.int64)[is_beat],
        flutter=_flutter(annotation.sample.tolist(), annotation.symbol, len(samples)),
    )


def _flutter(samples: list[int], symbols: list[str], length: int) -> list[tuple[int, int]]:
    """From each "[" to its "]", or to the end."""
    stretches, begun = [], None
    for sample, symbol in zip(samples, symbols, strict=True):
        if symbol == "[":
            begun = sample
        elif symbol == "]" and begun is not None:
            stretches.append((begun, sample))
            begun = None
    return stretches if begun is None else [*stretches, (begun, length)]


def welltory(data: Path) -> Iterator[PpgRecord]:
    """Finger-on-camera PPG of the Welltory set: red channel at an even rate, beside a chest belt's beats."""
    folder = find_folder(data, ("welltory_ppg", "welltory-ppg-dataset"), "*/PPG.csv")
    for path in sorted(folder.glob("*/PPG.csv")):
        table = np.loadtxt(path, delimiter=",", skiprows=1)
        seconds = table[:, 0] / 1000.0
        even = np.arange(seconds[0], seconds[-1], 1.0 / CAMERA_RATE_HZ)
        intervals_s = np.array((path.parent / "RR.txt").read_text().split(), dtype=np.float64) / 1000.0
        name = path.parent.name
        yield PpgRecord(name, name, CAMERA_RATE_HZ, np.interp(even, seconds, table[:, 1]), intervals_s)
