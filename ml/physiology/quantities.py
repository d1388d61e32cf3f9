"""How a state, a parameter or an input is declared: one line with unit, plausible range, meaning and source.

A record is a dataclass of arrays of one shape, `(patients,)` or `(patients, members)`; its declaration is the table
that docs/body.md prints and that `within_range` enforces. Nothing is ever reached by number.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, Self, TypeAlias, get_args, get_type_hints

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.float64]
Number: TypeAlias = float | Array


def between(values: Number, low: float, high: float) -> Array:
    """`np.clip` for the inner loop: for small arrays a third of its time."""
    return np.minimum(np.maximum(values, low), high)


@dataclass(frozen=True)
class Quantity:
    """`low` and `high` bound what a living body, however ill, may show; values are clipped there."""

    unit: str
    low: float
    high: float
    meaning: str
    source: str = ""


_TABLES: dict[str, dict[str, Quantity]] = {}


@dataclass
class Record:
    """Base of States, Parameters and Inputs."""

    @classmethod
    def table(cls) -> dict[str, Quantity]:
        """What is known of each field, by its name."""
        if cls.__name__ not in _TABLES:
            hints = get_type_hints(cls, include_extras=True)
            _TABLES[cls.__name__] = {each.name: get_args(hints[each.name])[1] for each in fields(cls)}
        return _TABLES[cls.__name__]

    def items(self) -> Iterator[tuple[str, Any]]:
        return ((each.name, getattr(self, each.name)) for each in fields(self))

    def rows(self, rows: slice) -> Self:
        """The bodies of these rows, as views: what is written there is written here. Numbers stay numbers."""
        return type(self)(**{name: value[rows] if np.ndim(value) else value for name, value in self.items()})

    def copy(self) -> Self:
        return type(self)(**{name: np.array(value, dtype=np.float64) for name, value in self.items()})

    def spread(self, members: int) -> Self:
        """(patients,) to (patients, members), each member alike, with memory of its own."""
        return type(self)(**{name: np.repeat(np.asarray(v)[:, None], members, axis=1) for name, v in self.items()})

    def clip_to_range(self) -> None:
        """In place. Not-a-number, which nothing should give, becomes the lower bound: a body never passes it on."""
        for name, bounds in self.table().items():
            values = getattr(self, name)
            np.fmin(np.fmax(values, bounds.low, out=values), bounds.high, out=values)
