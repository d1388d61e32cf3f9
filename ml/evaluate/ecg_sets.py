"""More annotated ECG than the one lead of MIT-BIH that `recordings` reads: its second lead, and two Chinese sets.

CPSC 2019 (Cai et al. 2020): difficult strips of 10 s from wearables. CPSC 2021: Holter excerpts of paroxysmal atrial
fibrillation, two leads.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import wfdb
from scipy.io import loadmat

from ml.evaluate.recordings import EcgRecord, find_folder, mit_bih, read_wfdb

STRIP_HZ: Final = 500.0


def mit_bih_both_leads(data: Path) -> Iterator[EcgRecord]:
    for record in mit_bih(data):
        folder = find_folder(data, ("mitdb", "mit-bih-arrhythmia-database-1.0.0"), "*.atr")
        yield record
        yield replace(record, signal_mv=_lead(folder, record.name, 1))


def cpsc2019(data: Path) -> Iterator[EcgRecord]:
    """Strips in millivolts; each is a person of its own."""
    folder = find_folder(data, ("cpsc2019",), "data/data_*.mat")
    for path in sorted((folder / "data").glob("data_*.mat")):
        name = path.stem.removeprefix("data_")
        beats = loadmat(folder / "ref" / f"R_{name}.mat")["R_peak"].ravel()
        signal = loadmat(path)["ecg"].ravel().astype(np.float64)
        yield EcgRecord(name, f"cpsc2019 {name}", STRIP_HZ, signal, np.sort(beats).astype(np.int64))


def cpsc2021(data: Path) -> Iterator[EcgRecord]:
    """Both leads of each excerpt; before the first and after the last annotated beat nothing is known."""
    folder = find_folder(data, ("cpsc2021",), "data_*.atr")
    for path in sorted(folder.glob("data_*.atr")):
        record = read_wfdb(folder, path.stem)
        if not len(record.beats):
            continue
        reach = round(0.3 * record.rate_hz)
        edges = [(0, int(record.beats[0]) - reach), (int(record.beats[-1]) + reach, len(record.signal_mv))]
        person = f"cpsc2021 {'_'.join(path.stem.split('_')[:2])}"
        for lead in (0, 1):
            signal = np.nan_to_num(_lead(folder, path.stem, lead))
            yield replace(record, person=person, signal_mv=signal, flutter=edges)


def _lead(folder: Path, name: str, lead: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    samples, _ = wfdb.rdsamp(str(folder / name), channels=[lead])
    return np.ascontiguousarray(samples[:, 0], dtype=np.float64)
