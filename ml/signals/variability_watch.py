"""One channel's heart rate variability, once a minute, of the five minutes before."""

from collections.abc import Sequence
from typing import Final

from ml.signals.hrv import WINDOW_S, Variability, variability

EVERY_S: Final = 60.0
MIN_QUALITY: Final = 0.5  # of the second in which a beat was given; what is left out then is no normal interval


class VariabilityWatch:
    """Beat times of an uninterrupted stretch of signal; a new stretch wants a new watch."""

    def __init__(self) -> None:
        self._times_s: list[float] = []
        self._due_s: float | None = None

    def add(self, fresh_s: Sequence[float], quality: float, now_s: float) -> Variability | None:
        """The new beats at `now_s`. A figure when one is due, and there are enough normal intervals for one."""
        if quality >= MIN_QUALITY:
            self._times_s.extend(fresh_s)
        if self._due_s is None:
            self._due_s = now_s + WINDOW_S
        if now_s < self._due_s:
            return None
        self._due_s = now_s + EVERY_S
        self._times_s = [time for time in self._times_s if time > now_s - WINDOW_S]
        return variability(self._times_s)
