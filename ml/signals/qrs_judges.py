"""The shipped models of the glimpse and the three looks at a candidate, as `qrs_decision` asks them."""

from collections.abc import Callable
from functools import cache
from typing import Final

import numpy as np

from ml import artifacts
from ml.signals.filters import WaveArray

NAMES: Final = ("r_peaks_glimpse", "r_peaks_first", "r_peaks_second", "r_peaks")
AT_ONCE: Final = 1024  # rows: a call costs as much as dozens of rows, and what is much longer does not stay in a cache
CERTAIN: Final = 1e-6

Judge = Callable[[WaveArray], WaveArray]  # (n, inputs) -> (n,) logits


def judge(model: artifacts.Model) -> Judge:
    """The logit of being a beat, the second class."""

    def logits(rows: WaveArray) -> WaveArray:
        parts = [model.probabilities(rows[start : start + AT_ONCE])[:, 1] for start in range(0, len(rows), AT_ONCE)]
        p = np.concatenate([np.zeros(0, np.float32), *parts]).clip(CERTAIN, 1.0 - CERTAIN)
        return np.asarray(np.log(p / (1.0 - p)), dtype=np.float32)

    return logits


@cache
def shipped() -> tuple[Judge, ...]:
    """Raises AlteredModel, FileNotFoundError."""
    return tuple(judge(artifacts.load(name)) for name in NAMES)
