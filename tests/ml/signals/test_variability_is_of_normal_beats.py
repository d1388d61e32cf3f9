"""RMSSD and SDNN by their definitions, of sinus beats only, from any wave that is timed well enough."""

from pathlib import Path

import numpy as np
import pytest

from ml.evaluate import recordings
from ml.evaluate.ppg import variability_of
from ml.signals.variability import Variability, variability
from tests.ml.signals.synthetic import Array


def sinus_s(seconds: float = 120.0, seed: int = 2) -> Array:
    generator = np.random.default_rng(seed)
    intervals = 0.85 + 0.03 * np.sin(0.25 * 2 * np.pi * 0.85 * np.arange(300)) + 0.01 * generator.standard_normal(300)
    times = np.cumsum(intervals)
    return times[times < seconds]


def of(times_s: Array) -> Variability:
    return variability(times_s[None])


def test_they_are_what_the_task_force_defines() -> None:
    times = sinus_s()
    intervals_ms = 1000 * np.diff(times)
    found = of(times)
    assert found.rmssd_ms[0] == pytest.approx(np.sqrt(np.mean(np.diff(intervals_ms) ** 2)))
    assert found.sdnn_ms[0] == pytest.approx(np.std(intervals_ms, ddof=1))
    assert found.normal_share[0] == 1.0


def test_an_ectopic_beat_does_not_count() -> None:
    times = sinus_s()
    ectopic = times.copy()
    ectopic[[20, 60, 100]] -= 0.35
    assert of(ectopic).rmssd_ms[0] == pytest.approx(of(times).rmssd_ms[0], rel=0.1)
    assert of(ectopic).sdnn_ms[0] == pytest.approx(of(times).sdnn_ms[0], rel=0.1)


def test_a_missed_beat_does_not_count() -> None:
    times = np.delete(sinus_s(), [30, 70])
    assert of(times).rmssd_ms[0] == pytest.approx(of(sinus_s()).rmssd_ms[0], rel=0.1)


def test_fibrillation_has_none() -> None:
    times = np.cumsum(np.random.default_rng(1).uniform(0.35, 1.2, 150))
    assert np.isnan(of(times).rmssd_ms[0])


def test_less_than_most_of_two_minutes_has_none() -> None:
    assert np.isnan(of(sinus_s(80.0)).sdnn_ms[0])
    assert np.isnan(of(np.zeros(0)).sdnn_ms[0])


def test_lanes_do_not_touch_each_other() -> None:
    lanes = [sinus_s(seed=seed) for seed in range(4)]
    longest = max(map(len, lanes))
    padded = np.stack([np.concatenate((np.full(longest - len(lane), np.nan), lane)) for lane in lanes])
    assert variability(padded).rmssd_ms == pytest.approx([of(lane).rmssd_ms[0] for lane in lanes])


@pytest.mark.recordings
def test_of_a_camera_it_is_near_that_of_a_chest_belt(welltory: Path) -> None:
    """A camera of 30 frames a second times each pulse to about 10 ms: its RMSSD is too high, its SDNN hardly."""
    pairs = [pair for record in recordings.welltory(welltory.parent) for pair in variability_of(record)]
    sdnn = np.array([pair.sdnn_ms - pair.belt_sdnn_ms for pair in pairs])
    rmssd = np.array([pair.rmssd_ms - pair.belt_rmssd_ms for pair in pairs])
    assert len(pairs) >= 20
    assert np.median(np.abs(sdnn)) <= 6.0
    assert np.median(np.abs(rmssd)) <= 12.0
