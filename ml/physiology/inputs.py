"""What is done to a body. Numbers for all bodies alike, or arrays of the states' shape."""

from dataclasses import dataclass
from typing import Annotated, Final

import numpy as np

from ml.physiology.quantities import Number, Quantity, Record


@dataclass
class Inputs(Record):
    """The defaults: seated in a reclining chair, blood spread as when lying, in a pleasant room at sea level."""

    tilt_degrees: Annotated[
        Number, Quantity("°", -30, 90, "of the body axis from the horizontal; 0 rest, 90 upright")
    ] = 0.0
    work_watts: Annotated[Number, Quantity("W", 0, 1000, "on a cycle")] = 0.0
    bleed_ml_per_min: Annotated[Number, Quantity("mL/min", 0, 2000, "whole blood lost")] = 0.0
    infuse_ml_per_min: Annotated[
        Number, Quantity("mL/min", -200, 1000, "0.9 % saline into a vein; below 0 lost, as by diarrhoea")
    ] = 0.0
    drink_ml_per_min: Annotated[Number, Quantity("mL/min", 0, 500, "water")] = 1.5
    fio2: Annotated[Number, Quantity("1", 0.02, 1, "oxygen in what is breathed, dry")] = 0.2095
    barometric_mmhg: Annotated[Number, Quantity("mmHg", 150, 3000, "barometric pressure")] = 760.0
    air_celsius: Annotated[Number, Quantity("°C", -40, 70, "air and walls")] = 27.0
    relative_humidity: Annotated[Number, Quantity("1", 0, 1, "of the air")] = 0.4
    air_speed_m_s: Annotated[Number, Quantity("m/s", 0, 30, "of the air")] = 0.1
    clothing_clo: Annotated[Number, Quantity("clo", 0, 5, "0.5 trousers and shirt, 1 a suit")] = 0.5
    fever_setpoint_celsius: Annotated[Number, Quantity("°C", -2, 5, "rise of the set-point by pyrogens")] = 0.0
    carbohydrate_g_per_min: Annotated[Number, Quantity("g/min", 0, 100, "eaten, as glucose")] = 0.0
    insulin_u_per_min: Annotated[Number, Quantity("U/min", 0, 50, "into a vein")] = 0.0
    beta_blockade: Annotated[Number, Quantity("1", 0, 1, "1: a full oral dose of propranolol")] = 0.0

    def within_range(self) -> "Inputs":
        """A copy with what no world offers clipped to what it does, and rest for what is not a number."""
        return Inputs(**{name: _bounded(name, value) for name, value in self.items()})


REST: Final = Inputs()


def _bounded(name: str, value: Number) -> Number:
    bounds = Inputs.table()[name]
    known = np.where(np.isnan(value), getattr(REST, name), value)
    bounded = np.minimum(np.maximum(known, bounds.low), bounds.high)
    return bounded if np.ndim(bounded) else float(bounded)
