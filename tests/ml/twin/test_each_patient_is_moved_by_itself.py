"""Whoever else is in the shard, and however it is cut: the figures are the same to the last digit."""

import numpy as np
import pytest

from ml.physiology import Inputs
from ml.twin import Seen, Twins
from tests.ml.twin.people import ALICE, AT_S, BOB, NEWBORN, USUAL, followed, seen


def same(one: Twins, other: Twins) -> None:
    for name, values in one.figures().items():
        np.testing.assert_array_equal(other.figures()[name], values, err_msg=name)


def test_alone_as_among_others() -> None:
    together = followed(Twins.begin([ALICE, BOB], at_s=AT_S, seeds=[7, 8]), USUAL, 12)
    alone = followed(Twins.begin([BOB], at_s=AT_S, seeds=[8]), USUAL, 12)
    same(together.take([1]), alone)


def test_taken_and_joined_again() -> None:
    twins = followed(Twins.begin([ALICE, BOB, NEWBORN], at_s=AT_S, seeds=[7, 8, 9]), USUAL, 12)
    joined = Twins.joined([twins.take([2]), twins.take([0, 1])])
    same(followed(joined, USUAL, 3), followed(twins, USUAL, 3).take([2, 0, 1]))


def test_who_is_behind_catches_up_and_who_is_ahead_waits() -> None:
    ahead = followed(Twins.begin([ALICE], at_s=AT_S, seeds=[7]), USUAL, 5)
    both = Twins.joined([ahead, Twins.begin([BOB], at_s=AT_S, seeds=[8])])
    before = both.take([0])
    both.advance(AT_S + 120.0, seen(USUAL, 2))
    same(before, both.take([0]))
    assert both.at_s.tolist() == [AT_S + 300.0, AT_S + 120.0]
    both.advance(AT_S + 360.0, {})
    assert both.at_s.tolist() == [AT_S + 360.0, AT_S + 360.0]


def test_to_ask_changes_nothing() -> None:
    asked, silent = (followed(Twins.begin([ALICE], at_s=AT_S, seeds=[7]), USUAL, 3) for _ in range(2))
    asked.forecast()
    asked.states()
    asked.organs({}, {}, {}, [None])
    same(followed(asked, USUAL, 3), followed(silent, USUAL, 3))


def test_inputs_may_differ_between_patients() -> None:
    twins = Twins.begin([ALICE, ALICE], at_s=AT_S, seeds=[7, 7])
    twins.advance(AT_S + 600.0, {}, Inputs(work_watts=np.array([0.0, 60.0])))
    rate = np.median(twins.figures()["heart_rate"], axis=1)
    assert rate[1] - rate[0] > 15.0


def test_readings_of_another_shape_are_refused() -> None:
    twins = Twins.begin([ALICE], at_s=AT_S, seeds=[7])
    with pytest.raises(ValueError, match="heart_rate"):
        twins.advance(AT_S + 60.0, {"heart_rate": Seen(np.zeros(2), np.ones(2))})
