"""Where everybody is in their courses, and what moves them now: `Timetable.at(epoch_s)`."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from ml.physiology.quantities import Array
from ml.physiology.scenarios.course import WAYS, Course
from ml.physiology.scenarios.life import Life
from ml.signals.filters import IntArray


class Timetable:
    """Everybody comes on air at `epoch_s`. Their courses go on from where `Course.minute_on_air` puts them."""

    def __init__(self, lives: Sequence[Life], epoch_s: float) -> None:
        self._epoch_s = epoch_s
        self._people = len(lives)
        self._severity = np.array([life.severity() for life in lives])
        rows: dict[tuple[int, int], list[int]] = defaultdict(list)
        begun: dict[tuple[int, int], list[float]] = defaultdict(list)
        courses: dict[tuple[int, int], Course] = {}
        for row, life in enumerate(lives):
            for layer, course in enumerate(life.courses):
                key = (layer, id(course))
                courses[key] = course
                rows[key].append(row)
                # A day is nobody's own: they walk and eat within half an hour of each other.
                shift = life.east_s / 60.0 + (life.shift_min() / 48.0 - 15.0) if course.daily else life.shift_min()
                begun[key].append(course.minute_on_air(epoch_s, shift))
        self._groups: list[tuple[Course, IntArray, Array]] = [
            (courses[key], np.array(rows[key]), np.array(begun[key])) for key in sorted(courses)
        ]

    def at(self, epoch_s: float) -> dict[str, Array]:
        """(people,) for each of `WAYS`, at any time, also before they came on air."""
        ways = {name: np.full(self._people, WAYS[name][1]) for name in WAYS}
        passed_min = (epoch_s - self._epoch_s) / 60.0
        for course, rows, begun in self._groups:
            for name in course.tracks:
                values = course.at(name, begun + passed_min)
                _, rest, grows = WAYS[name]
                ways[name][rows] = rest + self._severity[rows] * (values - rest) if grows else values
        return ways
