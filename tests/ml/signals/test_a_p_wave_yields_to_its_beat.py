"""Of two candidates too near for both to be beats, the first goes if the second looked likelier, or if such a one went
before such another in the cycles before and was the less sharp of the two."""

from itertools import pairwise

import numpy as np
import pytest

from ml.signals.candidate_table import CandidateTable
from ml.signals.filters import IntArray, WaveArray
from ml.signals.peaks import Candidates
from ml.signals.qrs_decision import QrsDecision
from ml.signals.qrs_glance import Columns

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


SHAPE = 22
P, QRS = np.eye(SHAPE)[0], np.eye(SHAPE)[5]
CYCLES = 7


class Told(QrsDecision):
    """Is told the scores: of a P wave and its beat, in turn, plain but for the last two."""

    def _ask(self, judge: int, _lane: IntArray, number: IntArray, _inputs: Columns) -> WaveArray:
        plain = np.where(number % 2, 4.0, -3.0)
        first, second = (1.0, 2.0, 3.0, 3.0)[judge], (1.0, 0.0, -2.0, -2.5)[judge]
        late = np.where(number % 2, second, first)
        return np.where(number < 2 * CYCLES - 2, plain, late).astype(np.float32)


@pytest.mark.parametrize(("sharper", "the_beat"), [(0.6, True), (-0.4, False)])
@pytest.mark.parametrize("pushes", [1, 30])
def test_it_goes_if_it_did_so_in_the_cycles_before_though_it_looks_likelier(
    sharper: float, the_beat: bool, pushes: int
) -> None:
    times_s = np.concatenate([[0.85 * k, 0.85 * k + 0.21] for k in range(CYCLES)]) + 0.5
    n, index = len(times_s), np.rint(times_s * HZ).astype(np.int64)
    height = np.tile([1.0, 1.1], CYCLES)
    sharpness = height * np.tile([1.0, 2.0**sharper], CYCLES)
    shape = np.column_stack([np.stack([P, QRS] * CYCLES), sharpness])
    decision, found = Told(HZ, 1, SHAPE, []), []
    edges = np.linspace(0, index[-1] + 300, pushes + 1).astype(np.int64)
    for first, last in pairwise(edges.tolist()):
        new = np.flatnonzero((index >= first) & (index < last))
        lane = np.zeros(len(new), np.int64)
        given = Candidates(lane, index[new], height[new], index[new].astype(float), shape[new])
        found += decision.decide(given, np.array([last])).index.tolist()
    assert len(found) == CYCLES
    assert found[-1] == index[n - 1 if the_beat else n - 2]
