"""From the ratio of ratios to saturation: one empirical curve per kind of oximeter, and where it comes from.

Beer and Lambert's law gives no usable curve, for light is scattered: every curve is fitted to people who breathed thin
air, with one sensor's own pair of diodes (Webster 1997, Design of Pulse Oximeters; ISO 80601-2-61). A curve of another
sensor can be wrong by several percent, so a sensor that nobody knows is given a named default and a wide uncertainty.

`sd_percent` is the standard deviation that we take a reading to have, between 70 and 100 %. ISO 80601-2-61 allows a
certified oximeter 4 %; the curves of application notes come without one, and get what their makers say of a whole
device, or that limit. It says nothing of skin colour, which biases every one of them (Sjoding 2020, N Engl J Med
383:2477).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan
from types import MappingProxyType
from typing import Final

LOWEST_RATIO: Final = 0.3
HIGHEST_RATIO: Final = 2.5
LOWEST_PERCENT: Final = 50.0


@dataclass(frozen=True)
class Oximeter:
    """SpO2 in percent = `square` R^2 + `slope` R + `constant`, for the R of `LOWEST_RATIO` to `HIGHEST_RATIO`.

    `specific`: whether the curve is this sensor's own, and not a default.
    """

    name: str
    square: float
    slope: float
    constant: float
    sd_percent: float
    source: str
    specific: bool = True

    def percent(self, ratio: float) -> float:
        """At most 100; not-a-number outside the curve and under 50 %, where none was fitted."""
        if not LOWEST_RATIO <= ratio <= HIGHEST_RATIO:
            return nan
        percent = min(100.0, self.square * ratio**2 + self.slope * ratio + self.constant)
        return percent if percent >= LOWEST_PERCENT else nan


DEFAULT: Final = Oximeter(
    "default, 110 - 25 R",
    square=0.0,
    slope=-25.0,
    constant=110.0,
    sd_percent=6.0,
    source="Webster 1997, Design of Pulse Oximeters: the usual empirical line, no sensor's own",
    specific=False,
)
SIMULATED: Final = Oximeter(
    "simulated, 110 - 25 R",
    square=0.0,
    slope=-25.0,
    constant=110.0,
    sd_percent=2.0,
    source="the curve by which ml.physiology.waveforms makes its light",
)
MAX30101: Final = Oximeter(
    "MAX30101, no cover glass",
    square=1.5958422,
    slope=-34.6596622,
    constant=112.6898759,
    sd_percent=4.0,
    source="Maxim Integrated, Application Note 6845: MAX30101 without optical shield",
)
MAX30102: Final = Oximeter(
    "MAX30102, reference design 117",
    square=-45.060,
    slope=30.354,
    constant=94.845,
    sd_percent=4.0,
    source="Maxim Integrated, MAXREFDES117 firmware, from which its table of SpO2 is made",
)
OXIMETERS: Final[Mapping[str, Oximeter]] = MappingProxyType(
    {"max30101": MAX30101, "max30102": MAX30102, "simulat": SIMULATED}
)
"""By what a device's model says, in lower case."""


def oximeter_of(model: str) -> Oximeter:
    """The curve for a device whose model names its sensor ("BodyLink node, MAX30102"), else the default."""
    said = model.lower()
    return next((oximeter for name, oximeter in OXIMETERS.items() if name in said), DEFAULT)
