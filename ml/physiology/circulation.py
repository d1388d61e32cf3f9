"""Heart and vessels, averaged over the beat.

Arterial: C dP/dt = Q - G (P - P_v) (Frank 1899). Venous pressure from the stressed volume of everything but the
arteries (Guyton 1955). Stroke volume: a saturating curve of filling (Sarnoff 1954; flat above 9 mmHg in the healthy,
Nixon 1982), times what muscle pump and sympathetic drive return in exercise (5.8 L of flow per litre of oxygen:
Åstrand 1964; Proctor 1998; so that it plateaus by half of the reserve), less with a shortened diastole and a high
afterload. Conductance: rest over the reflexes' constriction, the leg's venoarteriolar response when it hangs
(Henriksen 1977), blood viscosity, hypoxic dilation and hyperoxic constriction (Smit 2018), skin, and working muscle.
"""

from typing import Final, NamedTuple

import numpy as np

from ml.physiology import reflexes
from ml.physiology.effort import Effort
from ml.physiology.parameters import RESTING_VENOUS_MMHG, Parameters
from ml.physiology.quantities import Array, Number, between
from ml.physiology.states import States

FLOW_PER_OXYGEN: Final = 5.8
FILLING_OFFSET: Final = 4.0
FILLING_HALF: Final = 9.0
FILLING_AT_REST: Final = (RESTING_VENOUS_MMHG + FILLING_OFFSET) / (RESTING_VENOUS_MMHG + FILLING_OFFSET + FILLING_HALF)
RESTING_SKIN: Final = 6.3 / 60.0  # L/min/m², Gagge 1971
CARDIOPULMONARY_RESISTANCE: Final = 0.03  # 1/mmHg
CARDIOPULMONARY_VEINS: Final = 0.003  # of blood volume per mmHg
VENOARTERIOLAR: Final = 0.12
DESATURATION_RESISTANCE: Final = 1.2
HYPEROXIC_RESISTANCE: Final = 0.16
OUTPUT_S: Final = 3.0
SLACK_MMHG: Final = 1.0  # below it veins collapse, and pressure falls ever less with volume, Moreno 1970
SLACK_RANGE: Final = 5.0


class Setting(NamedTuple):
    """What of the surroundings the circulation feels. `upright`: sine of the tilt."""

    upright: Number
    blockade: Number


def circulate(states: States, parameters: Parameters, around: Setting, effort: Effort, h: float) -> None:
    """One step of `h` seconds of reflexes, heart rate, output and pressure."""
    skin_rise = states.skin_blood_flow - RESTING_SKIN * parameters.surface
    venous = venous_pressure(states, parameters, around.upright, effort, skin_rise)
    reflexes.sense(states, parameters, venous=venous, upright=around.upright, effort=effort, h=h)
    desaturation = np.maximum(parameters.resting_saturation - states.arterial_saturation, 0.0)
    expected = reflexes.beat(
        states,
        parameters,
        effort=effort,
        skin_rise=skin_rise,
        desaturation=desaturation,
        blockade=around.blockade,
    )
    stroke = _stroke_litres(
        states,
        parameters,
        venous=venous,
        effort=effort,
        skin_rise=skin_rise,
        expected=expected,
        blockade=around.blockade,
    )
    states.cardiac_output += h / (h + OUTPUT_S) * (stroke * states.heart_rate - states.cardiac_output)
    conductance = _conductance(
        states,
        parameters,
        upright=around.upright,
        effort=effort,
        skin_rise=skin_rise,
        desaturation=desaturation,
    )
    per = h / 60.0 / parameters.arterial_compliance
    states.mean_arterial_pressure += per * (states.cardiac_output + conductance * venous)
    states.mean_arterial_pressure /= 1.0 + per * conductance


def venous_pressure(states: States, parameters: Parameters, upright: Number, effort: Effort, skin_rise: Array) -> Array:
    """Central, mmHg: 27 mL/mmHg of venous tone (Heldt 2002); legs, and skin when it is warm, hold blood back; a walking
    muscle gives a part of it back."""
    pump = 1.0 - 0.5 * np.minimum(effort.share * 4.0, 1.0)
    stressed = states.plasma_volume + states.red_cell_volume - parameters.unstressed_volume
    stressed -= parameters.arterial_compliance * states.mean_arterial_pressure
    stressed += parameters.venous_gain * states.arterial_tone
    stressed += CARDIOPULMONARY_VEINS * parameters.blood_volume * states.cardiopulmonary_tone
    stressed -= upright * pump * parameters.pooling_volume
    stressed -= 0.10 * between(skin_rise, -1.0, 6.0)
    linear = stressed / parameters.venous_compliance
    slack = np.minimum(linear - SLACK_MMHG, 0.0)
    return np.asarray(linear - slack + slack / (1.0 - slack * (1.0 / SLACK_RANGE)))


def _stroke_litres(
    states: States,
    parameters: Parameters,
    *,
    venous: Array,
    effort: Effort,
    skin_rise: Array,
    expected: Array,
    blockade: Number,
) -> Array:
    filling = between(venous + FILLING_OFFSET, 0.15, 26.0)
    rest = parameters.resting_output
    asked = (rest + FLOW_PER_OXYGEN * effort.extra) / expected
    tone = 1.0 + 0.006 * states.arterial_tone + 0.08 * between(skin_rise / parameters.size, 0.0, 6.0) - 0.07 * blockade
    faster = states.heart_rate / expected - 1.0
    diastole = 1.0 - 0.35 * between(faster, -0.5, 0.0) - 0.22 * between(faster, 0.0, 1.0)
    pressure = parameters.resting_pressure + reflexes.EXERCISE_PRESSURE * effort.share
    after = 1.0 - 0.003 * between(states.mean_arterial_pressure - pressure, -40.0, 80.0)
    return np.asarray(asked * tone * diastole * after * (filling / (filling + FILLING_HALF)) / FILLING_AT_REST)


def _conductance(
    states: States,
    parameters: Parameters,
    *,
    upright: Number,
    effort: Effort,
    skin_rise: Array,
    desaturation: Array,
) -> Array:
    """L/min/mmHg."""
    driving = parameters.resting_pressure - RESTING_VENOUS_MMHG
    constriction = parameters.resistance_gain * states.arterial_tone
    constriction += CARDIOPULMONARY_RESISTANCE * states.cardiopulmonary_tone + VENOARTERIOLAR * upright
    constriction -= DESATURATION_RESISTANCE * desaturation
    constriction += HYPEROXIC_RESISTANCE * between((states.alveolar_o2 - 110.0) / 550.0, 0.0, 1.0)
    constriction += 0.12 * between(-skin_rise / (RESTING_SKIN * parameters.surface), 0.0, 1.0)
    cells = states.red_cell_volume / (states.red_cell_volume + states.plasma_volume)
    normal = 1.0 - parameters.plasma_volume / parameters.blood_volume
    constriction += 0.5 * (cells / normal - 1.0)
    resistance = np.maximum(1.0 + constriction, 0.3)
    rise = reflexes.EXERCISE_PRESSURE * effort.share
    rest = parameters.resting_output / driving
    muscle = np.maximum((FLOW_PER_OXYGEN * effort.extra - rest * rise) / (driving + rise), 0.0)
    local = 1.0 + 0.5 * (resistance - 1.0)
    return np.asarray(np.maximum((rest / resistance + muscle / local) + skin_rise / driving, 0.1 * rest))


def stroke_volume_ml(states: States) -> Array:
    return np.asarray(1000.0 * states.cardiac_output / states.heart_rate)
