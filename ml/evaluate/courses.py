"""Reads real courses of vital signs and glucose, person by person, on an even grid of five minutes.

`cgm/`: continuous glucose of Dubosson 2018 (with heart rate, breathing and core temperature) and Hall 2018, as the
GlucoBench tables give them. `wfdb/`: numerics of a bedside monitor once a minute. `cinc2012/`: intensive care stays
whose heart rate is written often enough to be asked half an hour later.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import wfdb

from ml.evaluate.recordings import MissingRecordings, find_folder
from ml.evaluate.stays import Stay, stays
from ml.physiology import Person

Array = npt.NDArray[np.float64]
BIN_MIN: Final = 5.0
MG_PER_MMOL: Final = 18.016
COVARIATES: Final = {"HR": "heart_rate", "BR": "respiratory_rate", "CoreTemp": "core_temperature"}
NUMERICS: Final = {"HR": "heart_rate", "RESP": "respiratory_rate", "SpO2": "spo2"}
STAY_CODES: Final = {
    "HR": "heart_rate", "MAP": "mean_pressure", "NIMAP": "mean_pressure", "Temp": "core_temperature",
    "RespRate": "respiratory_rate", "SaO2": "spo2",
}  # fmt: skip
LONGEST_BINS: Final = 900  # three days, so that nobody's month outweighs the others
FEWEST_PAIRS: Final = 24
MOST_STAYS: Final = 60
AHEAD_BINS: Final = 6
FEWEST_MINUTES: Final = 120
FILLED_WITHIN: Final = 1e-9
USUAL_AGE: Final = 45.0  # where none is told


@dataclass(frozen=True)
class Courses:
    """One person's. `values`: by code (bins,), not-a-number where nothing was read; `begins_hour`: of the day."""

    name: str
    person: Person
    begins_hour: float
    values: Mapping[str, Array]

    def __len__(self) -> int:
        return len(next(iter(self.values.values())))


def courses(data: Path, code: str, *, most_stays: int = MOST_STAYS) -> list[Courses]:
    """Everybody below `data` of whom there is a course of `code`; of intensive care `most_stays`, those that were
    written most often. Raises MissingRecordings."""
    readers = (_glucose(data), _numerics(data), _stays(data, most_stays))
    found = [each for reader in readers for each in _whole(reader) if _pairs(each.values.get(code)) >= FEWEST_PAIRS]
    if not found:
        raise MissingRecordings(f"no course of {code} in {data}")
    return found


def _whole(reader: Iterator[Courses]) -> list[Courses]:
    """What a reader gives; nothing where its recordings are not there."""
    try:
        return list(reader)
    except MissingRecordings:
        return []


def _pairs(values: Array | None) -> int:
    """Readings that are followed by another half an hour later."""
    if values is None:
        return 0
    return int((np.isfinite(values[:-AHEAD_BINS]) & np.isfinite(values[AHEAD_BINS:])).sum())


def gridded(minutes: Array, values: Array) -> Array:
    """(bins,): the mean of the readings of each five minutes."""
    place = np.floor((minutes - minutes[0]) / BIN_MIN + 0.5).astype(np.int64)
    good = np.isfinite(values) & (place < LONGEST_BINS) & (place >= 0)
    count = int(min(place.max() + 1, LONGEST_BINS))
    total = np.bincount(place[good], values[good], count)
    number = np.bincount(place[good], minlength=count)
    return np.asarray(np.where(number > 0, total / np.maximum(number, 1), np.nan))


def _glucose(data: Path) -> Iterator[Courses]:
    folder = find_folder(data, ("cgm",), "*.csv")
    for path in sorted(folder.glob("*.csv")):
        columns = _columns(path)
        if not {"id", "time", "gl"} <= columns.keys():
            continue
        names = np.array(columns["id"])
        minutes = np.array(columns["time"], dtype="datetime64[s]").astype(np.float64) / 60.0
        read = {code: _numbers(columns[name]) for name, code in COVARIATES.items() if name in columns}
        read["glucose"] = _numbers(columns["gl"]) / MG_PER_MMOL
        for name in dict.fromkeys(columns["id"]):
            own = names == name
            values = {code: gridded(minutes[own], _as_read(each[own])) for code, each in read.items()}
            hour = float(minutes[own][0] / 60.0 % 24.0)
            yield Courses(f"{path.stem}:{name}", Person(age_years=USUAL_AGE), hour, values)


def _as_read(values: Array) -> Array:
    """Without what the table writes where nothing was read: the person's mean of the whole record."""
    if not np.isfinite(values).any():
        return values
    return np.where(np.abs(values - np.nanmean(values)) < FILLED_WITHIN, np.nan, values)


def _columns(path: Path) -> dict[str, list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    return {name: [row[place] for row in rows[1:]] for place, name in enumerate(rows[0])}


def _numbers(column: list[str]) -> Array:
    return np.array([float(text) if text not in ("", "NA") else np.nan for text in column])


def _numerics(data: Path) -> Iterator[Courses]:
    folder = find_folder(data, ("wfdb",), "*")
    for path in sorted(folder.rglob("*n.hea")):
        header = wfdb.rdheader(str(path.with_suffix("")))
        if not header.fs or header.fs > 1.0 or (header.sig_len or 0) < FEWEST_MINUTES:
            continue
        samples, info = wfdb.rdsamp(str(path.with_suffix("")))
        minutes = np.arange(len(samples)) / (60.0 * info["fs"])
        values = {}
        for column, name in enumerate(info["sig_name"]):
            if name in NUMERICS:
                # A monitor that has no reading writes nought.
                read = np.where(samples[:, column] > 0.0, samples[:, column], np.nan)
                values[NUMERICS[name]] = gridded(minutes, read)
        if values:
            yield Courses(path.stem, Person(age_years=65.0), 12.0, values)


def _stays(data: Path, most: int) -> Iterator[Courses]:
    """The stays whose heart rate was written most often, by number."""
    told = [_of_stay(stay) for stay in stays(data)]
    known = [each for each in told if each is not None and _pairs(each.values.get("heart_rate")) >= FEWEST_PAIRS]
    known.sort(key=lambda each: -_pairs(each.values["heart_rate"]))
    yield from sorted(known[:most], key=lambda each: each.name)


def _of_stay(stay: Stay) -> Courses | None:
    course = stay.course
    if "HR" not in course:
        return None
    values: dict[str, Array] = {}
    for name, code in STAY_CODES.items():
        if name in course:
            hours, read = course[name]
            on_grid = gridded(np.concatenate(([0.0], hours * 60.0)), np.concatenate(([np.nan], read)))
            length = int(48 * 60 / BIN_MIN)
            even = np.full(length, np.nan)
            even[: min(length, len(on_grid))] = on_grid[:length]
            former = values.get(code, np.full(length, np.nan))
            values[code] = np.where(np.isfinite(former), former, even)
    return Courses(f"stay:{stay.record}", _person_of(stay), 12.0, values)


def _person_of(stay: Stay) -> Person:
    def first(name: str, low: float, high: float, usual: float) -> float:
        read = stay.course[name][1] if name in stay.course else np.array([np.nan])
        value = float(read[0])
        return value if low <= value <= high else usual

    male = first("Gender", 0.0, 1.0, 1.0) > 0.5
    return Person(
        sex="male" if male else "female",
        age_years=first("Age", 16.0, 105.0, 65.0),
        height_cm=first("Height", 130.0, 215.0, 174.0 if male else 161.0),
        mass_kg=first("Weight", 35.0, 250.0, 82.0 if male else 70.0),
    )
