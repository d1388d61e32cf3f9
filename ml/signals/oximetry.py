"""Saturation by ratio of ratios, with what it is worth, or none and why.

The ratio comes from `pulse_light`, the curve from `oximeters`. Four things can spoil a saturation, each alone: a pulse
wave that is not to be trusted (`quality` of `live`: motion, a loose probe), a pulse too weak for its colours to be told
apart, colours that do not pulse together, and a ratio that changes from second to second, as motion makes it do. The
quality of the saturation is the least of the four.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import hypot, isfinite, sqrt
from typing import Final

from ml.signals.oximeters import Oximeter
from ml.signals.pulse_light import Light
from ml.signals.quality import Ramp

SHAKEN: Final = Ramp(good=0.9, bad=0.3)  # quality of the pulse wave: motion is soon miscoloured, long before miscounted
WEAK: Final = Ramp(good=0.3, bad=0.1)  # perfusion index in percent; makers state their accuracy from 0.3 on
APART: Final = Ramp(good=0.97, bad=0.88)  # correlation of the two colours
SCATTERED: Final = Ramp(good=0.04, bad=0.12)  # of the ratio from second to second: motion comes and goes
MIN_QUALITY: Final = 0.5
DEFAULT_WORTH: Final = 0.6  # the most that a saturation by another sensor's curve is worth: shown, and labelled so


class Withheld(StrEnum):
    """Why there is no saturation."""

    NONE = ""
    POOR_SIGNAL = "poor_signal"
    LOW_PERFUSION = "low_perfusion"
    COLOURS_APART = "colours_apart"
    UNSTEADY = "unsteady"
    SETTLING = "settling"
    OUT_OF_RANGE = "out_of_range"


@dataclass(frozen=True)
class Saturation:
    """`percent` is None where there is none. `sd_percent`: what the curve leaves open, and the scatter of the ratio."""

    percent: float | None
    sd_percent: float
    quality: float
    calibration: str
    reason: Withheld = Withheld.NONE


def saturation(light: Light, oximeter: Oximeter, pulse_quality: float) -> Saturation:
    """The saturation of one second; `pulse_quality` 0 to 1 is the mean of the same seconds of the pulse wave."""
    if not isfinite(light.ratio) or not isfinite(light.perfusion_percent):
        settling = light.used == 0 and not isfinite(light.perfusion_percent)
        reason = Withheld.SETTLING if settling and pulse_quality >= MIN_QUALITY else Withheld.POOR_SIGNAL
        return Saturation(None, float("nan"), 0.0, oximeter.name, reason)
    parts = {
        Withheld.POOR_SIGNAL: _on(SHAKEN, pulse_quality),
        Withheld.LOW_PERFUSION: _on(WEAK, light.perfusion_percent),
        Withheld.COLOURS_APART: _on(APART, light.together),
        Withheld.UNSTEADY: _on(SCATTERED, light.scatter),
    }
    worst = min(parts, key=lambda part: parts[part])
    quality = parts[worst] * (1.0 if oximeter.specific else DEFAULT_WORTH)
    percent = oximeter.percent(light.ratio)
    if parts[worst] < MIN_QUALITY:
        return Saturation(None, float("nan"), quality, oximeter.name, worst)
    if not isfinite(percent):
        return Saturation(None, float("nan"), 0.0, oximeter.name, Withheld.OUT_OF_RANGE)
    return Saturation(percent, _sd_percent(light, oximeter), quality, oximeter.name)


def _on(ramp: Ramp, value: float) -> float:
    """The ramp of one number; it is made for arrays."""
    return min(1.0, max(0.0, (ramp.bad - value) / (ramp.bad - ramp.good)))


def _sd_percent(light: Light, oximeter: Oximeter) -> float:
    """The curve's own deviation, and that of the slope of a regression of this correlation over as many pulses."""
    scatter = light.ratio * sqrt(max(0.0, 1.0 - light.together**2) / max(1, light.used))
    steepness = abs(2.0 * oximeter.square * light.ratio + oximeter.slope)
    return hypot(oximeter.sd_percent, steepness * scatter)
