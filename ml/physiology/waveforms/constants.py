"""What drives a simulated person's signals."""

from dataclasses import dataclass, fields
from typing import Final

LIMITS: Final = {
    "heart_rate_per_min": (20.0, 240.0),
    "respiratory_rate_per_min": (4.0, 60.0),
    "spo2_percent": (40.0, 100.0),
    "perfusion_index_percent": (0.1, 20.0),
    "core_celsius": (20.0, 44.0),
    "skin_celsius": (5.0, 44.0),
    "systolic_mmhg": (30.0, 280.0),
    "diastolic_mmhg": (10.0, 200.0),
    "impedance_50khz_ohm": (100.0, 1500.0),
}


@dataclass(frozen=True)
class BodyConstants:
    """The state of a body as far as its sensors show it. Raises ValueError for what no generator can draw."""

    heart_rate_per_min: float = 72.0
    respiratory_rate_per_min: float = 15.0
    spo2_percent: float = 97.5
    perfusion_index_percent: float = 1.8
    core_celsius: float = 36.9
    skin_celsius: float = 33.5
    systolic_mmhg: float = 122.0
    diastolic_mmhg: float = 78.0
    impedance_50khz_ohm: float = 500.0

    def __post_init__(self) -> None:
        for field in fields(self):
            low, high = LIMITS[field.name]
            if not low <= getattr(self, field.name) <= high:
                raise ValueError(f"{field.name} {getattr(self, field.name)} is outside {low} to {high}")


@dataclass(frozen=True)
class Faults:
    """What is wrong with the sensors. `motion` 0 (still) to 1 (running) shakes ECG and PPG."""

    lead_off: bool = False  # ECG and breathing share electrodes: both are lost
    probe_off: bool = False  # no finger in the oximeter: its light is stray light
    motion: float = 0.0


NO_FAULTS: Final = Faults()
