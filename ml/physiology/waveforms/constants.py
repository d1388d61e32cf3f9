"""What drives a simulated person's signals."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from ml.signals.filters import BoolArray, FloatArray

LIMITS: Final = {
    "heart_rate_per_min": (20.0, 240.0),
    "respiratory_rate_per_min": (4.0, 60.0),
    "breath_depth": (0.2, 4.0),
    "spo2_percent": (40.0, 100.0),
    "perfusion_index_percent": (0.1, 20.0),
    "core_celsius": (20.0, 44.0),
    "skin_celsius": (5.0, 44.0),
    "systolic_mmhg": (30.0, 280.0),
    "diastolic_mmhg": (10.0, 200.0),
    "impedance_5khz_ohm": (100.0, 2000.0),
    "impedance_50khz_ohm": (100.0, 1500.0),
    "impedance_200khz_ohm": (50.0, 1500.0),
    "glucose_mmol_l": (0.5, 60.0),
    "blood_lactate_mmol_l": (0.1, 35.0),
    "sweat_lactate_mmol_l": (0.0, 100.0),
    "weight_kg": (1.0, 350.0),
    "activity_mg": (0.0, 3000.0),
    "fibrillation": (0.0, 1.0),
    "ventricular_ectopics_per_min": (0.0, 60.0),
    "vagal": (0.0, 2.0),
}


@dataclass(frozen=True)
class BodyConstants:
    """The state of a body as far as its sensors show it. Raises ValueError for what no generator can draw.

    `breath_depth`: of its usual depth; `fibrillation`: 1 while the atria fibrillate; `vagal`: how much the heart's
    intervals swing with breath and pressure, 1 in a young adult.
    """

    heart_rate_per_min: float = 72.0
    respiratory_rate_per_min: float = 15.0
    breath_depth: float = 1.0
    spo2_percent: float = 97.5
    perfusion_index_percent: float = 1.8
    core_celsius: float = 36.9
    skin_celsius: float = 33.5
    systolic_mmhg: float = 122.0
    diastolic_mmhg: float = 78.0
    impedance_5khz_ohm: float = 590.0
    impedance_50khz_ohm: float = 500.0
    impedance_200khz_ohm: float = 445.0
    glucose_mmol_l: float = 5.2
    blood_lactate_mmol_l: float = 1.0
    sweat_lactate_mmol_l: float = 20.0
    weight_kg: float = 70.0
    activity_mg: float = 8.0
    fibrillation: float = 0.0
    ventricular_ectopics_per_min: float = 0.0
    vagal: float = 1.0

    def __post_init__(self) -> None:
        for field in fields(self):
            low, high = LIMITS[field.name]
            if not low <= getattr(self, field.name) <= high:
                raise ValueError(f"{field.name} {getattr(self, field.name)} is outside {low} to {high}")


@dataclass(frozen=True)
class Shown:
    """The same of many people, (people,) by the names of `BodyConstants`; not-a-number where nothing can be sampled."""

    by_name: dict[str, FloatArray]

    @staticmethod
    def of(people: Sequence[BodyConstants]) -> "Shown":
        return Shown({name: np.array([getattr(each, name) for each in people], dtype=np.float64) for name in LIMITS})

    @staticmethod
    def within_limits(by_name: dict[str, FloatArray]) -> "Shown":
        """What lies outside of what can be drawn is brought to its edge."""
        return Shown(
            {name: np.minimum(np.maximum(values, LIMITS[name][0]), LIMITS[name][1]) for name, values in by_name.items()}
        )

    def __getitem__(self, name: str) -> FloatArray:
        return self.by_name[name]


@dataclass(frozen=True)
class Faults:
    """What is wrong with one person's sensors. `motion` 0 (still) to 1 (running) shakes ECG and PPG; `drop_out`: share
    of the time that a sampled value is missing."""

    lead_off: bool = False  # ECG and breathing share electrodes: both are lost
    probe_off: bool = False  # no finger in the oximeter: its light is stray light
    motion: float = 0.0
    drop_out: float = 0.0


@dataclass(frozen=True)
class WardFaults:
    """The same of many people, (people,) each."""

    lead_off: BoolArray
    probe_off: BoolArray
    motion: FloatArray
    drop_out: FloatArray

    @staticmethod
    def of(people: Sequence[Faults]) -> "WardFaults":
        return WardFaults(
            np.array([each.lead_off for each in people]),
            np.array([each.probe_off for each in people]),
            np.array([each.motion for each in people], dtype=np.float64),
            np.array([each.drop_out for each in people], dtype=np.float64),
        )


NO_FAULTS: Final = Faults()
