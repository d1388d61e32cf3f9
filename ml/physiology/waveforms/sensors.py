"""Sampled values as imperfect sensors give them: the truth, a bias of each sensor's own, and noise with a memory.

Standard deviations after the survey in the project's notes: oximeter 1.5 %, skin thermometer 0.3 Cel, cuff 8 mmHg,
breath counter 1.5 /min; each split between what stays with a sensor and what wanders. Core thermometer and
bioimpedance: 0.1 Cel and 1 %, as their makers claim.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from ml.physiology.waveforms.constants import BodyConstants


@dataclass(frozen=True)
class Sensor:
    """One value: which constant it measures, its errors (standard deviations in its own unit), and its resolution."""

    constant: str
    bias: float
    noise: float
    memory_s: float
    decimals: int
    highest: float = float("inf")


SENSORS: Final[dict[str, Sensor]] = {
    "spo2": Sensor("spo2_percent", bias=1.2, noise=0.9, memory_s=20.0, decimals=0, highest=100.0),
    "respiratory_rate": Sensor("respiratory_rate_per_min", bias=0.3, noise=1.4, memory_s=15.0, decimals=0),
    "skin_temperature": Sensor("skin_celsius", bias=0.29, noise=0.06, memory_s=60.0, decimals=2),
    "core_temperature": Sensor("core_celsius", bias=0.08, noise=0.05, memory_s=60.0, decimals=1),
    "systolic_pressure": Sensor("systolic_mmhg", bias=5.0, noise=6.0, memory_s=30.0, decimals=0),
    "diastolic_pressure": Sensor("diastolic_mmhg", bias=5.0, noise=6.0, memory_s=30.0, decimals=0),
    "impedance_50khz": Sensor("impedance_50khz_ohm", bias=5.0, noise=1.0, memory_s=10.0, decimals=1),
}
WITHOUT_LEADS: Final = ("respiratory_rate",)
WITHOUT_PROBE: Final = ("spo2",)


class SensorSet:
    """One person's sensors."""

    def __init__(self, generator: np.random.Generator) -> None:
        self._generator = generator
        self._bias = {code: each.bias * float(generator.standard_normal()) for code, each in SENSORS.items()}
        self._wander = {code: each.noise * float(generator.standard_normal()) for code, each in SENSORS.items()}

    def read(self, truth: BodyConstants) -> dict[str, float]:
        """Every sensor's value a second after the last."""
        values = {}
        for code, sensor in SENSORS.items():
            keep = np.exp(-1.0 / sensor.memory_s)
            fresh = float(self._generator.standard_normal()) * sensor.noise * np.sqrt(1.0 - keep**2)
            self._wander[code] = keep * self._wander[code] + fresh
            value = getattr(truth, sensor.constant) + self._bias[code] + self._wander[code]
            values[code] = round(float(np.clip(value, 0.0, sensor.highest)), sensor.decimals)
        return values
