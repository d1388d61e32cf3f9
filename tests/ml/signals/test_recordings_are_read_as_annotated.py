"""Accuracy floors: no change makes detection worse unnoticed. `python -m ml.evaluate` gives the whole figures."""

from pathlib import Path

import numpy as np
import pytest
from scipy.io import loadmat

from ml.evaluate import ec57, recordings
from ml.evaluate.ppg import windows_of
from ml.evaluate.qrs import pooled
from ml.signals.ecg import DELAY_S, RPeakStream, detect_r_peaks
from ml.signals.heart_rate import heart_rate
from ml.signals.live import EcgChannel

pytestmark = pytest.mark.recordings

# F1 in percent and jitter in milliseconds: clean, bigeminy, fibrillating and noisy, ectopic of many shapes, premature.
FLOORS = {"101": (99.7, 3.0), "119": (99.9, 9.0), "203": (98.8, 6.0), "208": (99.6, 35.0), "220": (99.9, 1.5)}


def test_r_peaks_reach_the_floor_on_each_record_and_on_all(mitdb: Path) -> None:
    counts = []
    for name, (f1, jitter_ms) in FLOORS.items():
        record = recordings.read_wfdb(mitdb, name)
        found = detect_r_peaks(record.signal_mv, record.rate_hz)
        counts.append(ec57.compare(record.beats, found, record.rate_hz, record.flutter))
        assert pooled(counts[-1:])["f1"] >= f1, name
        assert counts[-1].jitter_ms <= jitter_ms, name
    assert pooled(counts)["f1"] >= 99.5
    assert [one.bias_ms for one in counts] == pytest.approx([0.0] * len(counts), abs=3.0)


def test_a_live_stream_gives_the_recording_to_the_last_beat(mitdb: Path) -> None:
    record = recordings.read_wfdb(mitdb, "119")
    five_minutes = record.signal_mv[: 300 * 360]
    stream = RPeakStream(record.rate_hz)
    seconds = [stream.push(five_minutes[start : start + 360]) for start in range(0, len(five_minutes), 360)]
    live = np.concatenate([*seconds, stream.flush()])
    assert live.tolist() == detect_r_peaks(five_minutes, record.rate_hz).tolist()


@pytest.mark.parametrize(("name", "share"), [("101", 0.98), ("119", 0.99), ("122", 0.999)])
def test_the_heart_rate_follows_the_annotations_within_two(mitdb: Path, name: str, share: float) -> None:
    """Ten minutes through the live channel, against the same averaging of the annotated beats."""
    record = recordings.read_wfdb(mitdb, name)
    annotated_s = record.beats / record.rate_hz
    channel, within, absent = EcgChannel(record.rate_hz), [], 0
    for second in range(600):
        rate = channel.push(1e9 + second, record.signal_mv[second * 360 : second * 360 + 360]).rate_per_min
        known_s = second + 1 - DELAY_S
        true = heart_rate(annotated_s[annotated_s <= known_s], known_s, quality=1.0).per_min
        absent += rate is None
        if rate is not None and true is not None:
            within.append(abs(rate - true) <= 2.0)
    assert absent <= 6
    assert np.mean(within) >= share


def test_pulse_rate_from_a_camera_follows_a_chest_belt(welltory: Path) -> None:
    windows = [window for record in recordings.welltory(welltory.parent) for window in windows_of(record)]
    accepted = [window.error for window in windows if window.accepted]
    assert len(accepted) >= 0.8 * len(windows)
    assert np.mean(accepted) <= 1.5


def test_noisy_recordings_have_poor_quality_and_readable_ones_good(cinc2017: Path) -> None:
    """CinC 2017: its noisy class (~) against normal rhythm, fibrillation and others."""
    labels = dict(line.split(",") for line in (cinc2017 / "REFERENCE.csv").read_text().split())
    noisy, readable = [], []
    for name, label in sorted(labels.items()):
        if label != "~" and len(readable) >= 60:
            continue
        if (cinc2017 / f"{name}.mat").exists():
            (noisy if label == "~" else readable).append(mean_quality(cinc2017 / f"{name}.mat"))
    ranks = np.array(noisy)[:, None] < np.array(readable)[None, :]
    assert ranks.mean() >= 0.95
    assert np.median(readable) >= 0.9
    assert np.median(noisy) <= 0.3


def mean_quality(path: Path) -> float:
    signal_mv = loadmat(path)["val"].ravel() / 1000.0
    channel = EcgChannel(300.0)
    each = [channel.push(s / 300, signal_mv[s : s + 300]).quality for s in range(0, len(signal_mv) - 299, 300)]
    return float(np.mean(each[5:]))
