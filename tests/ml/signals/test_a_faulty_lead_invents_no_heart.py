"""What a device does wrong, and what must come out: the beats all the same, or no rate and a reason."""

from pathlib import Path

import numpy as np
import pytest
from scipy.io import loadmat

from ml.evaluate import ec57, recordings
from ml.evaluate.qrs import pooled
from ml.signals.ecg import detect_r_peaks
from ml.signals.heart_rate import Reason
from ml.signals.live import EcgChannel
from tests.ml.signals.synthetic import Array, ecg_mv, matched, noise, regular_s

RATE_HZ = 250
BEATS_S = regular_s(72, 40)
CLEAN = ecg_mv(BEATS_S, 40, RATE_HZ) + noise(40 * RATE_HZ, 0.02)


def rates_of(signal_mv: Array, rate_hz: int = RATE_HZ) -> list[float | None]:
    """Of each second, the first ten left out."""
    channel = EcgChannel(rate_hz)
    starts = range(0, len(signal_mv) - rate_hz + 1, rate_hz)
    return [channel.push(s / rate_hz, signal_mv[s : s + rate_hz]).rate_per_min for s in starts][10:]


def test_a_clock_that_jitters_by_a_third_of_a_sample_changes_nothing() -> None:
    true_at = np.arange(len(CLEAN)) + np.random.default_rng(2).uniform(-0.33, 0.33, len(CLEAN))
    jittered = np.interp(true_at, np.arange(len(CLEAN)), CLEAN)
    assert matched(detect_r_peaks(jittered, RATE_HZ) / RATE_HZ, BEATS_S, within_s=0.012)


@pytest.mark.parametrize("pulse_mv", [0.5, 5.0, 50.0])
def test_a_paced_beat_is_one_beat(pulse_mv: float) -> None:
    """A pulse of 4 ms, then a wide complex 60 ms later: the beat is found once, at the complex or at its pulse."""
    t = np.arange(40 * RATE_HZ) / RATE_HZ
    signal = noise(len(t), 0.02)
    for beat_s in BEATS_S:
        signal += 1.5 * np.exp(-0.5 * ((t - beat_s) / 0.03) ** 2) - 0.4 * np.exp(
            -0.5 * ((t - beat_s - 0.25) / 0.05) ** 2
        )
        signal[round((beat_s - 0.06) * RATE_HZ)] += pulse_mv
    found_s = detect_r_peaks(signal, RATE_HZ) / RATE_HZ
    late = BEATS_S > 5.0
    assert matched(found_s[found_s > 4.8], BEATS_S[late], within_s=0.1)


@pytest.mark.recordings
@pytest.mark.parametrize(("name", "f1"), [("102", 99.5), ("104", 98.5)])
def test_five_minutes_of_a_paced_person_are_found(mitdb: Path, name: str, f1: float) -> None:
    """The models were fitted on these persons too: a floor against breaking it, not a measure."""
    record = recordings.read_wfdb(mitdb, name)
    n = 300 * 360
    found = detect_r_peaks(record.signal_mv[:n], record.rate_hz)
    counts = ec57.compare(record.beats[record.beats < n], found, record.rate_hz)
    assert pooled([counts])["f1"] >= f1


def test_a_lead_that_falls_off_has_no_rate_and_says_why() -> None:
    signal = CLEAN.copy()
    signal[20 * RATE_HZ :] = 4.8
    channel = EcgChannel(RATE_HZ)
    updates = [channel.push(s, signal[s * RATE_HZ : (s + 1) * RATE_HZ]) for s in range(40)]
    assert all(update.reason is Reason.POOR_SIGNAL for update in updates[21:])


def test_hum_that_buries_the_heart_has_no_rate() -> None:
    hum = 3.0 * np.sin(2 * np.pi * 50 * np.arange(len(CLEAN)) / RATE_HZ)
    assert rates_of(CLEAN + hum) == [None] * 30


def test_a_rate_comes_back_after_the_fault() -> None:
    signal = CLEAN.copy()
    signal[10 * RATE_HZ : 15 * RATE_HZ] = 4.8
    assert rates_of(signal)[-5:] == pytest.approx([72.0] * 5, abs=1.0)


@pytest.mark.recordings
def test_recordings_that_experts_called_noise_rarely_have_a_rate(cinc2017: Path) -> None:
    """CinC 2017's class ~, which the models never saw."""
    labels = dict(line.split(",") for line in (cinc2017 / "REFERENCE.csv").read_text().split())
    noisy = [name for name, label in labels.items() if label == "~" and (cinc2017 / f"{name}.mat").exists()]
    stated = [
        rate is not None
        for name in noisy
        for rate in rates_of(loadmat(cinc2017 / f"{name}.mat")["val"].ravel() / 1000.0, 300)
    ]
    assert np.mean(stated) <= 0.35
