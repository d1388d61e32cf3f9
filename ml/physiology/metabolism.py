"""Glucose and insulin, lactate, and the capacity to work.

Minimal model of Bergman 1981 (J Clin Invest 68:1456) and of secretion (Toffolo 1980) with two pools of the gut
(Lehmann & Deutsch 1992): the stomach empties with 85 min, so that half of 300 kcal is gone in
an hour (Brener 1983), what was
emptied is absorbed with 12 min, 0.88 of it reaches the blood (Ferrannini 1985). Insulin's action saturates
(Rizza 1981); below 3.7 mmol/L the liver answers (Cryer 1993). Lactate: made above the threshold with the square of the
excess and from what oxygen cannot pay (Beaver 1985), cleared with a half-life of 17 min (Freund 1986). Work capacity
is spent above critical power and recovers with 300 s and more below it (Skiba 2012).
"""

from typing import Final

import numpy as np

from ml.physiology.effort import Effort, critical_watts
from ml.physiology.parameters import Parameters
from ml.physiology.quantities import Array, Number
from ml.physiology.states import States

GLUCOSE_LITRES_PER_KG: Final = 0.22
INSULIN_LITRES_PER_KG: Final = 0.12
MMOL_PER_GRAM: Final = 5.551
STOMACH_MIN: Final = 85.0
GUT_MIN: Final = 12.0
REACHES_BLOOD: Final = 0.88
INCRETIN_MIN: Final = 10.0  # secretion for glucose that appears as for its rise, Nauck 1986
INSULIN_CLEARANCE: Final = 0.14  # /min
REMOTE_PER_MIN: Final = 0.06  # Hovorka 2004
ACTION_HALF: Final = 2000.0  # µU/mL
COUNTER_BELOW: Final = 3.7
COUNTER_GAIN: Final = 0.05  # mmol/L/min per mmol/L
LACTATE_REST: Final = 1.0
LACTATE_CLEARANCE: Final = 0.04  # /min
RECOVERY_S: Final = 380.0


def feed(states: States, parameters: Parameters, *, grams: Number, units: Number, share: Array, h: float) -> None:
    """One step of `h` seconds. `grams`: of glucose eaten, `units`: of insulin infused, a minute; `share`: of effort."""
    minutes = h / 60.0
    emptied = -np.expm1(-minutes / STOMACH_MIN) * states.stomach_glucose
    absorbed = -np.expm1(-minutes / GUT_MIN) * states.gut_glucose
    states.stomach_glucose += minutes * MMOL_PER_GRAM * grams - emptied
    states.gut_glucose += emptied - absorbed
    appears = REACHES_BLOOD * absorbed / (GLUCOSE_LITRES_PER_KG * parameters.mass)
    above = states.insulin - parameters.basal_insulin
    wanted = parameters.insulin_sensitivity * above / (1.0 + np.maximum(above, 0.0) / ACTION_HALF)
    states.insulin_action += -np.expm1(-minutes * REMOTE_PER_MIN) * (wanted - states.insulin_action)
    action = states.insulin_action * (1.0 + share)
    counter = COUNTER_GAIN * np.maximum(COUNTER_BELOW - states.glucose, 0.0)
    states.glucose += appears + minutes * (parameters.glucose_effectiveness * parameters.basal_glucose + counter)
    states.glucose /= 1.0 + minutes * np.maximum(parameters.glucose_effectiveness + action, 0.0)
    rise = states.glucose - parameters.basal_glucose
    basal = INSULIN_CLEARANCE * parameters.basal_insulin
    secreted = np.maximum(
        basal + parameters.insulin_secretion * (rise + INCRETIN_MIN / minutes * appears) * (1.0 - 0.5 * share), 0.0
    )
    infused = 1000.0 * units / (INSULIN_LITRES_PER_KG * parameters.mass)
    states.insulin += minutes * (secreted + infused)
    states.insulin /= 1.0 + minutes * INSULIN_CLEARANCE


def work(states: States, parameters: Parameters, *, effort: Effort, demand: Array, watts: Number, h: float) -> None:
    """One step of `h` seconds of lactate and work capacity. `demand`: oxygen asked for, L/min."""
    minutes = h / 60.0
    excess = np.maximum(effort.share - parameters.lactate_threshold, 0.0)
    unpaid = np.maximum(demand - parameters.resting_uptake - effort.reserve, 0.0) / effort.reserve
    made = 6.0 * excess * excess + 3.0 * np.minimum(unpaid, 1.0) + LACTATE_CLEARANCE * LACTATE_REST
    states.lactate += minutes * made
    states.lactate /= 1.0 + minutes * LACTATE_CLEARANCE
    beyond = watts - critical_watts(parameters, effort.reserve)
    spent = 0.001 * h * np.maximum(beyond, 0.0)
    missing = parameters.full_work_capacity - states.work_capacity
    recovered = np.where(np.asarray(beyond) < 0.0, -np.expm1(-h / RECOVERY_S) * missing, 0.0)
    states.work_capacity += recovered - spent
    np.maximum(states.work_capacity, 0.0, out=states.work_capacity)
