"""Reads the intensive-care stays of the PhysioNet/Computing in Cardiology Challenge 2012, in either form: the
publisher's (`set-a/132539.txt`, one comma-separated file a stay) or one parquet table of all stays of a set."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from ml.evaluate.recordings import MissingRecordings
from ml.scoring.course import Course, course

FOLDERS: Final = ("cinc2012", "challenge-2012-1.0.0", "challenge-2012")
HEADER: Final = "Time"


@dataclass(frozen=True)
class Stay:
    """One stay's first 48 h. `died`: in hospital; `saps`: SAPS-I as published, not-a-number where it is not given."""

    record: int
    course: Course
    died: bool
    saps: float


Rows = tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], npt.NDArray[np.str_], npt.NDArray[np.float64]]


def stays(data: Path) -> list[Stay]:
    """Every stay below `data` whose outcome is known, in the order of its number. Raises MissingRecordings."""
    folder = next((data / name for name in FOLDERS if (data / name).is_dir()), data)
    outcomes = _outcomes(folder)
    found = {record: Stay(record, read, *outcomes[record]) for record, read in _courses(folder) if record in outcomes}
    if not found:
        raise MissingRecordings(f"no set-*.parquet and no [0-9]*.txt of a stay with a known outcome in {folder}")
    return [found[record] for record in sorted(found)]


def _outcomes(folder: Path) -> dict[int, tuple[bool, float]]:
    """By stay: whether the patient died in hospital, and SAPS-I."""
    outcomes = {}
    for path in sorted(folder.rglob("Outcomes-*.txt")):
        table = np.genfromtxt(path, delimiter=",", names=True, deletechars="")
        for row in np.atleast_1d(table):
            saps = float(row["SAPS-I"])
            outcomes[int(row["RecordID"])] = (bool(row["In-hospital_death"] == 1), saps if saps >= 0 else np.nan)
    if not outcomes:
        raise MissingRecordings(f"no Outcomes-*.txt in {folder}")
    return outcomes


def _courses(folder: Path) -> Iterator[tuple[int, Course]]:
    for path in sorted(folder.rglob("set-*.parquet")):
        yield from _split(_parquet(path))
    for path in sorted(folder.rglob("[0-9]*.txt")):
        yield from _split(_text(path))


def _parquet(path: Path) -> Rows:
    from pyarrow import compute, parquet  # noqa: PLC0415 - the publisher's own form needs no pyarrow

    table = parquet.read_table(path)
    clock = compute.split_pattern(table["Time"], ":")
    hours = compute.list_element(clock, 0).cast("float64").to_numpy()
    minutes = compute.list_element(clock, 1).cast("float64").to_numpy()
    names = np.asarray(table["Parameter"].to_pylist(), dtype=np.str_)
    return table["RecordID"].to_numpy(), hours + minutes / 60, names, table["Value"].to_numpy()


def _text(path: Path) -> Rows:
    """One stay. A line that is not time, parameter, value is passed over (some name no parameter)."""
    parts = [line.strip().split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    good = [part for part in parts if len(part) == 3 and part[1] and part[0] != HEADER]
    clock = [part[0].split(":") for part in good]
    hours = np.array([int(hour) + int(minute) / 60 for hour, minute in clock], dtype=np.float64)
    values = np.array([float(part[2]) for part in good], dtype=np.float64)
    records = np.full(len(good), int(path.stem), dtype=np.int64)
    return records, hours, np.array([part[1] for part in good], dtype=np.str_), values


def _split(rows: Rows) -> Iterator[tuple[int, Course]]:
    """One course a stay, out of rows in any order."""
    records, hours, names, values = rows
    order = np.lexsort((hours, names, records))
    records, hours, names, values = records[order], hours[order], names[order], values[order]
    edges = np.flatnonzero((records[1:] != records[:-1]) | (names[1:] != names[:-1])) + 1
    starts = np.concatenate(([0], edges))
    ends = np.concatenate((edges, [len(records)]))
    series: dict[int, dict[str, tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]]] = {}
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        own = series.setdefault(int(records[start]), {})
        own[str(names[start])] = (hours[start:end], values[start:end])
    for record, found in series.items():
        yield record, course(found)
