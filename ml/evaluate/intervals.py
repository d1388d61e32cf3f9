"""Confidence intervals by person: whole persons are drawn again, for their beats and windows are not independent."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

import numpy as np

DRAWS: Final = 2000
SEED: Final = 57

T = TypeVar("T")


def by_person(persons: Sequence[str], items: Sequence[T], figure: Callable[[list[T]], float]) -> tuple[float, float]:
    """95 % percentile bootstrap interval of `figure` of all `items`; `persons` says whose each is."""
    own: dict[str, list[T]] = {}
    for person, item in zip(persons, items, strict=True):
        own.setdefault(person, []).append(item)
    groups = list(own.values())
    generator = np.random.default_rng(SEED)
    drawn = generator.integers(0, len(groups), (DRAWS, len(groups)))
    figures = [figure([item for index in row for item in groups[index]]) for row in drawn]
    low, high = np.nanpercentile(figures, (2.5, 97.5))
    return float(low), float(high)
