"""A flat line, a saturated amplifier, a gap, an asystole: no beat is invented in any of them."""

import numpy as np
import pytest

from ml.signals.ecg import detect_r_peaks
from ml.signals.ppg import detect_pulses
from tests.ml.signals.synthetic import ecg_mv, matched, noise, ppg, regular_s

RATE_HZ = 250.0
BEATS_S = regular_s(72, 60)


@pytest.mark.parametrize("level", [0.0, 2.5, -300.0, 1e9, np.nan, np.inf])
def test_a_constant_signal_has_no_beat(level: float) -> None:
    assert detect_r_peaks(np.full(5000, level), RATE_HZ).size == 0
    assert detect_pulses(np.full(5000, level), RATE_HZ).size == 0


def test_an_empty_signal_has_no_beat() -> None:
    assert detect_r_peaks(np.zeros(0), RATE_HZ).size == 0


def test_amplifier_noise_has_no_beat() -> None:
    assert detect_r_peaks(noise(15_000, 0.005), RATE_HZ).size == 0


def test_a_gap_is_left_empty_and_the_beats_around_it_are_found() -> None:
    signal = ecg_mv(BEATS_S, 60, RATE_HZ) + noise(15_000, 0.02)
    signal[5000:7500] = np.nan
    found_s = detect_r_peaks(signal, RATE_HZ) / RATE_HZ
    assert not ((found_s > 19.9) & (found_s < 30.1)).any()
    outside = BEATS_S[(BEATS_S < 19.7) | (BEATS_S > 30.3)]
    assert matched(found_s[(found_s < 19.7) | (found_s > 30.3)], outside, within_s=0.012)


def test_single_missing_samples_cost_at_most_the_beats_they_touch() -> None:
    signal = ecg_mv(BEATS_S, 60, RATE_HZ) + noise(15_000, 0.02)
    signal[np.random.default_rng(3).integers(0, 15_000, 20)] = np.nan
    found_s = detect_r_peaks(signal, RATE_HZ) / RATE_HZ
    assert all(np.abs(BEATS_S - time_s).min() < 0.02 for time_s in found_s)
    assert len(found_s) >= len(BEATS_S) - 20


def test_while_the_amplifier_is_saturated_there_is_no_beat() -> None:
    signal = ecg_mv(BEATS_S, 60, RATE_HZ) + noise(15_000, 0.02)
    signal[5000:7500] = 5.0
    found_s = detect_r_peaks(signal, RATE_HZ) / RATE_HZ
    assert not ((found_s > 20.3) & (found_s < 29.7)).any()
    late = BEATS_S[BEATS_S > 33.0]
    assert matched(found_s[found_s > 33.0 - 0.1], late, within_s=0.012)


def test_an_asystole_stays_an_asystole() -> None:
    """One minute of a baseline with 10 uV of noise after a minute of beats."""
    signal = np.concatenate((ecg_mv(BEATS_S, 60, RATE_HZ), np.zeros(15_000))) + noise(30_000, 0.01)
    found_s = detect_r_peaks(signal, RATE_HZ) / RATE_HZ
    assert matched(found_s, BEATS_S, within_s=0.012)


@pytest.mark.parametrize("noise_mv", [0.005, 0.015, 0.02, 0.03])
def test_an_asystole_is_not_filled_by_any_amplifiers_noise(noise_mv: float) -> None:
    for seed in range(3):
        stopped = np.concatenate((ecg_mv(BEATS_S, 60, RATE_HZ), np.zeros(15_000))) + noise(30_000, noise_mv, seed)
        found_s = detect_r_peaks(stopped, RATE_HZ) / RATE_HZ
        assert len(found_s[found_s > 60.5]) <= 1


def test_a_lead_that_loses_its_amplitude_is_found_again() -> None:
    height = np.where(np.arange(15_000) < 7500, 2.0, 0.25)
    signal = height * ecg_mv(BEATS_S, 60, RATE_HZ) + noise(15_000, 0.005)
    found_s = detect_r_peaks(signal, RATE_HZ) / RATE_HZ
    late = BEATS_S[BEATS_S > 45.0]
    assert matched(found_s[found_s > 45.0 - 0.1], late, within_s=0.012)


def test_a_finger_put_on_late_is_counted_from_then_on() -> None:
    pulses_s = regular_s(70, 60)
    signal = ppg(pulses_s, 60, 100.0) + noise(6000, 20.0)
    signal[:2000] = 300.0
    found_s = detect_pulses(signal, 100.0) / 100
    late = pulses_s[pulses_s > 26.0]
    assert len(found_s[found_s > 26.0]) == pytest.approx(len(late), abs=1)


@pytest.mark.parametrize(("before_the_end_s", "given"), [(0.02, False), (0.15, True)])
def test_a_beat_that_has_only_begun_when_the_recording_ends_is_not_given(before_the_end_s: float, given: bool) -> None:
    last_s = 20.0 - before_the_end_s
    beats_s = np.append(np.arange(0.5, 19.2, 0.8), last_s)
    found_s = detect_r_peaks(ecg_mv(beats_s, 20, 250.0) + noise(5000, 0.01), 250.0) / 250
    assert (len(found_s) > 0 and abs(found_s[-1] - last_s) < 0.04) == given
