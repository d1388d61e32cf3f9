"""What a fact is: trials on simulated persons, a figure read from them, the range in which it is accepted, its source.

Figures are small functions of runs; the words of a protocol are written from its segments, so they cannot drift from
what was done.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Final, TypeAlias

import numpy as np

from ml.physiology import Person, Segment
from ml.physiology.quantities import Array

Run: TypeAlias = dict[str, Array]
Figure: TypeAlias = Callable[..., float]

MAN: Final = Person(sex="male", age_years=35, height_cm=175, mass_kg=70, fitness=1.0)
REST: Final = Segment(minutes=30)


@dataclass(frozen=True)
class Trial:
    """One person through segments."""

    segments: tuple[Segment, ...]
    person: Person = MAN

    @property
    def minutes(self) -> float:
        return sum(segment.minutes for segment in self.segments)

    def __str__(self) -> str:
        return ", ".join(_words(segment) for segment in self.segments) + (
            "" if self.person == MAN else f"; {_who(self.person)}"
        )


@dataclass(frozen=True)
class Fact:
    """`figure` takes one run of each trial. `tuned`: the model was adjusted with this fact in view."""

    what: str
    trials: tuple[Trial, ...]
    figure: Figure
    low: float
    high: float
    source: str
    tuned: bool = False


def trial(*segments: Segment, person: Person = MAN) -> tuple[Trial]:
    return (Trial(segments, person),)


def at(name: str, minute: float) -> Figure:
    """The value at a minute; `after a run` it is its end that is meant by inf."""
    return lambda run: value(run, name, minute)


def value(run: Run, name: str, minute: float) -> float:
    return float(run[name][int(np.argmin(np.abs(run["minutes"] - min(minute, run["minutes"][-1]))))])


def rise(name: str, before: float, after: float) -> Figure:
    return lambda run: value(run, name, after) - value(run, name, before)


def percent(name: str, before: float, after: float) -> Figure:
    return lambda run: 100.0 * (value(run, name, after) / value(run, name, before) - 1.0)


def ratio(name: str, before: float, after: float) -> Figure:
    return lambda run: value(run, name, after) / value(run, name, before)


def slope(name: str, over: str, before: float, after: float) -> Figure:
    """Rise of one figure per rise of another."""
    return lambda run: rise(name, before, after)(run) / rise(over, before, after)(run)


def highest(name: str, start: float = 0.0) -> Figure:
    return lambda run: float(np.max(run[name][run["minutes"] > start]))


def lowest(name: str, start: float = 0.0) -> Figure:
    return lambda run: float(np.min(run[name][run["minutes"] > start]))


def minute_of(name: str, start: float, lowest_one: bool = False) -> Figure:
    """Minutes after `start` at which the highest (or lowest) value stands."""

    def figure(run: Run) -> float:
        later = run["minutes"] > start
        values = run[name][later]
        return float(run["minutes"][later][np.argmin(values) if lowest_one else np.argmax(values)] - start)

    return figure


def against(name: str, minute: float) -> Figure:
    """How much the first run has more than the second."""
    return lambda run, other: value(run, name, minute) - value(other, name, minute)


def percent_against(name: str, minute: float) -> Figure:
    return lambda run, other: 100.0 * (value(run, name, minute) / value(other, name, minute) - 1.0)


def _words(segment: Segment) -> str:
    usual = Segment(minutes=0)
    said = [
        f"{each.name.replace('_', ' ')} {getattr(segment, each.name):g}"
        for each in fields(Segment)
        if each.name != "minutes" and getattr(segment, each.name) != getattr(usual, each.name)
    ]
    return f"{segment.minutes:g} min " + (" and ".join(said) or "rest")


def _who(person: Person) -> str:
    return (
        f"{person.sex}, {person.age_years:g} years, {person.height_cm:g} cm, {person.mass_kg:g} kg, "
        f"fitness {person.fitness:g}"
    )
