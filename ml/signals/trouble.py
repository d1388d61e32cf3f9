"""What is wrong with a channel, as a number that can be stored and a word that can be shown."""

from enum import IntEnum
from typing import Final

from ml.signals.live import ChannelUpdate

GOOD_ENOUGH: Final = 0.5
"""A signal of lower quality is evidence for nothing: what it gives is not published."""
LOW_PERFUSION_PERCENT: Final = 0.1


class Trouble(IntEnum):
    """The numbers are stored: never reuse one."""

    NONE = 0
    NO_CONTACT = 1  # missing, flat or clipped: a lead or a probe is off
    NOISE = 2
    MOTION = 3
    LOW_PERFUSION = 4
    CONTRADICTED = 5  # by another signal of the same body
    IMPLAUSIBLE = 6  # a value that cannot be, or a change that no body makes
    SETTLING = 7  # has just been switched on or put on

    @property
    def word(self) -> str:
        return self.name.lower().replace("_", " ")


def trouble_of_ecg(update: ChannelUpdate) -> Trouble:
    """Of an ECG channel's last second."""
    if update.quality >= GOOD_ENOUGH:
        return Trouble.NONE
    return Trouble.NO_CONTACT if update.contact < GOOD_ENOUGH else Trouble.NOISE


def trouble_of_pulse(update: ChannelUpdate, perfusion_percent: float) -> Trouble:
    """Of a pulse wave's last second; `perfusion_percent` may be not-a-number."""
    if update.quality >= GOOD_ENOUGH:
        return Trouble.NONE
    if update.contact < GOOD_ENOUGH:
        return Trouble.NO_CONTACT
    return Trouble.LOW_PERFUSION if perfusion_percent < LOW_PERFUSION_PERCENT else Trouble.MOTION
