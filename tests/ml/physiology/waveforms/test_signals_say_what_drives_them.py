"""What the platform reads out of the simulated signals is what was put in."""

import numpy as np
import numpy.typing as npt
import pytest

from ml.physiology.waveforms import BodyConstants, Faults, PersonSecond, PersonWaves
from ml.signals.live import EcgChannel, PpgChannel

Array = npt.NDArray[np.float64]


def live(person: PersonWaves, seconds: int, faults: Faults | None = None) -> list[PersonSecond]:
    return [person.second(1_763_600_000.0 + t, faults or Faults()) for t in range(seconds)]


def wave(heard: list[PersonSecond], code: str) -> Array:
    return np.concatenate([one.waves[code].physical() for one in heard])


@pytest.mark.parametrize("rate_per_min", [30.0, 43.0, 72.0, 104.0, 148.0, 190.0])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_heart_rate_is_the_one_driven_in_ecg_and_in_pulse(rate_per_min: float, seed: int) -> None:
    heard = live(PersonWaves(BodyConstants(heart_rate_per_min=rate_per_min), seed), 60)
    ecg, ppg = EcgChannel(250), PpgChannel(100)
    for index, one in enumerate(heard):
        beats = ecg.push(one.start_epoch_s, one.waves["ecg"].physical() / 1000)
        pulses = ppg.push(one.start_epoch_s, one.waves["ppg_infrared"].physical())
        if index >= 15:
            assert beats.rate_per_min == pytest.approx(rate_per_min, rel=0.025)
            assert pulses.rate_per_min == pytest.approx(rate_per_min, rel=0.025)
            assert min(beats.quality, pulses.quality) >= 0.7


@pytest.mark.parametrize("spo2_percent", [80.0, 90.0, 97.5])
def test_red_and_infrared_carry_the_saturation(spo2_percent: float) -> None:
    """Read back by the ratio of ratios, from the swing of each light over its level."""
    heard = live(PersonWaves(BodyConstants(spo2_percent=spo2_percent), seed=3), 30)
    red, infrared = wave(heard, "ppg_red"), wave(heard, "ppg_infrared")
    ratio = (np.std(red) / np.mean(red)) / (np.std(infrared) / np.mean(infrared))
    assert 110.0 - 25.0 * ratio == pytest.approx(spo2_percent, abs=1.0)


@pytest.mark.parametrize("rate_per_min", [8.0, 15.0, 30.0])
def test_breaths_come_at_their_rate(rate_per_min: float) -> None:
    heard = live(PersonWaves(BodyConstants(respiratory_rate_per_min=rate_per_min), seed=4), 120)
    volume = np.convolve(wave(heard, "respiration_wave"), np.full(15, 1 / 15), mode="valid")
    inspirations = np.flatnonzero((volume[:-1] < 0.5) & (volume[1:] >= 0.5))
    assert 60 * 25 / np.diff(inspirations).mean() == pytest.approx(rate_per_min, rel=0.06)


def test_the_heart_speeds_up_while_breathing_in() -> None:
    person = PersonWaves(BodyConstants(heart_rate_per_min=60, respiratory_rate_per_min=9), seed=5)
    channel, peaks, heard = EcgChannel(250), [], live(person, 180)
    for one in heard:
        peaks.extend(channel.push(one.start_epoch_s, one.waves["ecg"].physical() / 1000).peaks_epoch_s)
    at = np.array(peaks[:-1]) - heard[0].start_epoch_s
    volume = wave(heard, "respiration_wave")[np.round(at * 25).astype(int)]
    assert np.corrcoef(volume, np.diff(peaks))[0, 1] < -0.5


def test_values_lie_about_the_truth_by_their_sensors_error() -> None:
    truth = BodyConstants(spo2_percent=93, skin_celsius=33, core_celsius=38.2, systolic_mmhg=130)
    codes = ("spo2", "skin_temperature", "core_temperature", "systolic_pressure")
    means = {code: [] for code in codes}
    for seed in range(60):
        heard = live(PersonWaves(truth, seed), 3)
        for code in codes:
            means[code].append(heard[-1].values[code])
    for code, expected, sd in zip(codes, (93, 33, 38.2, 130), (1.5, 0.3, 0.1, 7.8), strict=True):
        assert np.mean(means[code]) == pytest.approx(expected, abs=3 * sd / np.sqrt(60))
        assert np.std(means[code]) == pytest.approx(sd, rel=0.35)


def test_a_saturation_is_never_above_a_hundred() -> None:
    heard = live(PersonWaves(BodyConstants(spo2_percent=100), seed=6), 60)
    assert max(one.values["spo2"] for one in heard) <= 100


def test_what_no_generator_can_draw_is_refused() -> None:
    with pytest.raises(ValueError, match="heart_rate_per_min"):
        BodyConstants(heart_rate_per_min=0)
    with pytest.raises(ValueError, match="spo2_percent"):
        BodyConstants(spo2_percent=float("nan"))
