"""Heat of core, skin and muscle, after Gagge, Stolwijk & Nishi 1971 (ASHRAE Trans 77:247), with these departures.

Skin flow (6.3 + 110 warm core)/(1 + 0.5 cold skin) L/h/m², 110 rather than 75 since whole-body flow reaches 7 L/min
(Rowell 1974). Sweat 400 rather than 170 g/h/m²/°C of mean body temperature times exp(skin/10.7), since Gagge's gain is
low against esophageal slopes (Nadel 1974), its threshold 0.04 °C higher per mOsm/kg (Takamata 2001); a fifth of it
wets only clothes. Shivering in the additive form of Tikuisis & Giesbrecht 1999 (Eur J Appl Physiol 79:285): Gagge's
product of two cold signals cannot warm a feverish body whose skin is warm. The skin node keeps a tenth of the mass, so
that heat is conserved; working muscle is a third node, through which its heat comes to the core late. Fever and the
hour of the day move the set-point.
"""

from typing import Final, NamedTuple

import numpy as np

from ml.physiology.effort import WATTS_PER_LITRE_OXYGEN
from ml.physiology.parameters import Parameters
from ml.physiology.quantities import Array, Number, between
from ml.physiology.states import States

SPECIFIC_HEAT: Final = 3490.0  # J/kg/°C
SKIN_SHARE: Final = 0.1
MUSCLE_SHARE: Final = 0.2
MUSCLE_W: Final = 2.2  # W/°C/kg of body, from working muscle to core, Gonzalez-Alonso 1999
SKIN_SETPOINT: Final = 33.7
WATTS_PER_LITRE_HOUR: Final = 675.0  # evaporation at skin temperature, 2,430 J/g
TISSUE: Final = 5.28  # W/m²/°C
BLOOD: Final = 1.163  # W/m²/°C per L/h/m²
RADIATION: Final = 4.7  # W/m²/°C
LEWIS: Final = 16.5  # °C/kPa
SHIVERING_BELOW: Final = 2.6  # °C of skin under its set-point; narrower cold is met by vessels and clothes
WETS_SKIN: Final = 0.8  # of the sweat; the rest wets clothes
EFFECTORS_S: Final = 90.0


class Air(NamedTuple):
    """Surroundings as the skin meets them. `dry`, W/m²/°C; `wet`, W/m²/kPa; `vapour`, kPa."""

    celsius: Number
    vapour: Number
    dry: Number
    wet: Number


def vapour_kpa(celsius: Number) -> Array:
    """Saturated water vapour, Tetens 1930."""
    bounded = between(celsius, -60.0, 100.0)
    return np.asarray(0.61078 * np.exp(17.27 * bounded / (bounded + 237.3)))


def air_around(celsius: Number, humidity: Number, speed: Number, clothing: Number, moving: Number) -> Air:
    """Through clothes and the layer of air about them. `moving`: 0 to 1, legs that pedal stir the air."""
    still = np.maximum(3.0, 8.6 * np.maximum(speed, 0.0) ** 0.53)
    convection = np.maximum(still, 3.0 + 3.0 * np.asarray(moving))
    factor = 1.0 + 0.15 * np.asarray(clothing)
    insulation = 0.155 * np.asarray(clothing) * (1.0 - 0.3 * np.asarray(moving))
    dry = 1.0 / (insulation + 1.0 / (factor * (RADIATION + convection)))
    wet = 1.0 / (insulation / (0.45 * LEWIS) + 1.0 / (factor * LEWIS * convection))
    return Air(celsius, np.asarray(humidity) * vapour_kpa(celsius), dry, wet)


def exchange(
    states: States, parameters: Parameters, *, air: Air, watts: Number, fever: Number, osmolality_rise: Array, h: float
) -> Array:
    """One step of `h` seconds; gives the water that leaves the skin by diffusion, L/min."""
    surface = parameters.surface
    metabolic = WATTS_PER_LITRE_OXYGEN * states.oxygen_uptake
    breath = metabolic * (0.0014 * (34.0 - air.celsius) + 0.0173 * (5.87 - air.vapour))
    produced = np.maximum(metabolic - watts, 0.3 * metabolic) - breath
    sweat_w, diffusion_w = _evaporation(states, parameters, air)
    flow = states.skin_blood_flow * 60.0 / surface
    through = surface * (TISSUE + BLOOD * flow)
    core_j = SPECIFIC_HEAT * (1.0 - SKIN_SHARE - MUSCLE_SHARE) * parameters.mass
    skin_j = SPECIFIC_HEAT * SKIN_SHARE * parameters.mass
    # Linearly implicit in both nodes: dC = (a - t (C - S))/c, dS = (t (C - S) - d (S - air) - e)/s
    outward = surface * air.dry
    to_core = _warm_muscle(states, parameters, produced, h)
    core_rate = to_core - through * (states.core_temperature - states.skin_temperature)
    skin_rate = through * (states.core_temperature - states.skin_temperature)
    skin_rate -= outward * (states.skin_temperature - air.celsius) + sweat_w + diffusion_w
    k = through * h
    core_diagonal, skin_diagonal = core_j + k, skin_j + k + outward * h
    determinant = core_diagonal * skin_diagonal - k * k
    core_change = h * (core_rate * skin_diagonal + k * skin_rate) / determinant
    states.skin_temperature += h * (skin_rate * core_diagonal + k * core_rate) / determinant
    states.core_temperature += core_change
    _effectors(states, parameters, fever, osmolality_rise, h)
    return np.asarray(np.maximum(diffusion_w, 0.0) / WATTS_PER_LITRE_HOUR / 60.0)


