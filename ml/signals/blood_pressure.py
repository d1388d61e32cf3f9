"""Mean and pulse pressure of systolic and diastolic, and whether the pair can be true.

A cuff's mean is taken as diastolic plus a third of the pulse pressure, the usual rule at the arm and at rest (Meaney et
al. 2000 find 0.41 of it, about 3 mmHg more). A cuff that measures by oscillometry measures the mean itself: that comes
first.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from ml.signals.filters import FloatArray, IntArray
from ml.signals.trouble import Trouble

THIRD: Final = 1.0 / 3.0
LEAST_PULSE_MMHG: Final = 10.0  # less is an arterial line that is damped, or a cuff that guessed
MOST_PULSE_MMHG: Final = 160.0


@dataclass(frozen=True)
class Pressure:
    """(k,) mmHg each, not-a-number where the pair cannot be true; `trouble` (k,) says so."""

    mean_mmhg: FloatArray
    pulse_mmhg: FloatArray
    trouble: IntArray


def pressure(systolic_mmhg: FloatArray, diastolic_mmhg: FloatArray) -> Pressure:
    """(k,) each, of one measurement each."""
    pulse = systolic_mmhg - diastolic_mmhg
    true = (pulse >= LEAST_PULSE_MMHG) & (pulse <= MOST_PULSE_MMHG)
    return Pressure(
        mean_mmhg=np.where(true, diastolic_mmhg + THIRD * pulse, np.nan),
        pulse_mmhg=np.where(true, pulse, np.nan),
        trouble=np.where(true, Trouble.NONE, Trouble.IMPLAUSIBLE).astype(np.int64),
    )
