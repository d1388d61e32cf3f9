"""Baroreflexes and what else sets the heart's rate.

Arterial: what carotid sinus and aortic arch feel, that is the pressure less the column of blood up to them, against a
set-point that exercise raises (Raven 2006) and that itself follows with a half-time of 16 h (McCubbin 1956; Dampney
2017). Cardiopulmonary: central venous pressure against that of rest (Mark & Mancia 1983). Both saturate, at 18 and 5
mmHg (Heldt 2002). The node's rate: share of reserve as share of oxygen reserve (Swain & Leutholtz 1997), 7.5 /min/°C
of the node itself (Jose 1970), the skin's vasodilation (Crandall 2008), hypoxia (Lahiri 1976). A beta blocker takes
away much of the sympathetic part, and 16 % of the resting rate. Where exercise has taken the vagus away,
what else drives the heart adds less (Robinson 1966).
"""

import math
from typing import Final

import numpy as np

from ml.physiology.effort import Effort
from ml.physiology.parameters import RESTING_VENOUS_MMHG, Parameters
from ml.physiology.quantities import Array, Number, between
from ml.physiology.states import States

ARTERIAL_LIMIT: Final = 18.0
CARDIOPULMONARY_LIMIT: Final = 5.0
ARTERIAL_S: Final = 6.0
CARDIOPULMONARY_S: Final = 12.0
LOOP_GAIN: Final = 1.8
RESETTING_S: Final = 16.0 * 3600.0 / 0.693
EXERCISE_PRESSURE: Final = 21.0  # mmHg at maximal effort, Raven 2006
CARDIOPULMONARY_HEART: Final = 0.8  # /min/mmHg
NODE_PER_DEGREE: Final = 7.5
SKIN_HEART: Final = 8.5  # /min per L/min of skin flow above rest
ISCHAEMIC_HEART: Final = 1.5  # /min/mmHg below 85 % of the usual pressure, the brain's own answer, Guyton
HYPEROXIC_HEART: Final = 3.0 / 550.0  # /min/mmHg, Smit 2018
HYPOXIC_HEART: Final = 95.0  # /min for all of the saturation
DRIVE_ON_S: Final = 25.0
DRIVE_OFF_S: Final = 100.0


def saturate(error: Array, limit: float) -> Array:
    return np.asarray(error / np.sqrt(1.0 + (error / limit) ** 2))


def sense(states: States, parameters: Parameters, *, venous: Array, upright: Number, effort: Effort, h: float) -> None:
    """Moves both tones, the set-point, and the exercise drive by `h` seconds."""
    felt = states.mean_arterial_pressure - upright * parameters.baroreceptor_column
    felt -= EXERCISE_PRESSURE * effort.share
    error = states.baroreflex_setpoint - felt
    share = -math.expm1(-h * (1.0 + LOOP_GAIN) / ARTERIAL_S) / (1.0 + LOOP_GAIN)  # exact while pressure follows
    states.arterial_tone += share * (saturate(error, ARTERIAL_LIMIT) - states.arterial_tone)
    asked = saturate(RESTING_VENOUS_MMHG - venous, CARDIOPULMONARY_LIMIT)
    states.cardiopulmonary_tone += h / (h + CARDIOPULMONARY_S) * (asked - states.cardiopulmonary_tone)
    states.baroreflex_setpoint -= h / RESETTING_S * error
    towards = np.where(effort.cardiac > states.exercise_drive, h / (h + DRIVE_ON_S), h / (h + DRIVE_OFF_S))
    states.exercise_drive += towards * (effort.cardiac - states.exercise_drive)


def beat(
    states: States,
    parameters: Parameters,
    *,
    effort: Effort,
    skin_rise: Array,
    desaturation: Array,
    blockade: Number,
) -> Array:
    """Moves nothing but the heart rate, /min, and gives the rate that this effort alone would bring."""
    reserve = parameters.maximal_heart_rate - parameters.resting_heart_rate
    heart = parameters.resting_heart_rate
    scale = heart * (1.0 / 66.0)  # the small child's heart answers in proportion to its rate
    warmth = states.core_temperature - (parameters.core_setpoint + 0.3)
    reflex = parameters.heart_gain * states.arterial_tone + CARDIOPULMONARY_HEART * states.cardiopulmonary_tone
    sympathetic = SKIN_HEART * skin_rise / parameters.size + HYPOXIC_HEART * desaturation
    sympathetic -= HYPEROXIC_HEART * between(states.alveolar_o2 - 110.0, 0.0, 550.0)
    sympathetic += 1.5 * between(states.lactate - 1.5, 0.0, 8.0)
    low = 0.85 * parameters.resting_pressure - states.mean_arterial_pressure
    sympathetic += ISCHAEMIC_HEART * between(low, 0.0, 30.0)
    sympathetic += 8.0 * between(3.5 - states.glucose, 0.0, 2.5)
    effortless = 1.0 - 0.35 * np.minimum(states.exercise_drive, 1.0)
    others = (1.0 - 0.40 * blockade) * sympathetic * (2.0 * effortless - 1.0)
    others += (reflex * (1.0 - 0.3 * blockade) + NODE_PER_DEGREE * warmth) * effortless
    others *= scale / reserve
    share = (1.0 - 0.40 * blockade) * states.exercise_drive + others
    rate = heart * (1.0 - 0.16 * blockade) + reserve * saturated_reserve(share)
    np.maximum(rate, 0.4 * heart, out=states.heart_rate)
    return np.asarray(heart + np.minimum(effort.cardiac, 1.0) * reserve)


def saturated_reserve(share: Array) -> Array:
    """The share of the rate's reserve that is given for one that is asked: all up to 0.9, never above 1."""
    beyond = between(share - 0.9, 0.0, 0.2)
    return np.asarray(np.minimum(share, 1.1) - 2.5 * beyond * beyond)
