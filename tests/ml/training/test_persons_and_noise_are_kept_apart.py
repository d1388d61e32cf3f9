"""Nothing that a fold is tested on was seen when its models were fitted: no person, no second of noise."""

from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from ml.evaluate.noise_mix import Noise, gain_for
from ml.evaluate.recordings import EcgRecord
from tests.ml.signals.synthetic import ecg_mv, noise, regular_s

r_peaks = pytest.importorskip("ml.training.r_peaks", reason="no xgboost: fitting needs requirements/laboratory.txt")
ecg_lanes = pytest.importorskip("ml.training.ecg_lanes")

SECONDS = 65


def record(name: str, person: str) -> EcgRecord:
    beats_s = regular_s(70, SECONDS)
    signal = ecg_mv(beats_s, SECONDS, 360.0) + noise(SECONDS * 360, 0.02)
    return EcgRecord(name, person, 360.0, signal, np.rint(beats_s * 360).astype(np.int64))


@pytest.fixture
def recorded_noise(tmp_path: Path) -> Path:
    for kind, size in (("EM", 1.0), ("MA", 2.0), ("BW", 3.0)):
        wave = np.stack([size * np.arange(4 * 360 * SECONDS) / 1e6] * 2, axis=1)
        savemat(tmp_path / f"{kind}.mat", {kind: wave})
    return tmp_path


def test_two_records_of_one_person_are_in_one_fold() -> None:
    fold = r_peaks.folds([[record("201", "201"), record("202", "201"), record("203", "203")]])
    assert set(fold) == {"201", "203"}


def test_every_fold_has_somebody() -> None:
    fold = r_peaks.folds([[record(str(k), str(k)) for k in range(9)], [record("a", "a")]])
    assert set(fold.values()) == set(range(r_peaks.FOLDS))


def test_the_halves_of_a_noise_recording_share_nothing(recorded_noise: Path) -> None:
    first, second = Noise.read(recorded_noise, 0.0, 0.5), Noise.read(recorded_noise, 0.5, 1.0)
    for kind in first.kinds:
        assert first.kinds[kind].max() < second.kinds[kind].min()


def test_noise_has_the_ratio_that_was_asked_for(recorded_noise: Path) -> None:
    one = record("101", "101")
    added = 0.3 * noise(len(one.signal_mv), 1.0)
    gains = [gain_for(one.signal_mv, one.beats, 360.0, added, snr_db) for snr_db in (0.0, 6.0, 20.0)]
    assert gains[0] / gains[1] == pytest.approx(10 ** (6 / 20))
    assert gains[0] / gains[2] == pytest.approx(10.0)


def test_an_altered_excerpt_keeps_its_beats_where_they_are(recorded_noise: Path) -> None:
    """Whatever the rate: the highest sample about each beat is still there, within a sample."""
    draw = np.random.default_rng(0)
    lane = next(ecg_lanes.excerpts(record("101", "101"), Noise.read(recorded_noise), 1, draw))
    for rate_hz in (100.0, 250.0, 500.0):
        other = ecg_lanes.at_rate(lane, rate_hz)
        for beat in other.beats[1:-1]:
            around = other.signal_mv[beat - 5 : beat + 6]
            assert abs(int(np.argmax(around)) - 5) <= 1


def test_only_those_beats_are_lowered_that_are_to_be() -> None:
    """And what lies between beats stays as it was."""
    one = record("101", "101")
    lane = ecg_lanes.Lane("101", 360.0, one.signal_mv, one.beats, [])
    height = np.where(np.arange(len(one.beats)) % 3 == 0, 0.4, 1.0)
    lowered = ecg_lanes.with_low_beats(lane, height)
    base = np.median(one.signal_mv)
    left = (lowered[one.beats] - base) / (one.signal_mv[one.beats] - base)
    assert left == pytest.approx(height, abs=0.01)
    between = (one.beats[:-1] + one.beats[1:]) // 2
    assert lowered[between] == pytest.approx(one.signal_mv[between])
