"""Ratio of ratios: true on light that is known, withheld where it would not be, and named after its curve."""

from pathlib import Path

import numpy as np
import pytest

from ml.evaluate.bedside import oximetry
from ml.evaluate.spo2 import recorded, simulated
from ml.physiology.waveforms import BodyConstants, PersonWaves
from ml.signals.oximeters import DEFAULT, MAX30101, MAX30102, SIMULATED, Oximeter, oximeter_of
from ml.signals.oximetry import Saturation, Withheld, saturation
from ml.signals.pulse_light import Light, PulseLight
from tests.ml.signals.synthetic import Array, noise, ppg, regular_s

RATE_HZ = 100.0
PULSES_S = regular_s(72, 40)


def colours(ratio: float, share: float = 0.01, extra_noise: float = 5.0) -> Array:
    """Red and infrared of a finger whose red pulses `ratio` times as much, (2, n)."""
    light = [ppg(PULSES_S, 40, RATE_HZ, level, part) for level, part in ((60_000.0, share * ratio), (80_000.0, share))]
    return np.stack([wave + noise(len(wave), extra_noise, seed) for seed, wave in enumerate(light)])


def last(samples: Array, cut: int = 100) -> Light:
    light: PulseLight[str] = PulseLight(RATE_HZ)
    found = {}
    for start in range(0, samples.shape[1], cut):
        found.update(light.push({"one": (start / RATE_HZ, samples[:, start : start + cut])}))
    return found["one"]


@pytest.mark.parametrize("ratio", [0.4, 0.7, 1.0, 1.6])
def test_the_ratio_is_that_of_the_light(ratio: float) -> None:
    assert last(colours(ratio)).ratio == pytest.approx(ratio, rel=0.01)


@pytest.mark.parametrize("share", [0.003, 0.01, 0.05])
def test_the_perfusion_index_is_the_swing_of_the_light(share: float) -> None:
    assert last(colours(0.5, share)).perfusion_percent == pytest.approx(100 * share, rel=0.12)


def test_noise_in_both_colours_does_not_draw_the_ratio_down() -> None:
    found = last(colours(0.6, share=0.005, extra_noise=60.0))
    assert found.ratio == pytest.approx(0.6, abs=0.04)
    assert found.together < last(colours(0.6)).together


@pytest.mark.parametrize("cut", [7, 130, 4000])
def test_frames_may_be_cut_anyhow(cut: int) -> None:
    assert last(colours(0.7), cut) == last(colours(0.7))


def test_a_shard_gives_each_what_it_would_get_alone() -> None:
    light: PulseLight[float] = PulseLight(RATE_HZ)
    signals = {ratio: colours(ratio) for ratio in (0.4, 0.8, 1.2)}
    for second in range(20):
        found = light.push({r: (float(second), s[:, second * 100 : second * 100 + 100]) for r, s in signals.items()})
    assert found == {ratio: last(signal[:, :2000]) for ratio, signal in signals.items()}


def test_a_gap_begins_anew() -> None:
    light: PulseLight[int] = PulseLight(RATE_HZ)
    signal = colours(0.7)
    for second in range(15):
        light.push({0: (float(second), signal[:, second * 100 : second * 100 + 100])})
    after = light.push({0: (60.0, signal[:, 1500:1600])})[0]
    assert np.isnan(after.ratio)
    assert after.used == 0


def test_one_colour_has_no_ratio() -> None:
    light: PulseLight[int] = PulseLight(RATE_HZ, channels=1)
    found = light.push({0: (0.0, colours(0.7)[1])})[0]
    assert found.perfusion_percent == pytest.approx(1.0, abs=0.15)
    assert np.isnan(found.ratio)
    assert saturation(found, MAX30101, 1.0).percent is None


def test_missing_samples_are_no_pulse() -> None:
    signal = colours(0.7)
    signal[:, 3000:] = np.nan
    assert np.isnan(last(signal).ratio)


