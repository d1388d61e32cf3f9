"""What is one's own and changes slowly or never. `parameters_of(persons)` gives the textbook's guess.

The assimilation perturbs and learns some of them; `Parameters.table()` bounds that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

import numpy as np

from ml.physiology.oxygen import resting_saturation
from ml.physiology.person import Build, Person
from ml.physiology.quantities import Array, Quantity, Record

RESTING_VENOUS_MMHG: Final = 5.0


@dataclass
class Parameters(Record):
    """One array each, of the states' shape or broadcast to it."""

    mass: Annotated[Array, Quantity("kg", 2, 300, "body mass")]
    surface: Annotated[Array, Quantity("m²", 0.1, 4, "body surface", "Du Bois 1916")]
    size: Annotated[Array, Quantity("1", 0.05, 2.5, "surface over that of a man of 70 kg")]
    # circulation
    resting_output: Annotated[
        Array, Quantity("L/min", 0.3, 12, "index 3.2 - 0.0075 age", "Cattermole 2017; Katori 1979")
    ]
    resting_heart_rate: Annotated[
        Array, Quantity("/min", 30, 190, "seated", "Ostchega 2011; Fleming 2011; Reimers 2018")
    ]
    maximal_heart_rate: Annotated[Array, Quantity("/min", 90, 230, "208 - 0.7 age", "Tanaka 2001")]
    resting_pressure: Annotated[Array, Quantity("mmHg", 35, 150, "mean arterial", "Wright 2011 (NHSR 35)")]
    venous_compliance: Annotated[Array, Quantity("L/mmHg", 0.003, 0.5, "whole circulation but arteries", "Magder 2016")]
    arterial_compliance: Annotated[
        Array, Quantity("L/mmHg", 0.00005, 0.01, "1.8 mL/mmHg, stiffer with age", "Heldt 2002")
    ]
    unstressed_volume: Annotated[Array, Quantity("L", 0.05, 12, "blood that stretches nothing", "Magder 2016")]
    pooling_volume: Annotated[Array, Quantity("L", 0.01, 2, "blood gone below the heart, upright", "Sjöstrand 1953")]
    baroreceptor_column: Annotated[
        Array, Quantity("mmHg", 1, 20, "mean height of baroreceptors above the heart", "Heldt 2002")
    ]
    heart_gain: Annotated[
        Array, Quantity("/min/mmHg", 0.1, 3, "arterial reflex on rate; falls with age", "Monahan 2007")
    ]
    resistance_gain: Annotated[Array, Quantity("1/mmHg", 0.002, 0.03, "arterial reflex on resistance", "Heldt 2002")]
    venous_gain: Annotated[Array, Quantity("L/mmHg", 0.001, 0.1, "arterial reflex on venous volume", "Heldt 2002")]
    # breathing
    resting_uptake: Annotated[Array, Quantity("L/min", 0.01, 1.2, "oxygen, seated", "Mifflin 1990; Schofield 1985")]
    maximal_uptake: Annotated[Array, Quantity("L/min", 0.03, 9, "oxygen on a cycle", "de Souza e Silva 2018")]
    co2_setpoint: Annotated[Array, Quantity("mmHg", 20, 60, "arterial CO2 of rest", "Crapo 1999")]
    alveolar_arterial: Annotated[Array, Quantity("mmHg", 0, 90, "oxygen gradient 2.5 + 0.21 age", "Mellemgaard 1966")]
    resting_respiratory_rate: Annotated[Array, Quantity("/min", 6, 60, "14; more in children", "Fleming 2011")]
    resting_saturation: Annotated[
        Array, Quantity("1", 0.8, 1, "what follows from these at sea level", "Severinghaus 1979")
    ]
    # heat
    core_setpoint: Annotated[Array, Quantity("°C", 35.5, 38, "mean of the day", "Sund-Levander 2002")]
    circadian_amplitude: Annotated[Array, Quantity("°C", 0, 1, "half swing of core over a day", "Krauchi 1994")]
    fat_percent: Annotated[Array, Quantity("%", 3, 65, "of body mass", "Deurenberg 1991")]
    sweat_gain: Annotated[
        Array, Quantity("g/h/m²/°C", 50, 700, "sweat per mean body temperature", "Gagge 1971; Nadel 1974")
    ]
    maximal_sweat: Annotated[Array, Quantity("L/h", 0.02, 4, "1.6 in a man of average fitness", "Baker 2017")]
    # fluids
    blood_volume: Annotated[Array, Quantity("L", 0.1, 14, "at rest", "Nadler 1962")]
    plasma_volume: Annotated[Array, Quantity("L", 0.06, 9, "at rest", "Nadler 1962; WHO 2011")]
    interstitial_volume: Annotated[Array, Quantity("L", 0.3, 40, "at rest", "Watson 1980; Guyton")]
    cell_volume: Annotated[Array, Quantity("L", 0.6, 70, "water in the cells at rest", "Watson 1980; Guyton")]
    plasma_protein: Annotated[Array, Quantity("g", 4, 700, "70 g/L", "Guyton")]
    interstitial_protein: Annotated[Array, Quantity("g", 5, 900, "20 g/L", "Guyton")]
    resting_urine: Annotated[Array, Quantity("L/min", 0.0003, 0.004, "what 1.5 mL/min drunk leaves over")]
    # metabolism
    basal_glucose: Annotated[Array, Quantity("mmol/L", 3, 20, "fasting", "ADA 2024")]
    basal_insulin: Annotated[Array, Quantity("µU/mL", 1, 60, "fasting", "Bergman 1981")]
    glucose_effectiveness: Annotated[Array, Quantity("/min", 0.005, 0.05, "0.021", "Bergman 1981")]
    insulin_sensitivity: Annotated[
        Array, Quantity("/min per µU/mL", 1e-5, 2e-3, "3.2e-4; less with body mass", "Bergman 1981")
    ]
    insulin_secretion: Annotated[
        Array, Quantity("µU/mL/min per mmol/L", 0, 20, "above fasting glucose", "Toffolo 1980")
    ]
    lactate_threshold: Annotated[Array, Quantity("1", 0.3, 0.85, "share of the oxygen reserve", "Davis 1979")]
    full_work_capacity: Annotated[Array, Quantity("kJ", 0.3, 90, "above critical power, 0.32 kJ/kg", "Skiba 2012")]


