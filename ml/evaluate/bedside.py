"""Reads bedside records of several signals (WFDB), and the raw recordings of a sensor kit (HDF5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import h5py
import numpy as np
import numpy.typing as npt
import wfdb

from ml.evaluate.recordings import MissingRecordings, find_folder

Array = npt.NDArray[np.float64]

ECG_NAMES: Final = ("MCL1", "II", "I", "III", "V", "MLII", "ECG")
PULSE_NAMES: Final = ("PLETH", "PPG", "ABP", "ART")
BREATH_NAMES: Final = ("RESP",)
OXIMETRY: Final = "signal_sample_single_hub_fspo2_2018_9_3.h5"


@dataclass(frozen=True)
class BedsideRecord:
    """Signals (n,) of one rate; None where a record has none. The pulse may be light or arterial pressure."""

    name: str
    rate_hz: float
    ecg_mv: Array | None
    pulse: Array | None
    breath: Array | None


def bedside(data: Path) -> Iterator[BedsideRecord]:
    """Records with an ECG and a pulse; numerics and annotated Holter records are none. Raises MissingRecordings."""
    folder = find_folder(data, ("wfdb",), "*.hea")
    found = 0
    for path in sorted(folder.glob("*.hea")):
        record = _read(folder / path.stem)
        if record is not None:
            found += 1
            yield record
    if not found:
        raise MissingRecordings(f"no record with ECG and pulse in {folder}")


def _read(path: Path) -> BedsideRecord | None:
    names = wfdb.rdheader(str(path)).sig_name or []
    ecg, pulse, breath = (
        next((n for n in some if n in names), None) for some in (ECG_NAMES, PULSE_NAMES, BREATH_NAMES)
    )
    if ecg is None or pulse is None:
        return None
    samples, info = wfdb.rdsamp(str(path))
    column = {name: np.asarray(samples[:, index], dtype=np.float64) for index, name in enumerate(info["sig_name"])}
    return BedsideRecord(path.name, float(info["fs"]), column[ecg], column[pulse], column.get(breath or ""))


@dataclass(frozen=True)
class OximetryRecord:
    """Raw light (n,) of a finger, counts; what the person's saturation was is not known."""

    name: str
    rate_hz: float
    red: Array
    infrared: Array


def oximetry(data: Path) -> OximetryRecord:
    """The kit's recording of red (its first channel) and infrared light. Raises MissingRecordings."""
    path = find_folder(data, ("biosignals",), OXIMETRY) / OXIMETRY
    (red, infrared), rate_hz = kit(path)
    return OximetryRecord(path.stem, rate_hz, red, infrared)


def kit(path: Path) -> tuple[list[Array], float]:
    """Every channel of a kit's recording in the order of its number, raw counts (n,), and the rate in Hz."""
    with h5py.File(path) as file:
        device = file[next(iter(file))]
        raw = device["raw"]
        names = sorted((name for name in raw if name.startswith("channel_")), key=lambda name: int(name[8:]))
        channels = [np.asarray(raw[name][:, 0], dtype=np.float64) for name in names]
        return channels, float(np.ravel(device.attrs["sampling rate"])[0])
