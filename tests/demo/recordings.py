"""Recordings that tests write themselves, so that every sample of them is known."""

from pathlib import Path

import numpy as np
import wfdb
from numpy.typing import NDArray

RATE_HZ = 250
GAIN, BASELINE = 200.0, 100


def write(folder: Path, counts: NDArray[np.int64], names: list[str], units: list[str]) -> Path:
    """A WFDB record of these counts (samples, signals); -32768 stands for a missing sample. Its path."""
    wfdb.wrsamp(
        "made",
        fs=RATE_HZ,
        units=units,
        sig_name=names,
        d_signal=counts,
        fmt=["16"] * len(names),
        adc_gain=[GAIN] * len(names),
        baseline=[BASELINE] * len(names),
        write_dir=str(folder),
    )
    return folder / "made"


def ramps(seconds: int, signals: int) -> NDArray[np.int64]:
    """Counts in which no two samples of a signal are alike, nor two signals."""
    return np.arange(seconds * RATE_HZ)[:, None] % 9_973 + 10_000 * np.arange(signals)[None, :]
