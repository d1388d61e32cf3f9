"""Where to begin again when data come late: states kept every minute for ten minutes, every ten minutes for a day."""

from bisect import bisect_right
from typing import Final, Generic, TypeVar

State = TypeVar("State")

FINE_EVERY_S: Final = 60.0
FINE_FOR_S: Final = 600.0
COARSE_EVERY_S: Final = 600.0
COARSE_FOR_S: Final = 86_400.0


class Snapshots(Generic[State]):
    """States by the time they hold for, epoch seconds. What is kept must not be changed afterwards: keep copies."""

    def __init__(self) -> None:
        self._times_s: list[float] = []
        self._states: list[State] = []

    def __len__(self) -> int:
        return len(self._times_s)

    def keep(self, at_s: float, state: State) -> None:
        """Keep a state, if it is due; later ones are forgotten, since they rest on what is being done again."""
        place = bisect_right(self._times_s, at_s)
        if place and at_s - self._times_s[place - 1] < FINE_EVERY_S:
            return
        self._times_s[place:], self._states[place:] = [at_s], [state]
        self._thin(at_s)

    def before(self, at_s: float) -> tuple[float, State] | None:
        """The latest that does not know of that moment yet, None if none reaches back so far."""
        place = bisect_right(self._times_s, at_s)
        return (self._times_s[place - 1], self._states[place - 1]) if place else None

    def _thin(self, now_s: float) -> None:
        kept: list[int] = []
        last_coarse = float("-inf")
        for index, at_s in enumerate(self._times_s):
            if now_s - at_s <= FINE_FOR_S:
                kept.append(index)
            elif now_s - at_s <= COARSE_FOR_S and at_s // COARSE_EVERY_S != last_coarse:
                kept.append(index)
                last_coarse = at_s // COARSE_EVERY_S
        self._times_s = [self._times_s[index] for index in kept]
        self._states = [self._states[index] for index in kept]
