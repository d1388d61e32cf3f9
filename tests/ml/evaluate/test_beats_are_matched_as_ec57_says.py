"""150 ms, one to one, nearest first, flutter left out; and nothing is counted twice."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.evaluate.ec57 import compare, match, rates

RATE_HZ = 1000.0
samples = (
    st.lists(st.integers(0, 5000), max_size=25, unique=True).map(sorted).map(lambda x: np.array(x, dtype=np.int64))
)


def test_a_detection_within_the_window_finds_its_beat() -> None:
    counts = compare(np.array([1000, 2000, 3000]), np.array([1150, 1849, 3000]), RATE_HZ)
    assert (counts.found, counts.missed, counts.false) == (2, 1, 1)
    assert counts.errors_ms.tolist() == [150.0, 0.0]


def test_two_detections_of_one_beat_are_one_too_many() -> None:
    counts = compare(np.array([1000]), np.array([950, 1010]), RATE_HZ)
    assert (counts.found, counts.missed, counts.false) == (1, 0, 1)
    assert counts.errors_ms.tolist() == [10.0]


def test_two_beats_are_not_found_by_one_detection() -> None:
    counts = compare(np.array([1000, 1200]), np.array([1110]), RATE_HZ)
    assert (counts.found, counts.missed, counts.false) == (1, 1, 0)


def test_flutter_counts_for_nothing() -> None:
    counts = compare(np.array([500, 2000, 4000]), np.array([500, 2500, 2600]), RATE_HZ, [(1500, 3000)])
    assert (counts.found, counts.missed, counts.false) == (1, 1, 0)


def test_bias_and_jitter_are_of_the_beats_found() -> None:
    counts = compare(np.array([1000, 2000, 3000]), np.array([1010, 2010, 3010]), RATE_HZ)
    assert (counts.bias_ms, counts.jitter_ms) == (10.0, 0.0)
    assert math.isnan(compare(np.array([1000]), np.zeros(0, np.int64), RATE_HZ).bias_ms)


def test_rates_are_percentages_or_unknown() -> None:
    assert rates(90, 10, 0) == pytest.approx({"sensitivity": 90.0, "ppv": 100.0, "f1": 100 * 180 / 190})
    assert math.isnan(rates(0, 0, 0)["f1"])


@given(samples, samples)
def test_pairs_are_one_to_one_and_within_the_window(annotated: np.ndarray, detected: np.ndarray) -> None:
    pairs = match(annotated, detected, 150.0)
    assert len(set(pairs[:, 0])) == len(set(pairs[:, 1])) == len(pairs)
    assert np.all(np.abs(annotated[pairs[:, 0]] - detected[pairs[:, 1]]) <= 150)
