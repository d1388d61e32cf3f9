"""EMG and EEG: on waves that are known, and on the kit's recordings."""

from pathlib import Path

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from ml.evaluate.bedside import kit
from ml.signals.eeg import Bands, BrainWatch
from ml.signals.emg import Muscle, MuscleWatch
from tests.ml.signals.synthetic import Array, noise

RATE_HZ = 1000.0


def muscle(signal: Array, cut: int = 1000) -> list[Muscle]:
    watch: MuscleWatch[int] = MuscleWatch(RATE_HZ)
    found = (watch.push({0: (start / RATE_HZ, signal[start : start + cut])}) for start in range(0, len(signal), cut))
    return [one for each in found for one in each.get(0, [])]


def brain(signal: Array, cut: int = 1000) -> list[Bands]:
    watch: BrainWatch[int] = BrainWatch(RATE_HZ)
    found = (watch.push({0: (start / RATE_HZ, signal[start : start + cut])}) for start in range(0, len(signal), cut))
    return [one for each in found for one in each.get(0, [])]


def contraction(centre_hz: float, seconds: int, seed: int) -> Array:
    band = butter(2, (0.6 * centre_hz, 1.5 * centre_hz), btype="bandpass", fs=RATE_HZ, output="sos")
    wave = sosfilt(band, noise(seconds * 1000, 1.0, seed))
    return np.asarray(100.0 * wave / wave.std())


def test_a_muscle_that_tires_loses_frequency() -> None:
    parts = [contraction(hz, 5, seed) for seed, hz in enumerate(np.linspace(100.0, 70.0, 10))]
    found = muscle(np.concatenate((noise(3000, 2.0), *parts)))
    assert found[1].median_hz != found[1].median_hz  # at rest there is none
    assert found[4].median_hz > found[-1].median_hz + 15
    assert found[-1].fatigue_percent_per_min < -20
    fresh = muscle(np.concatenate((noise(3000, 2.0), contraction(90.0, 50, 3))))
    assert abs(fresh[-1].fatigue_percent_per_min) < 5


def test_the_envelope_is_the_root_mean_square() -> None:
    found = muscle(np.concatenate((noise(3000, 2.0), contraction(100.0, 10, 1))))
    assert np.mean(found[-1].envelope) == pytest.approx(100.0, rel=0.15)
    assert all(found[-1].works)
    assert not any(found[1].works)


def test_a_tone_is_in_its_band() -> None:
    tone = 10.0 * np.sin(2 * np.pi * 10.0 * np.arange(10_000) / RATE_HZ)
    bands = brain(tone + noise(10_000, 0.1))[-1]
    assert bands.power["alpha"] == pytest.approx(50.0, rel=0.02)
    assert bands.alpha_share > 0.95


def test_a_blink_spoils_the_seconds_that_see_it_and_no_others() -> None:
    signal = noise(20_000, 5.0)
    clean = brain(signal)
    signal[10_200:10_500] += 200.0 * np.hanning(300)
    found = brain(signal)
    assert [index for index, one in enumerate(found) if one.blink] == [10]
    assert all(np.isnan(one.power["delta"]) for one in found[10:14])
    assert found[9] == clean[9]
    assert found[15].power == clean[15].power


@pytest.mark.parametrize("cut", [77, 5000])
def test_frames_may_be_cut_anyhow(cut: int) -> None:
    signal = noise(9000, 5.0)
    assert str(brain(signal, cut)) == str(brain(signal))
    assert str(muscle(signal, cut)) == str(muscle(signal))


@pytest.mark.recordings
def test_the_bursts_of_a_biceps_are_counted(biosignals: Path) -> None:
    """Nine contractions of the biceps in 28 s, each of a second or two."""
    (raw,), _ = kit(biosignals / "emg_bursts.h5")
    works = np.array([on for second in muscle(raw) for on in second.works])
    at = np.flatnonzero(works)
    bursts = np.split(at, np.flatnonzero(np.diff(at) > 5) + 1)
    assert len([burst for burst in bursts if len(burst) >= 5]) == 9
    hz = [second.median_hz for second in muscle(raw) if np.isfinite(second.median_hz)]
    assert 50 <= np.median(hz) <= 130


@pytest.mark.recordings
def test_closed_eyes_are_told_by_alpha(biosignals: Path) -> None:
    """The kit's second channel marks the eyes: low while they are closed."""
    (raw, marker), _ = kit(biosignals / "eeg_sample_closed_open_eyes.h5")
    bands = brain(raw)
    closed = marker[: len(bands) * 1000].reshape(-1, 1000).mean(axis=1) < 38_000
    alpha = np.array([one.power["alpha"] for one in bands])
    settled = np.array(
        [closed[max(0, i - 4) : i + 1].all() or not closed[max(0, i - 4) : i + 1].any() for i in range(len(closed))]
    )
    use = settled & np.isfinite(alpha)
    higher = (alpha[use & closed][:, None] > alpha[use & ~closed][None, :]).mean()
    assert use.sum() >= 180
    assert higher >= 0.95
