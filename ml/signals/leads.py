"""A recording's leads, as rows; those that were never put on are left out."""

from typing import Final

import numpy as np
import numpy.typing as npt

from ml.signals.filters import FloatArray

STILL_MV: Final = 0.006  # amplifier noise alone moves more than this


def leads_of(signal_mv: npt.ArrayLike) -> FloatArray:
    """(n,) or (n, leads) -> (leads, n), without leads that never move; the first if none does.

    Raises ValueError for another shape.
    """
    signal = np.asarray(signal_mv, dtype=np.float64)
    if signal.ndim not in (1, 2):
        raise ValueError(f"a signal is (n,) or (n, leads), not {signal.shape}")
    leads = np.ascontiguousarray(signal.reshape(len(signal), -1).T)
    low = np.min(leads, axis=1, where=np.isfinite(leads), initial=np.inf)
    high = np.max(leads, axis=1, where=np.isfinite(leads), initial=-np.inf)
    moving = high > low + STILL_MV
    return leads[moving] if moving.any() else leads[:1]
