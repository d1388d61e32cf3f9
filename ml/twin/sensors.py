"""What the twins can take: each sensor's errors, and what each member of an ensemble says it would show.

A sensor's reading is the body's figure, plus a bias that is a variable of the ensemble, plus an error of reading to
reading. `roughness` is what the body itself does from minute to minute and the model does not (a heart rate is never
still); it counts as error of the reading. `wander` is what a well person varies by within an hour: a departure from an
hour ago is held against it (`hypotheses`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from ml.physiology import Parameters, States, gas
from ml.physiology.observe import water_gained
from ml.physiology.quantities import Array

RED_CELL_WATER: Final = 0.66  # of their volume, Guyton


@dataclass(frozen=True)
class Sensor:
    """All in `unit`, but `interval_s`: how often it usually reads. `lowest`, `highest`: beyond them a reading is not
    taken. `bias`: what sensors of the kind are usually off by, which forgets itself with `bias_memory_s` (a glucose
    monitor drifts within hours: Facchinetti 2014, Med Biol Eng Comput 53:1259; skin differs from place to place)."""

    label: str
    unit: str
    deviation: float
    roughness: float
    bias: float
    wander: float
    interval_s: float
    lowest: float
    highest: float
    decimals: int = 0
    bias_memory_s: float = 10.0 * 86_400.0


@dataclass(frozen=True)
class Seen:
    """One sensor's reading of many patients. `value` (patients,), not-a-number where there is none; `deviation`
    (patients,) of its error, in the same unit."""

    value: Array
    deviation: Array


SENSORS: Final[Mapping[str, Sensor]] = MappingProxyType(
    {
        "heart_rate": Sensor("Heart rate", "/min", 1.0, 2.0, 1.0, 5.0, 1.0, 15.0, 300.0),
        "respiratory_rate": Sensor("Respiratory rate", "/min", 1.5, 1.0, 1.0, 1.6, 5.0, 2.0, 120.0),
        "spo2": Sensor("SpO₂", "%", 1.5, 0.3, 1.2, 1.2, 1.0, 30.0, 100.0),
        "core_temperature": Sensor("Core temperature", "Cel", 0.1, 0.05, 0.2, 0.15, 10.0, 20.0, 45.0, 1),
        "skin_temperature": Sensor("Skin temperature", "Cel", 0.3, 0.2, 1.5, 1.1, 5.0, 5.0, 45.0, 1, 10_800.0),
        "mean_pressure": Sensor("Mean pressure", "mm[Hg]", 6.0, 3.0, 4.0, 3.7, 3600.0, 15.0, 230.0),
        "glucose": Sensor("Glucose", "mmol/L", 0.3, 0.1, 0.7, 1.3, 300.0, 0.6, 55.0, 1, 7_200.0),
        "blood_lactate": Sensor("Lactate, blood", "mmol/L", 0.2, 0.1, 0.2, 0.35, 600.0, 0.1, 35.0, 1),
        "total_body_water": Sensor("Total body water", "L", 0.3, 0.1, 1.5, 0.22, 60.0, 0.5, 150.0, 1),
        "weight": Sensor("Weight", "kg", 0.1, 0.1, 1.5, 0.4, 86_400.0, 0.5, 500.0, 1),
    }
)

Figure = Callable[[States, Parameters], Array]

_FIGURES: Final[Mapping[str, Figure]] = MappingProxyType(
    {
        "heart_rate": lambda states, _: states.heart_rate,
        "respiratory_rate": lambda states, parameters: gas.ventilation(states, parameters)[1],
        "spo2": lambda states, _: 100.0 * states.arterial_saturation,
        "core_temperature": lambda states, _: states.core_temperature,
        "skin_temperature": lambda states, _: states.skin_temperature,
        "mean_pressure": lambda states, _: states.mean_arterial_pressure,
        "glucose": lambda states, _: states.glucose,
        "blood_lactate": lambda states, _: states.lactate,
        "total_body_water": lambda states, _: body_water(states),
        "weight": lambda states, parameters: parameters.mass + water_gained(states, parameters),
    }
)


def body_water(states: States) -> Array:
    """Litres, what impedance would see: the gut's counts little and is left out."""
    outside = states.plasma_volume + states.interstitial_volume
    return np.asarray(outside + states.cell_volume + RED_CELL_WATER * states.red_cell_volume)


def shown(code: str, states: States, parameters: Parameters) -> Array:
    """The figure (patients, members) that a sensor without bias would show. Raises KeyError for a code not in
    SENSORS."""
    return _FIGURES[code](states, parameters)


def error_variance(code: str, deviation: Array) -> Array:
    """Of one reading, roughness of the body included; (patients,), in the square of the unit."""
    sensor = SENSORS[code]
    known = np.where(np.isfinite(deviation) & (deviation > 0.0), deviation, sensor.deviation)
    return np.asarray(known**2 + sensor.roughness**2)


def taken(code: str, value: Array) -> Array:
    """The reading, not-a-number where no body could show it."""
    sensor = SENSORS[code]
    with np.errstate(invalid="ignore"):
        return np.where((value >= sensor.lowest) & (value <= sensor.highest), value, np.nan)
