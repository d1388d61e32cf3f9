"""A rate stands for the beats of the last ten seconds, or there is none and a reason."""

import numpy as np
import pytest

from ml.signals.heart_rate import Rate, Reason, heart_rate, pulse_rate


def beats(*intervals_s: float) -> np.ndarray:
    return 100.0 + np.concatenate(([0.0], np.cumsum(intervals_s)))


def rate_of(times_s: np.ndarray, quality: float = 1.0) -> Rate:
    return heart_rate(times_s, now_s=float(times_s[-1]) + 0.2, quality=quality)


@pytest.mark.parametrize("true_per_min", [30, 60, 75, 180, 300])
def test_a_steady_rhythm_gives_its_rate(true_per_min: float) -> None:
    times_s = beats(*[60.0 / true_per_min] * 60)
    assert rate_of(times_s).per_min == pytest.approx(true_per_min)


def test_one_missed_beat_changes_nothing() -> None:
    assert rate_of(beats(*[0.8] * 6, 1.6, *[0.8] * 4)).per_min == pytest.approx(75.0)


def test_one_false_beat_changes_nothing() -> None:
    assert rate_of(beats(*[0.8] * 6, 0.3, 0.5, *[0.8] * 4)).per_min == pytest.approx(75.0)


def test_an_ectopic_beat_and_its_pause_change_nothing() -> None:
    assert rate_of(beats(*[0.8] * 6, 0.45, 1.15, *[0.8] * 4)).per_min == pytest.approx(75.0)


def test_a_bigeminy_is_counted_truly_whichever_beat_came_last() -> None:
    alternating = [0.5, 1.3] * 8
    assert rate_of(beats(*alternating)).per_min == pytest.approx(60 / 0.9)
    assert rate_of(beats(*alternating, 0.5)).per_min == pytest.approx(60 / 0.9)


def test_a_trigeminy_is_counted_truly() -> None:
    assert rate_of(beats(*[0.9, 0.5, 1.3] * 5)).per_min == pytest.approx(60 / 0.9)


def test_only_the_last_ten_seconds_count() -> None:
    assert rate_of(beats(*[1.0] * 30, *[0.5] * 21)).per_min == pytest.approx(120.0)


def test_fewer_than_three_intervals_are_no_rate() -> None:
    assert rate_of(beats(0.8, 0.8)) == Rate(None, Reason.TOO_FEW_BEATS)
    assert heart_rate([], now_s=5.0, quality=1.0) == Rate(None, Reason.TOO_FEW_BEATS)


def test_a_silence_is_a_pause_and_then_an_asystole() -> None:
    times_s = beats(*[0.8] * 12)
    last_s = float(times_s[-1])
    assert heart_rate(times_s, last_s + 2.0, 1.0).per_min == pytest.approx(75.0)
    assert heart_rate(times_s, last_s + 3.0, 1.0) == Rate(None, Reason.PAUSE)
    assert heart_rate(times_s, last_s + 4.1, 1.0) == Rate(None, Reason.ASYSTOLE)


def test_silence_is_counted_only_as_far_as_beats_are_known() -> None:
    times_s = beats(*[0.8] * 12)
    assert heart_rate(times_s, float(times_s[-1]) + 4.1, 1.0, delay_s=1.4) == Rate(None, Reason.PAUSE)


def test_a_slow_rhythm_is_no_pause() -> None:
    times_s = beats(*[2.4] * 6)
    assert heart_rate(times_s, float(times_s[-1]) + 2.6, 1.0).per_min == pytest.approx(25.0)


def test_an_asystole_from_the_beginning_is_called_after_four_seconds() -> None:
    assert heart_rate([], now_s=104.0, quality=1.0, since_s=100.5) == Rate(None, Reason.TOO_FEW_BEATS)
    assert heart_rate([], now_s=105.0, quality=1.0, since_s=100.5) == Rate(None, Reason.ASYSTOLE)


@pytest.mark.parametrize("quality", [0.0, 0.29, float("nan")])
def test_a_poor_or_unknown_signal_gives_no_rate(quality: float) -> None:
    assert rate_of(beats(*[0.8] * 12), quality) == Rate(None, Reason.POOR_SIGNAL)


def test_a_window_that_was_mostly_noise_gives_no_rate() -> None:
    times_s = beats(*[0.8] * 12)
    now_s = float(times_s[-1])
    assert heart_rate(times_s, now_s, 0.9, mean_quality=0.6).per_min == pytest.approx(75.0)
    assert heart_rate(times_s, now_s, 0.9, mean_quality=0.4) == Rate(None, Reason.POOR_SIGNAL)


def test_a_limb_without_pulse_is_not_called_an_asystole() -> None:
    times_s = beats(*[0.8] * 12)
    assert pulse_rate(times_s, float(times_s[-1]) + 5.0, 1.0) == Rate(None, Reason.NO_PULSE)
    assert pulse_rate(times_s, float(times_s[-1]), 1.0).per_min == pytest.approx(75.0)
