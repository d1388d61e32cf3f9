"""Oxygen in alveoli and blood: what of it the haemoglobin carries (Severinghaus 1979, J Appl Physiol 46:599)."""

from typing import Final

import numpy as np

from ml.physiology.quantities import Array, Number

WATER_VAPOUR_MMHG: Final = 47.0
REST_QUOTIENT: Final = 0.82


def saturation(oxygen: Array, carbon_dioxide: Number, celsius: Number) -> Array:
    """Share of haemoglobin, of arterial pressures in mmHg; the shifts linear about 40 mmHg and 37 °C."""
    virtual = np.maximum(oxygen * _shift(carbon_dioxide, celsius), 1.0)
    cubic = virtual * (virtual * virtual + 150.0)
    return np.asarray(cubic / (cubic + 23400.0))


def pressure(share: Array, carbon_dioxide: Number, celsius: Number) -> Array:
    """What `saturation` is such a share at, mmHg: the one real root of its cubic."""
    half = 11700.0 * share / np.maximum(1.0 - share, 1e-6)
    apart = np.sqrt(half * half + 125000.0)
    return np.asarray((np.cbrt(half + apart) + np.cbrt(half - apart)) / _shift(carbon_dioxide, celsius))


def _shift(carbon_dioxide: Number, celsius: Number) -> Array:
    shift = (1.0 + 0.0088 * (40.0 - carbon_dioxide)) * (1.0 - 0.055 * (celsius - 37.0))
    return np.asarray(np.clip(shift, 0.5, 1.6))


def arterial_saturation(
    alveolar: Array, gradient: Array, carbon_dioxide: Number, celsius: Number, diffusion: Number = 0.0
) -> Array:
    """The gradient, shunt included, shrinks with the oxygen pressure; what diffusion lacks, mmHg, does not."""
    arterial = alveolar - gradient * _shrunk(alveolar) - diffusion
    return saturation(arterial, carbon_dioxide, celsius)


def gradient_of(share: Array, alveolar: Array, carbon_dioxide: Number, celsius: Number) -> Array:
    """The gradient, mmHg at 100 mmHg, at which arterial blood at rest has such a share; less than nought where not even
    none would do."""
    return np.asarray((alveolar - pressure(share, carbon_dioxide, celsius)) / _shrunk(alveolar))


def _shrunk(alveolar: Array) -> Array:
    return np.asarray(np.minimum(alveolar * 0.01, 2.0))


def resting_saturation(gradient: Array, carbon_dioxide: Array) -> Array:
    alveolar = 0.2095 * (760.0 - WATER_VAPOUR_MMHG) - carbon_dioxide / REST_QUOTIENT
    return arterial_saturation(alveolar, gradient, carbon_dioxide, 37.0)