def parameters_of(persons: Sequence[Person]) -> Parameters:
    """What the textbook expects of these persons, arrays (patients,)."""
    build = Build.of(persons)
    return Parameters(
        mass=build.mass,
        surface=build.surface_m2,
        size=build.surface_m2 / 1.848,
        **_circulation(build),
        **_breathing(build),
        **_heat(build),
        **_fluids(build),
        **_metabolism(build),
    )


def _circulation(build: Build) -> dict[str, Array]:
    blood, surface = build.blood_litres, build.surface_m2
    pressure = 82.0 + 0.22 * build.age - 3.0 * (1.0 - build.male) - 32.0 * np.exp(-build.age / 4.0)
    pressure += 0.3 * (np.clip(build.body_mass_index, 16.0, 40.0) - 22.0)
    venous, arterial = 0.027 * blood, 0.0018 * blood / 5.1 * np.clip(1.3 - 0.0085 * build.age, 0.4, 1.3)
    stressed = RESTING_VENOUS_MMHG * venous + arterial * pressure
    return {
        "resting_output": (3.2 - 0.0075 * build.age) * surface,
        "resting_heart_rate": build.resting_heart_rate,
        "maximal_heart_rate": build.maximal_heart_rate,
        "resting_pressure": pressure,
        "venous_compliance": venous,
        "arterial_compliance": arterial,
        "unstressed_volume": blood - stressed,
        "pooling_volume": 0.205 * blood * build.height_cm / 175.0,
        "baroreceptor_column": 0.073 * build.height_cm,
        "heart_gain": np.clip(1.35 - 0.013 * build.age, 0.3, 1.3),
        "resistance_gain": np.full_like(blood, 0.012),
        "venous_gain": 0.027 * blood / 5.1,
    }


def _breathing(build: Build) -> dict[str, Array]:
    gradient = 2.5 + 0.21 * build.age
    setpoint = 40.0 - 2.0 * (1.0 - build.male)
    return {
        "resting_uptake": build.resting_uptake,
        "maximal_uptake": build.maximal_uptake,
        "co2_setpoint": setpoint,
        "alveolar_arterial": gradient,
        "resting_respiratory_rate": 14.0 + 28.0 * np.exp(-build.age / 4.0),
        "resting_saturation": resting_saturation(gradient, setpoint),
    }


def _heat(build: Build) -> dict[str, Array]:
    fit = np.clip(build.fitness, 0.6, 1.6)
    return {
        "core_setpoint": np.full_like(build.mass, 36.7),
        "circadian_amplitude": np.clip(0.45 - 0.002 * (build.age - 35.0), 0.2, 0.45),
        "fat_percent": build.fat_percent,
        "sweat_gain": 400.0 * fit * np.where(build.male > 0, 1.0, 0.85),
        "maximal_sweat": 1.6 * fit * np.where(build.male > 0, 1.0, 0.75) * build.surface_m2 / 1.848,
    }


def _fluids(build: Build) -> dict[str, Array]:
    blood, water = build.blood_litres, build.water_litres
    plasma = blood * (1.0 - build.haematocrit)
    outside = np.maximum(0.42 * water, 1.6 * plasma)
    return {
        "blood_volume": blood,
        "plasma_volume": plasma,
        "interstitial_volume": outside - plasma,
        "cell_volume": np.maximum(water - outside, 0.25 * water),
        "plasma_protein": 70.0 * plasma,
        "interstitial_protein": 20.0 * (outside - plasma),
        "resting_urine": np.clip(1.5 - 0.2 * build.surface_m2, 0.9, 1.5) / 1000.0,
    }


def _metabolism(build: Build) -> dict[str, Array]:
    heavy = np.clip(build.body_mass_index, 16.0, 45.0) / 22.9
    old = np.clip(1.0 - 0.005 * (build.age - 35.0), 0.7, 1.1)
    return {
        "basal_glucose": 5.0 + 0.006 * (np.clip(build.age, 20.0, 90.0) - 35.0) + 0.3 * np.maximum(heavy - 1.0, 0.0),
        "basal_insulin": 8.0 * heavy**1.5,
        "glucose_effectiveness": np.full_like(build.mass, 0.021),
        "insulin_sensitivity": 3.2e-4 * heavy**-1.5 * old * np.clip(build.fitness, 0.6, 1.6) ** 0.5,
        "insulin_secretion": 2.4 * heavy**1.5,
        "lactate_threshold": np.clip(0.47 * build.fitness**0.3, 0.33, 0.75),
        "full_work_capacity": 0.32 * build.mass * np.sqrt(build.fitness),
    }
