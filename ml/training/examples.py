"""What models of beats and rhythms learn from, and how persons are kept apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ml.signals.beat_waves import Floats

SEED: Final = 57


@dataclass(frozen=True)
class Examples:
    """(n,) rows of a model's input with their classes as numbers and what each counts; `persons`: whose all of them
    are. `measured`: figures may be measured on them (they are recorded, and labelled by experts)."""

    persons: frozenset[str]
    rows: Floats
    labels: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float64]
    measured: bool = False

    def take(self, which: npt.NDArray[np.bool_]) -> "Examples":
        return Examples(self.persons, self.rows[which], self.labels[which], self.weights[which], self.measured)


def folds(persons: Sequence[str], count: int) -> list[frozenset[str]]:
    """`persons`, those with most to find first, dealt out so that every fold has some of each."""
    return [frozenset(persons[start::count]) for start in range(min(count, len(persons)))]


def without(examples: Sequence[Examples], held_out: frozenset[str]) -> list[Examples]:
    """Those in which nobody of `held_out` has a part."""
    return [each for each in examples if not each.persons & held_out]
