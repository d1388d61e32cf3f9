"""Where beats come at any time, what has the shape of one is not refused because none was due."""

from itertools import pairwise

import numpy as np
import pytest

from ml.signals.filters import IntArray, WaveArray
from ml.signals.peaks import Candidates
from ml.signals.qrs_decision import QrsDecision
from ml.signals.qrs_glance import Columns

HZ = 125.0
SHAPE = 22
REGULAR_S = [0.8] * 14
IRREGULAR_S = [0.6, 0.95, 0.7, 1.1, 0.65, 0.9, 0.55] * 2
PLAIN = (6.0, 6.0, 6.0, 6.0)  # what the glimpse and the looks say
UNTIMELY = (1.0, 0.5, -1.5, -1.5)
SHAPELESS = (1.0, -1.2, -1.5, -1.5)
HALF = (1.0, 0.0, 0.0, -3.0)


class Told(QrsDecision):
    """Is told the scores of each candidate."""

    def __init__(self, scores: list[tuple[float, ...]]) -> None:
        super().__init__(HZ, 1, SHAPE, [])
        self._told = np.array(scores, dtype=np.float32)

    def _ask(self, judge: int, _lane: IntArray, number: IntArray, _inputs: Columns) -> WaveArray:
        return self._told[number, judge]


def found_s(intervals_s: list[float], extra: tuple[float, ...], noise: int = 0) -> tuple[float, list[float]]:
    """When the extra candidate came, 0.36 s after the last beat but one, and what was found."""
    beats_s = list(np.cumsum(intervals_s))
    beats_s[-1] = beats_s[-2] + 0.72
    at_s = beats_s[-2] + 0.36
    doubtful = [first + 0.3 for first, _ in list(pairwise(beats_s))[-1 - noise : -1]]
    each = [*((t, PLAIN) for t in beats_s), (at_s, extra), *((t, HALF) for t in doubtful)]
    times_s, scores = zip(*sorted(each), strict=True)
    index, n = np.rint(np.array(times_s) * HZ).astype(np.int64), len(times_s)
    shape = np.full((n, SHAPE + 1), SHAPE**-0.5)
    new = Candidates(np.zeros(n, np.int64), index, np.ones(n), index.astype(float), shape)
    found = Told(list(scores)).decide(new, np.array([index[-1] + 10_000]))
    return at_s, [float(each) for each in found.index / HZ]


def is_found(intervals_s: list[float], extra: tuple[float, ...], noise: int = 0) -> bool:
    at_s, found = found_s(intervals_s, extra, noise)
    return any(abs(each - at_s) < 0.01 for each in found)


def test_what_comes_when_none_is_due_is_found_in_an_irregular_rhythm() -> None:
    assert is_found(IRREGULAR_S, UNTIMELY)


def test_in_a_regular_one_it_is_not() -> None:
    assert not is_found(REGULAR_S, UNTIMELY)


def test_nor_is_what_has_not_the_shape_of_a_beat() -> None:
    assert not is_found(IRREGULAR_S, SHAPELESS)


def test_nor_after_candidates_that_were_unsure_themselves() -> None:
    assert not is_found(IRREGULAR_S, UNTIMELY, noise=8)


@pytest.mark.parametrize("intervals_s", [REGULAR_S, IRREGULAR_S])
def test_the_others_are_found_either_way(intervals_s: list[float]) -> None:
    _, found = found_s(intervals_s, SHAPELESS)
    assert len(found) == len(intervals_s)
