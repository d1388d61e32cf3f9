"""Where everybody is in their courses, and what moves them now: `Timetable.at(epoch_s)`."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

import numpy as np

from ml.physiology.quantities import Array
from ml.physiology.scenarios.course import WAYS, Course
from ml.physiology.scenarios.life import Life
from ml.signals.filters import IntArray

A_DAY_IN_HALF_AN_HOUR: Final = 1.0 / 48.0


class _Moved(NamedTuple):
    """One track of some people: `begun` is the minute at which each of `rows` came on air."""

    name: str
    rows: IntArray
    begun: Array
    minutes: float
    points: Array  # (2, points): minutes and values


class Timetable:
    """Everybody comes on air at `epoch_s`. Their courses go on from where `Course.minute_on_air` puts them."""

    def __init__(self, lives: Sequence[Life], epoch_s: float) -> None:
        self._epoch_s = epoch_s
        self._severity = np.array([life.severity() for life in lives])
        self._rest = {name: np.full(len(lives), rest) for name, (_, rest, _) in WAYS.items()}
        self._moved = list(_tracks(lives, epoch_s))

    def at(self, epoch_s: float) -> dict[str, Array]:
        """(people,) for each of `WAYS`, at any time, also before they came on air."""
        return {name: values[0] for name, values in self.during(np.array([epoch_s]), tuple(WAYS)).items()}

    def during(self, epochs_s: Array, names: Collection[str]) -> dict[str, Array]:
        """(moments, people) for some of `WAYS`."""
        ways = {name: np.tile(self._rest[name], (len(epochs_s), 1)) for name in names}
        passed_min = (epochs_s - self._epoch_s)[:, None] / 60.0
        for name, rows, begun, minutes, points in self._moved:
            if name in ways:
                values = np.interp((begun + passed_min) % minutes, points[0], points[1])
                _, rest, grows = WAYS[name]
                ways[name][:, rows] = rest + self._severity[rows] * (values - rest) if grows else values
        return ways


def _tracks(lives: Sequence[Life], epoch_s: float) -> list[_Moved]:
    """The tracks of all courses, the first of each one's courses first, so that the later ones have their way."""
    people: dict[tuple[int, int], list[int]] = defaultdict(list)
    courses: dict[tuple[int, int], Course] = {}
    for row, life in enumerate(lives):
        for layer, course in enumerate(life.courses):
            courses[layer, id(course)] = course
            people[layer, id(course)].append(row)
    found = []
    for key in sorted(courses):
        course, rows = courses[key], people[key]
        begun = np.array([course.minute_on_air(epoch_s, _shift_min(lives[row], course)) for row in rows])
        for name, track in course.tracks.items():
            found.append(_Moved(name, np.array(rows), begun, course.minutes, np.array(track, dtype=np.float64).T))
    return found


def _shift_min(life: Life, course: Course) -> float:
    """A day is not one's own alone: people walk and eat within half an hour of each other."""
    if not course.daily:
        return life.shift_min()
    return life.east_s / 60.0 + (life.shift_min() * A_DAY_IN_HALF_AN_HOUR - 15.0)
