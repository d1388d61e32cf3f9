"""What one would measure of a body: named figures, in the units of clinicians."""

import numpy as np

from ml.physiology import fluids, gas
from ml.physiology.circulation import stroke_volume_ml
from ml.physiology.inputs import Inputs
from ml.physiology.parameters import Parameters
from ml.physiology.quantities import Array
from ml.physiology.states import States
from ml.physiology.step import central_venous_pressure


def observe(states: States, parameters: Parameters, inputs: Inputs) -> dict[str, Array]:
    """Arrays of the states' shape, none of them a view. Units: docs/body.md."""
    venous = central_venous_pressure(states, parameters, np.sin(np.deg2rad(inputs.tilt_degrees)))
    total, rate = gas.ventilation(states, parameters)
    urine, _ = fluids.excretion(states, parameters)
    copied = {name: getattr(states, name).copy() for name in COPIED}
    return copied | {
        "stroke_volume": stroke_volume_ml(states),
        "central_venous_pressure": venous,
        "systemic_resistance": (states.mean_arterial_pressure - venous) / states.cardiac_output,
        "spo2": 100.0 * states.arterial_saturation,
        "paco2": states.alveolar_co2.copy(),
        "ventilation": total,
        "respiratory_rate": rate,
        "blood_volume": states.plasma_volume + states.red_cell_volume,
        "haematocrit": states.red_cell_volume / (states.plasma_volume + states.red_cell_volume),
        "osmolality": fluids.osmolality(states),
        "urine_rate": 60.0 * urine,
        "body_mass": parameters.mass + water_gained(states, parameters),
    }


def water_gained(states: States, parameters: Parameters) -> Array:
    """Litres of water and cells above those of rest."""
    now = states.plasma_volume + states.interstitial_volume + states.cell_volume + states.red_cell_volume
    rest = parameters.interstitial_volume + parameters.cell_volume + parameters.blood_volume
    return np.asarray(now - rest + states.gut_water)


COPIED = (
    "heart_rate",
    "mean_arterial_pressure",
    "cardiac_output",
    "oxygen_uptake",
    "core_temperature",
    "skin_temperature",
    "skin_blood_flow",
    "sweat_rate",
    "plasma_volume",
    "interstitial_volume",
    "cell_volume",
    "lactate",
    "work_capacity",
    "glucose",
    "insulin",
)
