"""Work by movement: what an accelerometer on the trunk tells of the oxygen that a body takes up.

Adults, hip (Hildebrand 2014, Med Sci Sports Exerc 46:1816): 6.67 mL/kg/min and 0.0554 for each milli-g of the mean
acceleration beyond gravity (`ml.signals.activity`). Work is that on a cycle which takes as much.
"""

from typing import Final

import numpy as np

from ml.physiology.effort import OXYGEN_PER_WATT, UNLOADED, UNLOADED_PER_KG
from ml.physiology.quantities import Array

OXYGEN_ML_KG_MIN: Final = 6.67
OXYGEN_PER_MG: Final = 0.0554
RESTING_ML_KG_MIN: Final = 3.5
STILL_MG: Final = 47.4
"""Below it adults sit or lie (Hildebrand 2017, Scand J Med Sci Sports 27:1814, hip)."""


def work_watts(activity_mg: Array, mass_kg: Array) -> Array:
    """Arrays that go together; not-a-number where there is none."""
    above = 0.001 * mass_kg * (OXYGEN_ML_KG_MIN + OXYGEN_PER_MG * activity_mg - RESTING_ML_KG_MIN)
    watts = np.maximum((above - UNLOADED - UNLOADED_PER_KG * mass_kg) / OXYGEN_PER_WATT, 0.0)
    return np.where(activity_mg <= STILL_MG, 0.0, watts)


def activity_mg(watts: Array, mass_kg: Array) -> Array:
    """The other way round: what a sensor would show at such work; 0 at none."""
    above = OXYGEN_PER_WATT * watts + UNLOADED + UNLOADED_PER_KG * mass_kg
    shown = (RESTING_ML_KG_MIN + 1000.0 * above / mass_kg - OXYGEN_ML_KG_MIN) / OXYGEN_PER_MG
    return np.where(watts > 0.0, np.maximum(shown, 0.0), 0.0)
