"""Respiratory rate: true where breathing is known, withheld where the modulations disagree."""

from pathlib import Path

import numpy as np
import pytest

from ml.evaluate.bedside import bedside
from ml.evaluate.respiration import Window, windows_of
from ml.physiology.waveforms import BodyConstants, PersonWaves
from ml.signals.beat_series import ECG, PPG, Beating, BeatSeries
from ml.signals.breath_wave import BreathWave
from ml.signals.breathing import SAMPLES, SERIES_HZ, rates
from ml.signals.live import EcgChannel, PpgChannel
from ml.signals.modulation import Breath, Modulation, Withheld, fused, modulations
from tests.ml.signals.synthetic import Array, noise

TIME_S = np.arange(SAMPLES) / SERIES_HZ


@pytest.mark.parametrize("per_min", [6.0, 12.0, 18.3, 30.0, 60.0])
def test_a_tone_is_read_to_a_tenth(per_min: float) -> None:
    found = rates(np.sin(2 * np.pi * per_min / 60 * TIME_S)[None] + 3.0 + 0.02 * TIME_S)
    assert found.per_min[0] == pytest.approx(per_min, abs=0.15)
    assert found.quality[0] == 1.0


def test_noise_has_no_quality_and_stillness_no_rate() -> None:
    series = np.stack([noise(SAMPLES, 1.0, seed) for seed in range(40)])
    assert np.median(rates(series).quality) <= 0.2
    assert np.isnan(rates(np.full((1, SAMPLES), 7.0)).per_min[0])
    assert np.isnan(rates(np.where(TIME_S > 30, np.nan, 1.0)[None]).per_min[0])


def breaths(signal: Array, rate_hz: float, cut: int) -> list[Breath]:
    wave: BreathWave[int] = BreathWave(rate_hz)
    pushed = (wave.push({0: (at / rate_hz, signal[at : at + cut])}) for at in range(0, len(signal), cut))
    return [found[0] for found in pushed if found]


@pytest.mark.parametrize("rate_hz", [12.5, 25.0, 125.0])
@pytest.mark.parametrize("scale", [1.0, -2000.0])
def test_the_breathing_wave_gives_its_rate_whatever_its_unit(rate_hz: float, scale: float) -> None:
    time_s = np.arange(round(60 * rate_hz)) / rate_hz
    signal = scale * (np.sin(2 * np.pi * 0.3 * time_s) + 0.2 * np.sin(2 * np.pi * 1.3 * time_s))
    found = breaths(signal, rate_hz, round(rate_hz))
    assert found[0].reason is Withheld.SETTLING
    assert found[-1].per_min == pytest.approx(18.0, abs=0.3)


def test_a_flat_breathing_wave_has_no_rate() -> None:
    found = breaths(np.full(25 * 60, 3.0), 25.0, 25)[-1]
    assert (found.per_min, found.reason) == (None, Withheld.POOR_SIGNAL)


def test_frames_of_a_breathing_wave_may_be_cut_anyhow() -> None:
    signal = np.sin(2 * np.pi * 0.25 * np.arange(25 * 80) / 25) + noise(25 * 80, 0.1)
    assert breaths(signal, 25.0, 11)[-1] == breaths(signal, 25.0, 25)[-1] == breaths(signal, 25.0, 2000)[-1]


def found_of(*rates_and_qualities: tuple[float, float]) -> list[Modulation]:
    return [Modulation(f"ecg {number}", *each) for number, each in enumerate(rates_and_qualities)]


def test_modulations_that_agree_are_averaged_by_their_quality() -> None:
    breath = fused(found_of((15.0, 1.0), (16.0, 0.5), (15.4, 0.0)), 1.0)
    assert breath.per_min == pytest.approx(15.33, abs=0.01)
    assert breath.agreed == ("ecg 0", "ecg 1")


def test_an_outlier_is_dropped_where_most_agree() -> None:
    breath = fused(found_of((15.0, 1.0), (15.5, 0.9), (31.0, 1.0)), 1.0)
    assert breath.per_min == pytest.approx(15.2, abs=0.1)


@pytest.mark.parametrize(
    ("found", "quality", "reason"),
    [
        (found_of((10.0, 1.0), (20.0, 1.0), (30.0, 1.0)), 1.0, Withheld.DISAGREEMENT),
        (found_of((10.0, 1.0), (20.0, 1.0)), 1.0, Withheld.DISAGREEMENT),
        (found_of((15.0, 1.0)), 1.0, Withheld.POOR_SIGNAL),
        (found_of((15.0, 1.0), (15.0, 1.0)), 0.4, Withheld.POOR_SIGNAL),
        (found_of((float("nan"), 1.0), (15.0, 0.1)), 1.0, Withheld.POOR_SIGNAL),
        ([], 1.0, Withheld.SETTLING),
    ],
)
def test_without_agreement_there_is_no_rate(found: list[Modulation], quality: float, reason: Withheld) -> None:
    breath = fused(found, quality)
    assert (breath.per_min, breath.reason) == (None, reason)


@pytest.mark.parametrize(("breath_per_min", "heart_per_min"), [(10.0, 65.0), (16.0, 75.0), (28.0, 110.0)])
def test_a_simulated_persons_beats_tell_the_breathing(breath_per_min: float, heart_per_min: float) -> None:
    body = BodyConstants(respiratory_rate_per_min=breath_per_min, heart_rate_per_min=heart_per_min)
    person, ecg, pulse = PersonWaves(body, seed=7), EcgChannel(250.0), PpgChannel(100.0)
    series: dict[str, BeatSeries[int]] = {"ecg": BeatSeries(250.0, ECG), "ppg": BeatSeries(100.0, PPG)}
    for second in range(60):
        waves = person.second(float(second)).waves
        for name, channel, samples in (
            ("ecg", ecg, waves["ecg"].physical() / 1000),
            ("ppg", pulse, waves["ppg_infrared"].physical()),
        ):
            update = channel.push(float(second), samples)
            series[name].push({0: Beating(float(second), samples, update.peaks_epoch_s, update.quality)})
    for name in series:
        breath = fused(modulations(name, series[name].series([0]))[0], 1.0)
        assert breath.per_min == pytest.approx(breath_per_min, abs=1.5)


@pytest.mark.recordings
def test_breathing_from_beats_follows_the_breathing_wave_of_a_recording(bedside_records: Path) -> None:
    [windows] = [list(windows_of(record)) for record in bedside(bedside_records.parent) if record.breath is not None]
    for source, given_share, error in (
        ("wave", 0.95, 0.5),
        ("ecg", 0.85, 0.8),
        ("pulse", 0.9, 0.6),
        ("ecg_and_pulse", 0.95, 0.8),
    ):
        errors = error_of(windows, source)
        assert len(errors) >= given_share * len(windows), source
        assert np.mean(errors) <= error, source


def error_of(windows: list[Window], source: str) -> list[float]:
    return [abs(window.error(source)) for window in windows if np.isfinite(window.error(source))]
