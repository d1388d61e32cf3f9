"""How fast each model of device samples: for data that arrives as bare numbers, without a rate of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Rates:
    """Samples a second. `value_hz`: of what is no wave (temperature, SpO2, impedance). `ppg`: which light the pulse
    wave is of, as a code of the register."""

    ecg_hz: float = 250.0
    ppg_hz: float = 100.0
    value_hz: float = 1.0
    ppg: str = "ppg_infrared"


DEFAULT: Final = Rates()
"""Of a model that is not listed: the rates of the frame in docs/mqtt.md."""

BY_MODEL: Final[Mapping[str, Rates]] = MappingProxyType(
    {
        "bodylink-node": Rates(),
        # The evaluation boards that makers begin with, at the settings of their vendors' examples.
        "ad8232": Rates(ecg_hz=250.0),
        "max30102": Rates(ppg_hz=100.0),
        "max86150": Rates(ecg_hz=200.0, ppg_hz=200.0),
    }
)
"""By model in lower case. A new model is one entry here."""


def rates_of(model: str) -> Rates:
    return BY_MODEL.get(model.strip().lower(), DEFAULT)
