"""Sampled values as imperfect sensors give them: the truth, a bias of each sensor's own, a slow drift, and noise with a
memory.

Standard deviations after the survey in the project's notes: oximeter 1.5 %, skin thermometer 0.3 Cel, cuff 8 mmHg,
breath counter 1.5 /min, glucose sensor 10 % of the value; each split between what stays with a sensor and what
wanders. Core thermometer, bioimpedance, scale and lactate strips: 0.1 Cel, 1 %, 0.1 kg and 5 %, as their makers claim.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import ndtr

from ml.physiology.waveforms.constants import Shown, WardFaults
from ml.signals.filters import FloatArray

DRIFT_S: Final = 6 * 3600.0
OUT_S: Final = 20.0  # a drop-out lasts this long in the mean


@dataclass(frozen=True)
class Sensor:
    """One value: which constant it measures, its errors (standard deviations in its own unit, or as a share where it is
    `relative`), and its resolution."""

    constant: str
    bias: float
    noise: float
    memory_s: float
    decimals: int
    drift: float = 0.0
    highest: float = float("inf")
    relative: bool = False


SENSORS: Final[dict[str, Sensor]] = {
    "spo2": Sensor("spo2_percent", bias=1.2, noise=0.9, memory_s=20.0, decimals=0, highest=100.0),
    "respiratory_rate": Sensor("respiratory_rate_per_min", bias=0.3, noise=1.4, memory_s=15.0, decimals=0),
    "skin_temperature": Sensor("skin_celsius", bias=0.28, noise=0.06, memory_s=60.0, decimals=2, drift=0.06),
    "core_temperature": Sensor("core_celsius", bias=0.08, noise=0.05, memory_s=60.0, decimals=1),
    "systolic_pressure": Sensor("systolic_mmhg", bias=5.0, noise=6.0, memory_s=30.0, decimals=0),
    "diastolic_pressure": Sensor("diastolic_mmhg", bias=5.0, noise=6.0, memory_s=30.0, decimals=0),
    "impedance_5khz": Sensor("impedance_5khz_ohm", bias=0.008, noise=0.0006, memory_s=10.0, decimals=1, relative=True),
    "impedance_50khz": Sensor("impedance_50khz_ohm", bias=0.01, noise=0.002, memory_s=10.0, decimals=1, relative=True),
    "impedance_200khz": Sensor(
        "impedance_200khz_ohm", bias=0.008, noise=0.0006, memory_s=10.0, decimals=1, relative=True
    ),
    "glucose": Sensor("glucose_mmol_l", bias=0.06, noise=0.05, memory_s=1200.0, decimals=1, drift=0.05, relative=True),
    "blood_lactate": Sensor("blood_lactate_mmol_l", bias=0.03, noise=0.04, memory_s=60.0, decimals=1, relative=True),
    "sweat_lactate": Sensor("sweat_lactate_mmol_l", bias=0.1, noise=0.05, memory_s=120.0, decimals=1, relative=True),
    "weight": Sensor("weight_kg", bias=0.05, noise=0.05, memory_s=10.0, decimals=1),
    "activity": Sensor("activity_mg", bias=0.05, noise=0.2, memory_s=8.0, decimals=0, relative=True),
}
CODES: Final = tuple(SENSORS)
WITHOUT_LEADS: Final = [CODES.index("respiratory_rate")]
WITHOUT_PROBE: Final = [CODES.index("spo2")]


def _column(name: str) -> FloatArray:
    return np.array([float(getattr(each, name)) for each in SENSORS.values()])


_BIAS, _NOISE, _DRIFT, _RELATIVE = (_column(name) for name in ("bias", "noise", "drift", "relative"))
_HIGHEST, _STEPS = _column("highest"), 10.0 ** _column("decimals")
_KEEP, _KEEP_DRIFT = np.exp(-1.0 / _column("memory_s")), float(np.exp(-1.0 / DRIFT_S))
_FRESH, _FRESH_DRIFT = np.sqrt(1.0 - _KEEP**2), float(np.sqrt(1.0 - _KEEP_DRIFT**2))


class SensorSet:
    """Everybody's sensors: arrays (people, sensors) in the order of `CODES`."""

    DRAWS: Final = 3 * len(CODES)  # standard normals that each person's sensors take a second

    def __init__(self, generators: Sequence[np.random.Generator]) -> None:
        drawn = np.stack([each.standard_normal((3, len(CODES))) for each in generators])
        self._bias, self._wander, self._drift = _BIAS * drawn[:, 0], _NOISE * drawn[:, 1], _DRIFT * drawn[:, 2]
        self._out = np.zeros(self._bias.shape, dtype=bool)

    def read(self, truth: Shown, faults: WardFaults, draws: FloatArray) -> FloatArray:
        """Every sensor's value a second after the last, not-a-number where it gives none. `draws` (people, DRAWS)."""
        noise, drift, chance = np.split(draws, 3, axis=1)
        self._wander = _KEEP * self._wander + _FRESH * _NOISE * noise
        self._drift = _KEEP_DRIFT * self._drift + _FRESH_DRIFT * _DRIFT * drift
        true = np.stack([truth[sensor.constant] for sensor in SENSORS.values()], axis=1)
        error = self._bias + self._drift + self._wander
        values = true + error * np.where(_RELATIVE > 0.0, true, 1.0)
        values = np.rint(np.minimum(np.maximum(values, 0.0), _HIGHEST) * _STEPS) / _STEPS
        return self._with_gaps(values, faults, np.asarray(ndtr(chance)))

    def _with_gaps(self, values: FloatArray, faults: WardFaults, chance: FloatArray) -> FloatArray:
        share = np.minimum(faults.drop_out, 0.9)[:, None]
        begins, ends = share / (1.0 - share) / OUT_S, 1.0 / OUT_S
        self._out = np.where(self._out, chance > ends, chance < begins)
        gone = self._out.copy()
        gone[:, WITHOUT_LEADS] |= faults.lead_off[:, None]
        gone[:, WITHOUT_PROBE] |= faults.probe_off[:, None]
        return np.where(gone, np.nan, values)
