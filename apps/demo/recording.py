"""A PhysioNet recording (WFDB) as a device's frames: the very samples of the record, in its own scale."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import wfdb
from numpy.typing import NDArray

from apps.core.errors import Invalid

_NOT_ECG = {"PLETH", "RESP", "ABP", "ART", "PAP", "CVP", "SPO2"}
_OTHERS = {"PLETH": "ppg_infrared", "RESP": "respiration_wave"}
_MICROVOLTS = {"mv": 1_000.0, "uv": 1.0, "v": 1_000_000.0}


@dataclass(frozen=True, slots=True)
class Track:
    """One signal of a record. `counts`: shape (samples,), as recorded; NaN where the record has none."""

    code: str
    name: str
    unit: str
    rate_hz: float
    scale: float
    offset: float
    counts: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Recording:
    name: str
    duration_s: float
    tracks: tuple[Track, ...]

    def frames(self) -> Iterator[dict[str, dict[str, Any]]]:
        """The waves of each second, as the contract writes them. A second without all its samples lacks the wave."""
        for second in range(math.ceil(self.duration_s)):
            yield {track.code: wave for track in self.tracks if (wave := _wave(track, second)) is not None}


def read_recording(path: Path, *, lead: str | None = None) -> Recording:
    """Read a WFDB record by its path without extension. `lead`: the signal to send as ECG; else the first that is one.

    Raises Invalid when there is no such record or lead.
    """
    try:
        record = wfdb.rdrecord(str(path), physical=False, return_res=32)
    except (FileNotFoundError, ValueError) as error:
        raise Invalid(f"{path} is no WFDB record: {error}") from error
    names = [name.strip() for name in record.sig_name]
    ecg = _ecg_index(names, record.units, lead)
    wanted = {index: _OTHERS[name.upper()] for index, name in enumerate(names) if name.upper() in _OTHERS}
    if ecg is not None:
        wanted[ecg] = "ecg"
    if not wanted:
        raise Invalid(f"{path} has no signal that can be replayed: {', '.join(names)}")
    tracks = tuple(_track(record, index, code) for index, code in sorted(wanted.items()))
    return Recording(record.record_name, record.sig_len / record.fs, tracks)


def _ecg_index(names: list[str], units: list[str], lead: str | None) -> int | None:
    if lead is not None:
        if lead not in names:
            raise Invalid(f"there is no lead {lead}; the record has {', '.join(names)}")
        return names.index(lead)
    is_ecg = (i for i, name in enumerate(names) if name.upper() not in _NOT_ECG and units[i].lower() in _MICROVOLTS)
    return next(is_ecg, None)


def _track(record: Any, index: int, code: str) -> Track:
    counts = record.d_signal[:, index].astype(np.float64)
    counts[np.isnan(record.dac(return_res=64)[:, index])] = np.nan
    rate_hz, name = float(record.fs), record.sig_name[index]
    if code != "ecg":  # they have no unit: their counts are sent as they are, a plethysmogram as the light it was
        return Track(code, name, "1", rate_hz, -1.0 if code.startswith("ppg_") else 1.0, 0.0, counts)
    scale = _MICROVOLTS[record.units[index].lower()] / record.adc_gain[index]
    return Track(code, name, "uV", rate_hz, scale, -record.baseline[index] * scale, counts)


def _wave(track: Track, second: int) -> dict[str, Any] | None:
    counts = track.counts[round(second * track.rate_hz) : round((second + 1) * track.rate_hz)]
    if not len(counts) or np.isnan(counts).any():
        return None
    return {
        "rate": track.rate_hz,
        "unit": track.unit,
        "scale": track.scale,
        "offset": track.offset,
        "samples": counts.astype(np.int32),
    }
