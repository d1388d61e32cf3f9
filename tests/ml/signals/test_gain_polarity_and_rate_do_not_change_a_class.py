"""The same heart under another gain, polarity or rate has the same beats; what is not there is not invented."""

import numpy as np
import pytest

from ml.signals.beats import CLASSES, classify
from ml.signals.ecg import detect_r_peaks
from tests.ml.signals.ectopic import made
from tests.ml.signals.synthetic import ecg_mv, noise, regular_s

PATTERN = "NNNNNNNNVNNNNNVNNNNNNNNVNNNNNNNNNNNVNNNNN"


@pytest.mark.parametrize("factor", [1.0, -1.0, 0.3, 4.0, -2.0])
def test_gain_and_polarity_do_not_matter(factor: float) -> None:
    stretch = made(PATTERN)
    assert "".join(classify(factor * stretch.signal_mv, 250.0, stretch.r_peaks)) == PATTERN


@pytest.mark.parametrize("rate_hz", [100.0, 128.0, 250.0, 360.0, 500.0, 1000.0])
def test_the_rate_does_not_matter(rate_hz: float) -> None:
    stretch = made(PATTERN, rate_hz)
    assert "".join(classify(stretch.signal_mv, rate_hz, stretch.r_peaks)) == PATTERN


def test_an_offset_and_a_slow_drift_do_not_matter() -> None:
    stretch = made(PATTERN)
    drift = 100.0 + 0.3 * np.sin(np.arange(len(stretch.signal_mv)) / 250.0 / 5.0)
    assert "".join(classify(stretch.signal_mv + drift, 250.0, stretch.r_peaks)) == PATTERN


def test_several_leads_are_one_heart() -> None:
    stretch = made(PATTERN)
    leads = np.column_stack((stretch.signal_mv, -0.5 * stretch.signal_mv))
    assert "".join(classify(leads, 250.0, stretch.r_peaks)) == PATTERN


def test_a_lead_that_was_never_put_on_has_no_say() -> None:
    stretch = made(PATTERN)
    for nothing in (0.0, np.nan):
        leads = np.column_stack((np.full(len(stretch.signal_mv), nothing), stretch.signal_mv))
        assert "".join(classify(leads, 250.0, stretch.r_peaks)) == PATTERN


def test_a_beat_in_a_gap_cannot_be_told_and_spoils_no_other() -> None:
    stretch = made(PATTERN)
    signal, lost = stretch.signal_mv.copy(), 20
    at = stretch.r_peaks[lost]
    signal[at - 80 : at + 110] = np.nan
    classes = "".join(classify(signal, 250.0, stretch.r_peaks))
    assert classes[lost] == "Q"
    assert classes[:lost] + classes[lost + 1 :] == PATTERN[:lost] + PATTERN[lost + 1 :]


def test_nothing_but_gaps_is_nothing_but_unknown() -> None:
    assert set(classify(np.full(5000, np.nan), 250.0, np.arange(200, 4800, 200))) == {"Q"}


def test_no_beats_have_no_classes() -> None:
    assert classify(np.zeros(1000), 250.0, np.zeros(0, np.int64)).tolist() == []


def test_wrong_shapes_and_rates_are_refused() -> None:
    with pytest.raises(ValueError, match="ascending"):
        classify(np.zeros(1000), 250.0, [300, 200])
    with pytest.raises(ValueError, match="Hz"):
        classify(np.zeros(1000), 50.0, [200])
    with pytest.raises(ValueError, match="leads"):
        classify(np.zeros((10, 2, 2)), 250.0, [2])


def test_what_a_detector_finds_in_noise_is_no_ventricular_storm() -> None:
    """Half a minute of a plain rhythm, then muscle and electrode noise far above it."""
    signal = ecg_mv(regular_s(70, 60), 60, 250.0) + noise(15000, 0.02)
    signal[7500:] += np.cumsum(noise(7500, 0.3, seed=2)) * 0.15 + noise(7500, 0.6, seed=3)
    peaks = detect_r_peaks(signal, 250.0)
    classes = classify(signal, 250.0, peaks)
    assert set(classes) <= set(CLASSES)
    assert np.mean(classes[peaks < 7000] == "N") == 1.0
    assert np.mean(classes[peaks >= 7500] == "V") < 0.1
