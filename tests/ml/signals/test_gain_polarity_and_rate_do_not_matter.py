"""One detector for every sensor: 100 to 1000 Hz, either polarity, 0.2 to 5 mV, hum of the mains."""

import numpy as np
import pytest

from ml.signals.ecg import RPeakStream, detect_r_peaks
from tests.ml.signals.synthetic import ecg_mv, matched, noise, regular_s

BEATS_S = regular_s(72, 30)


@pytest.mark.parametrize("rate_hz", [100.0, 125.0, 128.0, 200.0, 250.0, 257.0, 360.0, 500.0, 1000.0])
def test_any_rate_gives_every_beat_at_its_time(rate_hz: float) -> None:
    signal = ecg_mv(BEATS_S, 30, rate_hz) + noise(round(30 * rate_hz), 0.03)
    assert matched(detect_r_peaks(signal, rate_hz) / rate_hz, BEATS_S, within_s=0.006)


@pytest.mark.parametrize("height_mv", [0.2, 0.5, 1.0, 5.0])
def test_any_gain_gives_every_beat(height_mv: float) -> None:
    signal = ecg_mv(BEATS_S, 30, 250.0, height_mv) + noise(7500, 0.01)
    assert matched(detect_r_peaks(signal, 250.0) / 250, BEATS_S, within_s=0.008)


def test_a_reversed_lead_gives_the_very_same_samples() -> None:
    signal = ecg_mv(BEATS_S, 30, 250.0) + noise(7500, 0.03)
    assert detect_r_peaks(-signal, 250.0).tolist() == detect_r_peaks(signal, 250.0).tolist()


def test_an_electrode_offset_of_300_mv_changes_nothing() -> None:
    signal = ecg_mv(BEATS_S, 30, 250.0) + noise(7500, 0.03)
    assert detect_r_peaks(signal + 300.0, 250.0).tolist() == detect_r_peaks(signal, 250.0).tolist()


@pytest.mark.parametrize("hum_hz", [50.0, 60.0])
def test_mains_hum_as_high_as_the_beat_hides_none(hum_hz: float) -> None:
    signal = ecg_mv(BEATS_S, 30, 250.0) + 0.5 * np.sin(2 * np.pi * hum_hz * np.arange(7500) / 250)
    assert matched(detect_r_peaks(signal, 250.0) / 250, BEATS_S, within_s=0.012)


def test_baseline_wander_of_several_millivolts_hides_none() -> None:
    signal = ecg_mv(BEATS_S, 30, 250.0) + 3.0 * np.sin(2 * np.pi * 0.3 * np.arange(7500) / 250)
    assert matched(detect_r_peaks(signal, 250.0) / 250, BEATS_S, within_s=0.008)


@pytest.mark.parametrize("rate_per_min", [25, 40, 150, 200, 230])
def test_slow_and_fast_hearts_are_counted(rate_per_min: float) -> None:
    beats_s = regular_s(rate_per_min, 40)
    found_s = detect_r_peaks(ecg_mv(beats_s, 40, 250.0) + noise(10_000, 0.02), 250.0) / 250
    assert matched(found_s, beats_s, within_s=0.012)


@pytest.mark.parametrize("rate_hz", [99.0, 1001.0, float("nan")])
def test_a_rate_outside_is_refused(rate_hz: float) -> None:
    with pytest.raises(ValueError, match="ECG rate"):
        RPeakStream(rate_hz)


def test_more_than_one_dimension_is_refused() -> None:
    with pytest.raises(ValueError, match="one lead"):
        detect_r_peaks(np.zeros((2, 1000)), 250.0)