def _warm_muscle(states: States, parameters: Parameters, produced: Array, h: float) -> Array:
    """What is produced above rest warms the muscles first; gives what reaches the core, W."""
    resting = np.minimum(produced, WATTS_PER_LITRE_OXYGEN * parameters.resting_uptake)
    capacity = SPECIFIC_HEAT * MUSCLE_SHARE * parameters.mass
    conduct = MUSCLE_W * parameters.mass
    before = states.muscle_temperature.copy()
    states.muscle_temperature += h / capacity * (produced - resting + conduct * states.core_temperature)
    states.muscle_temperature /= 1.0 + h / capacity * conduct
    return np.asarray(produced - capacity / h * (states.muscle_temperature - before))


def _evaporation(states: States, parameters: Parameters, air: Air) -> tuple[Array, Array]:
    """Heat that sweat and diffusion take, W. Skin wetted w evaporates 1 - w²/2 of its sweat, the rest drips off
    (Candas 1979, J Appl Physiol 46:522); with the sweat s that the air could take up, w = s (1 - w²/2)."""
    most = air.wet * parameters.surface * np.maximum(vapour_kpa(states.skin_temperature) - air.vapour, 0.02)
    secreted = np.maximum(WETS_SKIN * WATTS_PER_LITRE_HOUR * states.sweat_rate / most, 1e-6)
    wetted = np.minimum((np.sqrt(1.0 + 2.0 * secreted * secreted) - 1.0) / secreted, 1.0)
    return most * wetted, 0.06 * most * (1.0 - wetted)


def setpoint(states: States, parameters: Parameters, fever: Number) -> Array:
    """Of the core, °C: lowest at 4 h, highest at 16 h; core is highest in the evening (Krauchi 1994)."""
    turn = np.cos((states.clock - 16.0) * (2.0 * np.pi / 24.0))
    return np.asarray(parameters.core_setpoint + parameters.circadian_amplitude * turn + fever)


def _effectors(states: States, parameters: Parameters, fever: Number, osmolality_rise: Array, h: float) -> None:
    """Skin flow, sweat and shivering follow their signals within a minute and a half."""
    thirst = 0.04 * between(osmolality_rise, -5.0, 25.0)
    target = setpoint(states, parameters, fever)
    core = states.core_temperature - target
    skin = states.skin_temperature - SKIN_SETPOINT - 0.5 * fever
    share = h / (h + EFFECTORS_S)
    hypovolaemia = np.maximum(states.cardiopulmonary_tone + states.arterial_tone, 0.0)
    flow = (6.3 + 110.0 * between(core - thirst, 0.0, 1.6)) / (1.0 + 0.5 * np.maximum(-skin, 0.0))
    flow *= parameters.surface / 60.0 / (1.0 + 0.02 * hypovolaemia)
    states.skin_blood_flow += share * (flow - states.skin_blood_flow)
    body = 0.9 * core + 0.1 * skin - thirst
    sweat = parameters.sweat_gain * np.maximum(body, 0.0) * np.exp(between(skin, -15.0, 8.0) / 10.7)
    sweat = np.minimum(sweat * parameters.surface / 1000.0, parameters.maximal_sweat)
    states.sweat_rate += share * (sweat - states.sweat_rate)
    cold = between(-skin - SHIVERING_BELOW, 0.0, 15.0)
    shiver = (-155.5 * core + 47.0 * cold - 1.57 * cold * cold) / np.sqrt(parameters.fat_percent)
    shiver = between(shiver - 12.0, 0.0, 200.0) * parameters.surface
    # A hot core does not shiver, whatever the skin says; nor does one below 31 °C
    shiver *= between((states.core_temperature - 29.0) * 0.5, 0.0, 1.0)
    states.shivering += share * (shiver - states.shivering)
