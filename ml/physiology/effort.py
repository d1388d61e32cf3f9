"""What the muscles ask for: oxygen, and the share of the reserve that this is.

Oxygen of cycling 5.8 mL/kg/min + 151 mL/min + 10.1 mL/min/W (Wasserman & Whipp 1975; ATS/ACCP 2003), of which what is
above rest counts from the first watts on. Uptake follows with 30 s (Whipp & Ward 1982). It ends at the maximal uptake,
which falls with arterial saturation (Wehrlin & Hallén 2006). Work above critical power, at 82 % of the reserve, spends
the work capacity of Monod and Skiba; when it is spent, no more than critical power can be done, though at
maximal uptake (Burnley 2006).
"""

from typing import Final, NamedTuple

import numpy as np

from ml.physiology.inputs import Inputs
from ml.physiology.parameters import Parameters
from ml.physiology.quantities import Array, Number
from ml.physiology.states import States

OXYGEN_PER_WATT: Final = 0.0101
UNLOADED_PER_KG: Final = 0.0023  # 5.8 less the 3.5 mL/kg/min of rest
UNLOADED: Final = 0.151
CRITICAL_SHARE: Final = 0.82
WATTS_PER_LITRE_OXYGEN: Final = 341.0  # 20.5 kJ/L
PER_LACTATE: Final = 0.03  # L/min per mmol/L: slow component and oxygen debt, Barstow 1991; Gaesser 1984
PER_DEGREE: Final = 0.11  # rise of resting metabolism with core temperature, Du Bois 1921


class Effort(NamedTuple):
    """`extra`: oxygen above rest, L/min; `share`: of the reserve, 0 to 1; `reserve`: L/min; `cardiac`: the share that
    the heart's rate answers to, in which shivering counts little (Raven 1970)."""

    extra: Array
    share: Array
    reserve: Array
    cardiac: Array


def reserve_of(states: States, parameters: Parameters) -> Array:
    """What uptake can rise by, L/min."""
    hypoxic = 1.0 - 1.2 * np.maximum(parameters.resting_saturation - states.arterial_saturation, 0.0)
    return np.asarray(np.maximum(parameters.maximal_uptake * hypoxic - parameters.resting_uptake, 0.05))


def effort_of(states: States, parameters: Parameters, reserve: Array) -> Effort:
    """Of the present uptake."""
    extra = np.maximum(states.oxygen_uptake - parameters.resting_uptake, 0.0)
    quiet = np.maximum(extra - 0.7 / WATTS_PER_LITRE_OXYGEN * states.shivering, 0.0)
    return Effort(extra, np.minimum(extra / reserve, 1.2), reserve, np.minimum(quiet / reserve, 1.2))


def work_done(states: States, parameters: Parameters, inputs: Inputs, reserve: Array) -> Number:
    """Watts really done: what is asked, or critical power once the work capacity is spent."""
    if np.ndim(inputs.work_watts) == 0 and inputs.work_watts == 0.0:
        return 0.0
    critical = critical_watts(parameters, reserve)
    left = np.minimum(states.work_capacity * 2.0, 1.0)
    sustained = np.minimum(inputs.work_watts, critical)
    return np.asarray(sustained + left * np.maximum(inputs.work_watts - critical, 0.0))


def critical_watts(parameters: Parameters, reserve: Array) -> Array:
    above = CRITICAL_SHARE * reserve - UNLOADED - UNLOADED_PER_KG * parameters.mass
    return np.maximum(above / OXYGEN_PER_WATT, 5.0)


def resting_need(states: States, parameters: Parameters) -> Array:
    """Oxygen of rest at this core temperature, L/min, shivering and the debt of hard work included."""
    warmth = 1.0 + PER_DEGREE * (states.core_temperature - parameters.core_setpoint - 0.3)
    debt = PER_LACTATE * np.maximum(states.lactate - 1.5, 0.0) * parameters.size
    return parameters.resting_uptake * np.maximum(warmth, 0.2) + states.shivering / WATTS_PER_LITRE_OXYGEN + debt


def take_up(states: States, parameters: Parameters, watts: Number, reserve: Array, towards: float) -> Array:
    """Moves oxygen uptake and the drive of exercise; gives the demand, L/min. `towards`: share of 30 s done."""
    need = resting_need(states, parameters)
    if np.ndim(watts) or watts > 0.0:
        pedalling = np.minimum(np.asarray(watts) * 0.1, 1.0)
        need = need + pedalling * (UNLOADED + UNLOADED_PER_KG * parameters.mass) + OXYGEN_PER_WATT * watts
    most = parameters.resting_uptake + reserve
    states.oxygen_uptake += towards * (np.minimum(need, most) - states.oxygen_uptake)
    return need
