"""RMSSD and SDNN are those of the intervals that were made, whatever ectopic beats and gaps lie between."""

import numpy as np
import pytest

from ml.signals.hrv import normal_intervals, variability

SECONDS = 300.0


def beats(intervals_s: np.ndarray) -> np.ndarray:
    return np.concatenate(([0.0], np.cumsum(intervals_s)))


def breathing(at_hz: float, n: int = 360, depth_s: float = 0.04) -> np.ndarray:
    """Intervals of about 0.85 s that swing at a frequency."""
    return 0.85 + depth_s * np.sin(2 * np.pi * at_hz * 0.85 * np.arange(n))


def test_the_figures_are_those_of_the_definition() -> None:
    intervals = 0.85 + np.random.default_rng(1).normal(0, 0.03, 360)
    found = variability(beats(intervals))
    assert found is not None
    assert found.sdnn_ms == pytest.approx(1000 * intervals.std(ddof=1), rel=0.01)
    assert found.rmssd_ms == pytest.approx(1000 * np.sqrt(np.mean(np.diff(intervals) ** 2)), rel=0.01)


def test_ectopic_beats_change_little() -> None:
    intervals = breathing(0.25)
    clean = variability(beats(intervals))
    intervals[40::30] -= 0.35
    intervals[41::30] += 0.35
    found = variability(beats(intervals))
    assert clean is not None
    assert found is not None
    assert found.sdnn_ms == pytest.approx(clean.sdnn_ms, rel=0.05)
    assert found.rmssd_ms == pytest.approx(clean.rmssd_ms, rel=0.05)


def test_a_missed_beat_is_no_interval() -> None:
    times = np.delete(beats(breathing(0.25)), [50, 90, 200])
    intervals, normal = normal_intervals(times)
    assert not normal[intervals > 1.4].any()
    assert normal.sum() == 360 - 6


def test_breath_is_high_and_slow_waves_are_low_frequency() -> None:
    fast, slow = variability(beats(breathing(0.25))), variability(beats(breathing(0.1)))
    assert fast is not None
    assert slow is not None
    assert fast.lf_over_hf < 0.1
    assert slow.lf_over_hf > 10.0


@pytest.mark.parametrize("n", [0, 1, 4, 200])
def test_too_few_intervals_are_no_figure(n: int) -> None:
    assert variability(beats(np.full(n, 0.85))) is None


def test_a_rhythm_that_is_mostly_ectopic_is_no_figure() -> None:
    assert variability(beats(np.tile([0.5, 1.2], 180))) is None
