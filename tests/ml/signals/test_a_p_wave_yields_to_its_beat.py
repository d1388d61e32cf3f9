"""Of two candidates too near for both to be beats, the first goes if the second looked likelier."""

import numpy as np
import pytest

from ml.signals.candidate_table import CandidateTable
from ml.signals.peaks import Candidates

HZ = 125.0
PR_S = 0.25


def table(apart_s: float, scores: list[float], scores_later: list[float]) -> CandidateTable:
    """Two candidates of one lane, with what two looks made of them."""
    held = CandidateTable(1, 2, HZ)
    index = np.array([100, 100 + round(apart_s * HZ)])
    held.append(Candidates(np.zeros(2, np.int64), index, np.ones(2), index.astype(float), np.ones((2, 3))))
    held.scores[1, :2], held.scores[2, :2] = scores, scores_later
    return held


def outdone(held: CandidateTable) -> list[bool]:
    both = np.zeros(2, np.int64), np.arange(2)
    return [bool(each) for each in held.outdone(*both, PR_S, 1)]


def test_the_first_goes_if_the_second_is_likelier() -> None:
    assert outdone(table(0.21, [0.4, 1.2], [0.3, 0.0])) == [True, False]


def test_the_second_never_goes() -> None:
    assert outdone(table(0.21, [2.0, 1.2], [0.3, 0.0])) == [False, False]


def test_it_stays_if_its_own_later_look_is_surer() -> None:
    assert outdone(table(0.21, [0.4, 1.2], [1.3, 0.0])) == [False, False]


@pytest.mark.parametrize(("apart_s", "gone"), [(0.24, True), (0.27, False)])
def test_two_further_apart_may_both_be_beats(apart_s: float, gone: bool) -> None:
    assert outdone(table(apart_s, [0.4, 1.2], [0.3, 0.0])) == [gone, False]
