"""The learned risk of dying in hospital, from up to two days of a person's course, with what it rests on.

Learned from intensive care stays (the card of the model says which, and how well it does on others). On a ward it is an
extrapolation: it ranks who is worse, and says nothing certain of anybody.

Contributions are Shapley values of the log-odds over quantities (Lundberg & Lee 2017), against a typical survivor
whose figures stand on the card: by permutations in both directions, drawn once with a fixed seed. Each permutation's
steps add up to the whole way from that reference to this person, and so does their mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from ml import artifacts
from ml.scoring.course import Course
from ml.scoring.course_features import UNITS, features

ALL_INPUTS: Final = "deterioration"
"""With laboratory values, ventilation and the urine: intensive care."""
VITALS_ONLY: Final = "deterioration_vitals"
"""With what a ward has."""
PERMUTATIONS: Final = 24
SEED: Final = 12

Rows = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Contribution:
    """`log_odds`: how much this quantity raises (above 0) or lowers the risk against a typical survivor. `latest`: its
    last value, in `unit`; None where it was never found, which may itself contribute."""

    quantity: str
    log_odds: float
    latest: float | None
    unit: str


@dataclass(frozen=True, slots=True)
class Risk:
    """`probability` of death in hospital; `reference`: that of the typical survivor, to which all contributions (the
    strongest first) are added in log-odds."""

    probability: float
    reference: float
    contributions: tuple[Contribution, ...]


def probability(courses: Sequence[Course], *, model: str = ALL_INPUTS) -> npt.NDArray[np.float64]:
    """(n,), of each course."""
    fitted = artifacts.load(model)
    given = np.array([_row(course, fitted.inputs) for course in courses], dtype=np.float32)
    return _died(fitted, given.reshape(len(courses), len(fitted.inputs)))


def risk(course: Course, *, model: str = ALL_INPUTS) -> Risk:
    """The risk of one person, explained."""
    fitted = artifacts.load(model)
    own, reference = _row(course, fitted.inputs), _reference(model)
    groups = _groups(fitted.inputs)
    steps = _steps(len(groups))
    mixed = _mixtures(own, reference, list(groups.values()), steps)
    odds = _log_odds(_died(fitted, mixed)).reshape(len(steps), len(groups) + 1)
    gained = np.zeros(len(groups))
    for order, way in zip(steps, odds, strict=True):
        gained[order] += np.diff(way)
    gained /= len(steps)
    parts = [
        Contribution(name, float(gain), _latest(course, name), UNITS[name])
        for name, gain in zip(groups, gained, strict=True)
    ]
    first, last = _died(fitted, np.stack((reference, own)))
    return Risk(float(last), float(first), tuple(sorted(parts, key=lambda part: -abs(part.log_odds))))


def _died(fitted: artifacts.Model, given: Rows) -> npt.NDArray[np.float64]:
    return np.asarray(fitted.probabilities(given)[:, 1], dtype=np.float64)


def _log_odds(died: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    clipped = np.clip(died, 1e-7, 1 - 1e-7)
    return np.asarray(np.log(clipped / (1 - clipped)))


def _row(course: Course, names: Sequence[str]) -> Rows:
    found = features(course)
    return np.array([found[name] for name in names], dtype=np.float32)


@cache
def _reference(model: str) -> Rows:
    values = [each["reference"] for each in artifacts.load(model).card["inputs"]]
    return np.array([np.nan if value is None else value for value in values], dtype=np.float32)


def _groups(names: Sequence[str]) -> dict[str, npt.NDArray[np.intp]]:
    """By quantity, the columns that belong to it."""
    stems = np.array([name.partition(".")[0] for name in names])
    return {str(stem): np.flatnonzero(stems == stem) for stem in dict.fromkeys(stems)}


@cache
def _steps(count: int) -> npt.NDArray[np.intp]:
    """(2 x PERMUTATIONS, count): each order and its reverse."""
    generator = np.random.default_rng(SEED)
    forward = np.array([generator.permutation(count) for _ in range(PERMUTATIONS)])
    return np.concatenate((forward, forward[:, ::-1]))


def _mixtures(own: Rows, reference: Rows, groups: list[npt.NDArray[np.intp]], steps: npt.NDArray[np.intp]) -> Rows:
    """For each order: the reference, then with one quantity after the other replaced by the person's own."""
    mixed = np.tile(reference, (len(steps), len(groups) + 1, 1))
    for way, order in zip(mixed, steps, strict=True):
        for place, group in enumerate(order, start=1):
            way[place:, groups[group]] = own[groups[group]]
    return mixed.reshape(-1, len(own))


def _latest(course: Course, name: str) -> float | None:
    series = course.get(name)
    return float(series[1][-1]) if series is not None and len(series[1]) else None
