"""Telemetry of a pacemaker: how long its battery lasts, and whether its pulses are answered.

A lithium-iodine cell begins at 2.8 V and falls slowly, then fast, as its resistance grows (Mallela et al. 2004, Indian
Pacing Electrophysiol J 4:201); makers set elective replacement at about 2.6 V (some 2.5) and the end at 2.5 (2.4).
These are defaults: an implant's own thresholds stand in its manual, and its own flag comes first.

Pulses without beats: a pacemaker that counts more pulses than the heart beats does not capture. Fewer pulses than
beats are the heart's own beats, as it should be.
"""

from enum import StrEnum
from typing import Final

REPLACE_V: Final = 2.6
END_V: Final = 2.5
UNANSWERED_SHARE: Final = 0.1
UNANSWERED_PER_MIN: Final = 5.0


class Battery(StrEnum):
    GOOD = "good"
    REPLACE = "replace"
    END = "end of service"


def battery(volts: float, *, replace_v: float = REPLACE_V, end_v: float = END_V) -> Battery:
    """What a cell of this voltage, under load, means."""
    if volts <= end_v:
        return Battery.END
    return Battery.REPLACE if volts <= replace_v else Battery.GOOD


def years_left(volts: float, volts_a_year_ago: float, *, replace_v: float = REPLACE_V) -> float | None:
    """Until replacement, by the last year's fall; None where it did not fall. It falls faster towards the end."""
    fall = volts_a_year_ago - volts
    return max(0.0, (volts - replace_v) / fall) if fall > 0.0 else None


def unanswered(pulses_per_min: float, heart_rate_per_min: float) -> bool:
    """Whether more is paced than beats: loss of capture, if the heart rate is well seen."""
    excess = pulses_per_min - heart_rate_per_min
    return excess > max(UNANSWERED_PER_MIN, UNANSWERED_SHARE * pulses_per_min)
