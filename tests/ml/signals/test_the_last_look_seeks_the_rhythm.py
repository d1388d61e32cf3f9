"""The last look finds the interval at which likely candidates follow each other, whatever noise lies between."""

import numpy as np
import pytest

from ml.signals.beat_ring import BeatRing
from ml.signals.candidate_table import CandidateTable
from ml.signals.peaks import Candidates
from ml.signals.qrs_last import LOOK, last

HZ = 125.0
SHAPE = 22
SURE, NOISE = 3.0, -2.0


def read(times_s: list[float], scores: list[float]) -> dict[str, float]:
    """What is read of the last of them."""
    table = CandidateTable(1, SHAPE, HZ)
    index = np.rint(np.array(times_s) * HZ).astype(np.int64)
    n = len(index)
    shape = np.full((n, SHAPE + 1), SHAPE**-0.5)
    table.append(Candidates(np.zeros(n, np.int64), index, np.ones(n), index.astype(float), shape))
    table.scores[LOOK - 1, :n] = scores
    rings = [BeatRing(1, SHAPE, HZ) for _ in range(2)]
    inputs = last(table, rings, np.zeros(1, np.int64), np.array([n - 1]))
    return {name: float(values[0]) for name, values in inputs.items()}


BEATS_S = [1.0, 1.8, 2.6, 3.4]
BETWEEN_S = [1.3, 2.2, 2.9, 3.7]
BEFORE = sorted([*zip(BEATS_S, [SURE] * 4, strict=True), *zip(BETWEEN_S, [NOISE] * 4, strict=True)])


def after(at_s: float) -> dict[str, float]:
    return read([*(t for t, _ in BEFORE), at_s], [*(score for _, score in BEFORE), 0.0])


def test_what_comes_when_a_beat_is_due_fits_the_comb() -> None:
    due, early = after(4.2), after(3.95)
    assert due["comb"] > 0.7
    assert due["comb_worst_tooth"] > 0.6
    assert early["comb_worst_tooth"] < 0.5 * due["comb_worst_tooth"]


def test_it_is_told_how_unsure_those_before_were() -> None:
    quiet = read([1.0, 1.8, 2.6, 3.4], [SURE, SURE, SURE, 0.0])
    noisy = read([1.0, 1.8, 2.6, 3.4], [0.0, 0.0, 0.0, 0.0])
    assert noisy["doubt_of_8"] > 3.0 * quiet["doubt_of_8"]


@pytest.mark.parametrize(("apart_s", "there"), [(0.2, True), (0.3, False)])
def test_a_rival_is_one_too_near_for_both_to_be_beats(apart_s: float, there: bool) -> None:
    inputs = read([3.0 - apart_s, 3.0], [1.5, 0.5])
    assert np.isfinite(inputs["past_rival_s"]) == there
    if there:
        assert inputs["past_rival_score_over"] == pytest.approx(1.0)
