"""Breathing: alveolar gas, saturation, and the drive to breathe.

Mass balance with V_A in BTPS and uptake in STPD, factor 863 (Fenn, Rahn & Otis 1946). Carbon dioxide is held by lung
and tissue together (15 L/mmHg equivalents at 70 kg; Farhi & Rahn 1960), so that its pressure moves within minutes.
Saturation by Severinghaus 1979 (J Appl Physiol 46:599) with Bohr and temperature shift; a gradient, shunt included,
that shrinks with the oxygen pressure. Drive: 1.6 L/min/mmHg CO2 (Read 1967), less below the set-point (Duffin 2000),
0.6 L/min per percent desaturation (Rebuck & Campbell 1974), lactate, and the feed-forward of exercise, which keeps
carbon dioxide where it is (Whipp 1981).
"""

from typing import Final

import numpy as np

from ml.physiology.effort import Effort
from ml.physiology.inputs import Inputs
from ml.physiology.oxygen import REST_QUOTIENT, WATER_VAPOUR_MMHG, arterial_saturation
from ml.physiology.parameters import Parameters
from ml.physiology.quantities import Array, between
from ml.physiology.states import States

BTPS_PER_STPD: Final = 863.0
CO2_STORE_L: Final = 15.0
O2_STORE_L: Final = 3.0
CO2_GAIN: Final = 1.6
CO2_GAIN_LOW: Final = 1.0
HYPOXIC_GAIN: Final = 60.0  # L/min for all of the saturation
VENTILATION_S: Final = 10.0
DEAD_SPACE_L: Final = 0.15
RATE_PER_LITRE: Final = 0.28  # breaths per litre of ventilation, Gallagher 1987
DIFFUSION_MMHG: Final = 12.0  # of the gradient of maximal effort, Wagner 1986
FINGER_S: Final = 10.0


def breathe(states: States, parameters: Parameters, inputs: Inputs, effort: Effort, h: float) -> None:
    """One step of `h` seconds of ventilation, alveolar gas and saturation."""
    minutes = h / 60.0
    size = parameters.size
    quotient = REST_QUOTIENT + 0.20 * effort.share
    excreted = BTPS_PER_STPD * quotient * states.oxygen_uptake
    store = CO2_STORE_L * size
    _drive(states, parameters, effort=effort, excreted=excreted, per_store=minutes / store, h=h)
    flow = minutes * states.alveolar_ventilation
    states.alveolar_co2 += minutes / store * excreted
    states.alveolar_co2 /= 1.0 + flow / store
    inspired = inputs.fio2 * np.maximum(inputs.barometric_mmhg - WATER_VAPOUR_MMHG, 1.0)
    lung = O2_STORE_L * size
    states.alveolar_o2 += (flow * inspired - minutes * BTPS_PER_STPD * states.oxygen_uptake) / lung
    states.alveolar_o2 /= 1.0 + flow / lung
    np.maximum(states.alveolar_o2, 5.0, out=states.alveolar_o2)
    fresh = arterial_saturation(
        states.alveolar_o2,
        parameters.alveolar_arterial,
        states.alveolar_co2,
        states.core_temperature,
        diffusion=DIFFUSION_MMHG * effort.share,
    )
    states.arterial_saturation += -np.expm1(-h / FINGER_S) * (fresh - states.arterial_saturation)


def _drive(
    states: States, parameters: Parameters, *, effort: Effort, excreted: Array, per_store: Array, h: float
) -> None:
    """Moves ventilation towards what the chemoreceptors ask; implicit in the loop through carbon dioxide."""
    error = states.alveolar_co2 - parameters.co2_setpoint
    gain = CO2_GAIN * parameters.size
    chemical = gain * np.maximum(error, -20.0) + (gain * (CO2_GAIN_LOW / CO2_GAIN - 1.0)) * between(error, -20.0, 0.0)
    hypoxia = np.maximum(parameters.resting_saturation - states.arterial_saturation, 0.0)
    acid = np.maximum(states.lactate - 3.0, 0.0)
    asked = excreted / parameters.co2_setpoint + chemical
    asked += parameters.size * (HYPOXIC_GAIN * hypoxia * (1.0 + effort.share) + 1.6 * acid)
    ratio = h / VENTILATION_S
    loop = gain * states.alveolar_co2 * per_store * ratio
    change = ratio * (asked - states.alveolar_ventilation) / (1.0 + ratio + loop)
    states.alveolar_ventilation += change
    np.maximum(states.alveolar_ventilation, 0.2 * parameters.size, out=states.alveolar_ventilation)


def ventilation(states: States, parameters: Parameters) -> tuple[Array, Array]:
    """Minute ventilation (L/min, BTPS) and breaths per minute: rate rises straight with ventilation, by body size."""
    resting = 6.6 * parameters.size
    slope = RATE_PER_LITRE / parameters.size * parameters.resting_respiratory_rate / 14.0
    dead = DEAD_SPACE_L * parameters.size * 14.0 / parameters.resting_respiratory_rate
    base = parameters.resting_respiratory_rate - slope * resting
    total = (states.alveolar_ventilation * 1.06 + dead * base) / (1.0 - dead * slope)
    rate = np.maximum(base + slope * total, 0.4 * parameters.resting_respiratory_rate)
    return np.asarray(total), np.asarray(rate)
