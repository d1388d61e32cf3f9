"""What simulated people would tell of themselves: what they eat, drink and inject, when they begin with it."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from ml.physiology.quantities import Array
from ml.physiology.scenarios.life import Life
from ml.physiology.scenarios.timetable import Timetable
from ml.signals.filters import BoolArray

AT_ONCE_MIN: Final = 30
"""Who goes on for longer tells of it again."""
LONGEST_MIN: Final = 240
MINUTE_S: Final = 60.0
# By quantity: what a course moves, above which rate it is told (nobody tells the sips of a day), and the decimals.
_TOLD: Final = {
    "meal_carbohydrate": ("carbohydrate_g_per_min", 0.1, 0),
    "fluid_intake": ("drink_ml_per_min", 4.0, -1),
    "insulin_dose": ("insulin_u_per_kg_h", 0.01, 1),
}


class Told(NamedTuple):
    """`row`: whose, by their place among the lives; `amount` in the unit of the quantity."""

    row: int
    code: str
    at_s: float
    amount: float


def told_between(lives: Sequence[Life], timetable: Timetable, begin_s: float, end_s: float) -> list[Told]:
    """All that is begun from `begin_s` on, and before `end_s`; the earliest first."""
    first = np.floor(begin_s / MINUTE_S) - LONGEST_MIN
    minutes = np.arange(first, np.ceil(end_s / MINUTE_S) + AT_ONCE_MIN + 1)
    ways = timetable.during((minutes + 0.5) * MINUTE_S, [way for way, _, _ in _TOLD.values()])
    found = []
    for code, (way, above, decimals) in _TOLD.items():
        for row, life in enumerate(lives):
            amounts = ways[way][:, row] * (life.person.mass_kg / 60.0 if way == "insulin_u_per_kg_h" else 1.0)
            for begin, amount in _portions(ways[way][:, row] > above, amounts):
                at_s, rounded = minutes[begin] * MINUTE_S, round(amount, decimals)
                if begin_s <= at_s < end_s and rounded > 0.0:
                    found.append(Told(row, code, float(at_s), float(rounded)))
    return sorted(found, key=lambda each: each.at_s)


def _portions(during: BoolArray, amounts: Array) -> list[tuple[int, float]]:
    """Where each begins, and how much it is: what is taken without a break, half an hour at most. What is under way
    at the first minute began before."""
    edges = np.diff(np.concatenate(([False], during, [False])).astype(np.int8))
    found = []
    for begin, end in zip(np.flatnonzero(edges > 0), np.flatnonzero(edges < 0), strict=True):
        for at in range(int(begin), int(end), AT_ONCE_MIN):
            found.append((at, float(amounts[at : min(at + AT_ONCE_MIN, end)].sum())))
    return found
