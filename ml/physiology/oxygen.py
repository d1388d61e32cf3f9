"""Oxygen in alveoli and blood: what of it the haemoglobin carries (Severinghaus 1979, J Appl Physiol 46:599)."""

from typing import Final

import numpy as np

from ml.physiology.quantities import Array, Number

WATER_VAPOUR_MMHG: Final = 47.0
REST_QUOTIENT: Final = 0.82


def saturation(oxygen: Array, carbon_dioxide: Number, celsius: Number) -> Array:
    """Share of haemoglobin, of arterial pressures in mmHg; the shifts linear about 40 mmHg and 37 °C."""
    shift = (1.0 + 0.0088 * (40.0 - carbon_dioxide)) * (1.0 - 0.055 * (celsius - 37.0))
    virtual = np.maximum(oxygen * np.clip(shift, 0.5, 1.6), 1.0)
    cubic = virtual * (virtual * virtual + 150.0)
    return np.asarray(cubic / (cubic + 23400.0))


def arterial_saturation(
    alveolar: Array, gradient: Array, carbon_dioxide: Number, celsius: Number, diffusion: Number = 0.0
) -> Array:
    """The gradient, shunt included, shrinks with the oxygen pressure; what diffusion lacks, mmHg, does not."""
    arterial = alveolar - gradient * np.minimum(alveolar * 0.01, 2.0) - diffusion
    return saturation(arterial, carbon_dioxide, celsius)


def resting_saturation(gradient: Array, carbon_dioxide: Array) -> Array:
    alveolar = 0.2095 * (760.0 - WATER_VAPOUR_MMHG) - carbon_dioxide / REST_QUOTIENT
    return arterial_saturation(alveolar, gradient, carbon_dioxide, 37.0)
