"""Artefact or arrhythmia? What the pulse says of the ECG, and the ECG of the pulse.

Whatever changes the rhythm of the heart changes the pulse with it: a fast rhythm that still throws out blood doubles
the pulse, one that does not takes it away, an early beat leaves a hole. So the rule, after the idea of Aboukhalil et
al. 2008 (J Biomed Inform 41:442), who take false arrhythmia alarms away by the arterial pressure:

1. The ECG is contradicted if its rate leaves the pulse's by more than 15 /min and 20 %, or it says asystole or pause,
   while the pulse goes on, well seen, at the very rate on which both agreed less than a minute ago.
2. The pulse is contradicted if it counts more than the ECG does by more than that, and the ECG is well seen: there is
   no beat of the pulse without one of the heart. (A pulse wave with a large dicrotic wave is counted twice.)

Everything else stands: a pulse that vanishes, changes or grows irregular together with the ECG confirms it, and fewer
pulses than beats are a pulse deficit. A contradiction of the ECG ends a minute after the last agreement at the latest,
so that no alarm is ever held back for longer by this.

Interpolated extrasystoles are the one rhythm that breaks rule 1: they add beats of the ECG and leave the pulse as it
was. For that minute the rate shown is the pulse's.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from enum import Enum
from typing import Final, Generic, TypeVar

from ml.signals.heart_rate import Reason

Key = TypeVar("Key", bound=Hashable)

AGREE_PER_MIN: Final = 6.0
AGREE_SHARE: Final = 0.1
APART_PER_MIN: Final = 15.0
APART_SHARE: Final = 0.2
REMEMBERED_S: Final = 60.0
TOGETHER_S: Final = 5.0  # what was heard of the other longer ago than this says nothing of now
WELL_SEEN: Final = 0.7
SILENT: Final = (Reason.ASYSTOLE, Reason.PAUSE)


class Verdict(Enum):
    STANDS = "stands"
    ECG_CONTRADICTED = "ecg contradicted"
    PULSE_CONTRADICTED = "pulse contradicted"


@dataclass(frozen=True)
class Heard:
    """What one wave said at a moment (epoch seconds): a rate, or None and why; quality 0 to 1 of its last second."""

    at_s: float
    per_min: float | None
    reason: Reason
    quality: float


@dataclass
class _Memory:
    ecg: Heard | None = None
    pulse: Heard | None = None
    agreed_per_min: float = 0.0
    agreed_s: float = float("-inf")


class Agreement(Generic[Key]):
    """Of many people. Give what was heard of either wave; `verdict` is of what was given last."""

    def __init__(self) -> None:
        self._of: dict[Key, _Memory] = {}

    def forget_before(self, at_s: float) -> None:
        """Whoever has not been heard since then (epoch seconds)."""
        for key, memory in list(self._of.items()):
            if max(heard.at_s for heard in (memory.ecg, memory.pulse) if heard is not None) < at_s:
                del self._of[key]

    def hear_ecg(self, key: Key, heard: Heard) -> None:
        self._of.setdefault(key, _Memory()).ecg = heard

    def hear_pulse(self, key: Key, heard: Heard) -> None:
        self._of.setdefault(key, _Memory()).pulse = heard

    def verdict(self, key: Key) -> Verdict:
        memory = self._of.get(key)
        if memory is None or memory.ecg is None or memory.pulse is None:
            return Verdict.STANDS
        ecg, pulse = memory.ecg, memory.pulse
        if abs(ecg.at_s - pulse.at_s) > TOGETHER_S or pulse.per_min is None:
            return Verdict.STANDS
        if ecg.per_min is not None and _near(ecg.per_min, pulse.per_min):
            memory.agreed_per_min, memory.agreed_s = pulse.per_min, max(ecg.at_s, pulse.at_s)
            return Verdict.STANDS
        if _ecg_is_contradicted(ecg, pulse, memory):
            return Verdict.ECG_CONTRADICTED
        more = ecg.per_min is not None and pulse.per_min > ecg.per_min and _apart(ecg.per_min, pulse.per_min)
        return Verdict.PULSE_CONTRADICTED if more and ecg.quality >= WELL_SEEN else Verdict.STANDS


def _ecg_is_contradicted(ecg: Heard, pulse: Heard, memory: _Memory) -> bool:
    if pulse.per_min is None or pulse.quality < WELL_SEEN or pulse.at_s - memory.agreed_s > REMEMBERED_S:
        return False
    unchanged = _near(pulse.per_min, memory.agreed_per_min)
    other = ecg.reason in SILENT if ecg.per_min is None else _apart(ecg.per_min, pulse.per_min)
    return unchanged and other


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= max(AGREE_PER_MIN, AGREE_SHARE * other)


def _apart(one: float, other: float) -> bool:
    return abs(one - other) > max(APART_PER_MIN, APART_SHARE * other)