def test_a_wave_without_its_steady_light_has_no_perfusion_index() -> None:
    signal = colours(0.7) - np.array([[60_000.0], [80_000.0]])
    assert np.isnan(last(signal).perfusion_percent)


@pytest.mark.parametrize("truth", [98.0, 90.0, 78.0])
def test_a_simulated_person_is_read_within_one_percent(truth: float) -> None:
    person = PersonWaves(BodyConstants(spo2_percent=truth, perfusion_index_percent=1.0), seed=5)
    found = list(simulated(person, motion=0.0, extra_noise=20.0, oximeter=SIMULATED))[10:]
    assert [one.percent for one in found] == pytest.approx([truth] * len(found), abs=1.0)


def test_running_gives_hardly_a_saturation_and_a_weak_pulse_none() -> None:
    running = PersonWaves(BodyConstants(spo2_percent=97.0), seed=5)
    weak = PersonWaves(BodyConstants(spo2_percent=97.0, perfusion_index_percent=0.12), seed=5)
    given = [one.percent for one in simulated(running, 1.0, 0.0, SIMULATED) if one.percent is not None]
    assert len(given) <= 1
    assert all(one.percent is None for one in simulated(weak, 0.0, 0.0, SIMULATED))


def steady(**changes: float) -> Light:
    known = {"end_epoch_s": 0.0, "perfusion_percent": 1.0, "ratio": 0.5, "together": 0.999, "scatter": 0.01, "used": 8}
    return Light(**(known | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("light", "pulse_quality", "reason"),
    [
        (steady(), 0.4, Withheld.POOR_SIGNAL),
        (steady(perfusion_percent=0.12), 1.0, Withheld.LOW_PERFUSION),
        (steady(together=0.89), 1.0, Withheld.COLOURS_APART),
        (steady(scatter=0.1), 1.0, Withheld.UNSTEADY),
        (steady(ratio=2.6), 1.0, Withheld.OUT_OF_RANGE),
        (steady(ratio=float("nan"), perfusion_percent=float("nan"), used=0), 1.0, Withheld.SETTLING),
        (steady(ratio=float("nan")), 1.0, Withheld.POOR_SIGNAL),
    ],
)
def test_what_spoils_a_saturation_is_named(light: Light, pulse_quality: float, reason: Withheld) -> None:
    found = saturation(light, MAX30101, pulse_quality)
    assert (found.percent, found.reason) == (None, reason)


def test_each_sensor_has_its_own_curve_and_an_unknown_one_a_wide_default() -> None:
    assert oximeter_of("BodyLink node, MAX30102, 2026") is MAX30102
    assert oximeter_of("MAX30101") is MAX30101
    assert oximeter_of("BodyLink simulator") is SIMULATED
    assert oximeter_of("finger clip") is DEFAULT
    known, unknown = (saturation(steady(), oximeter, 1.0) for oximeter in (MAX30101, DEFAULT))
    assert unknown.calibration == "default, 110 - 25 R"
    assert unknown.sd_percent > known.sd_percent
    assert 0.5 <= unknown.quality < known.quality


@pytest.mark.parametrize("oximeter", [DEFAULT, MAX30101, MAX30102])
def test_a_curve_falls_and_ends_at_a_hundred(oximeter: Oximeter) -> None:
    percents = [oximeter.percent(ratio) for ratio in np.linspace(0.34, 1.2, 50)]
    assert np.all(np.diff(percents) <= 0)
    assert max(percents) <= 100.0


@pytest.mark.recordings
def test_a_recordings_ratio_is_that_of_its_single_pulses(biosignals: Path) -> None:
    figures = recorded(oximetry(biosignals.parent))
    assert figures["median_absolute_difference_of_ratio"] <= 0.03
    assert 0.3 <= figures["median_perfusion_percent"] <= 0.4


def test_a_saturation_says_how_sure_it_is() -> None:
    sure, unsure = (saturation(steady(together=together), MAX30101, 1.0) for together in (0.999, 0.95))
    assert isinstance(sure, Saturation)
    assert 4.0 <= sure.sd_percent < unsure.sd_percent
