"""Fibrillation has no order and no P wave; ectopic beats come early, wide and weak, and are seen as such."""

import numpy as np
import pytest

from ml.physiology.waveforms import BodyConstants, PersonWaves, Shown, WardFaults, WardWaves
from ml.physiology.waveforms.constants import Faults
from ml.signals.live import EcgChannel
from tests.ml.physiology.waveforms.test_signals_say_what_drives_them import Array, live, wave

SECONDS = 180


def r_peaks_s(ecg: Array) -> Array:
    """Of a clean ECG at 250 Hz: where it is highest, 0.2 s apart."""
    high = np.flatnonzero((ecg[1:-1] > 500) & (ecg[1:-1] >= ecg[:-2]) & (ecg[1:-1] > ecg[2:])) + 1
    return high[np.diff(high, prepend=-999) > 50] / 250


def mean_beat(ecg: Array, peaks_s: Array, first_s: float, last_s: float) -> Array:
    at = np.round(peaks_s[2:-2] * 250).astype(int)
    return np.mean([ecg[each + round(first_s * 250) : each + round(last_s * 250)] for each in at], axis=0)


def heard(seed: int = 4, **changes: float) -> tuple[Array, Array]:
    seconds = live(PersonWaves(BodyConstants(**changes), seed), SECONDS)
    return wave(seconds, "ecg"), wave(seconds, "ppg_infrared")


def test_fibrillation_keeps_its_mean_rate_without_order() -> None:
    ecg, _ = heard(heart_rate_per_min=100.0, fibrillation=1.0)
    intervals = np.diff(r_peaks_s(ecg))
    assert 60 / intervals.mean() == pytest.approx(100, rel=0.05)
    assert 0.15 < intervals.std() / intervals.mean() < 0.3
    assert abs(np.corrcoef(intervals[:-1], intervals[1:])[0, 1]) < 0.2
    assert intervals.min() >= 0.26


def test_a_sinus_beat_has_a_p_wave_and_a_fibrillating_one_has_none() -> None:
    prominence = {}
    for fibrillation in (0.0, 1.0):
        ecg, _ = heard(heart_rate_per_min=80.0, fibrillation=fibrillation)
        before = mean_beat(ecg, r_peaks_s(ecg), -0.22, -0.07)
        prominence[fibrillation] = before.max() - before.min()
    assert prominence[0.0] > 60
    assert prominence[1.0] < 0.4 * prominence[0.0]


def test_ectopic_beats_come_as_often_as_driven_and_are_classed_as_ventricular() -> None:
    person = PersonWaves(BodyConstants(heart_rate_per_min=70.0, ventricular_ectopics_per_min=6.0), seed=9)
    channel, ventricular, intervals = EcgChannel(250), 0, []
    for second in range(300):
        update = channel.push(float(second), person.second(float(second)).waves["ecg"].physical() / 1000)
        intervals.extend(update.peaks_epoch_s)
        if update.rhythm is not None:
            ventricular += sum(name == "V" for _, name in update.rhythm.beats)
    early = np.diff(intervals) < 0.75 * 60 / 70
    assert 18 <= early.sum() <= 44
    assert ventricular == pytest.approx(early.sum(), rel=0.2)
    following = np.diff(intervals)[1:][early[:-1]]
    assert np.median(following) > 1.25 * 60 / 70  # the sinus node keeps its time
    assert 60 * len(intervals) / 300 == pytest.approx(70, rel=0.03)


def test_the_pulse_of_an_early_beat_is_weak() -> None:
    regular, ectopic = (
        np.ptp(heard(heart_rate_per_min=70.0, ventricular_ectopics_per_min=each)[1].reshape(-1, 100), axis=1)
        for each in (0.0, 10.0)
    )
    assert np.quantile(ectopic, 0.05) < 0.8 * np.quantile(regular, 0.05)


def test_a_person_is_the_same_in_any_ward() -> None:
    constants = [BodyConstants(heart_rate_per_min=50.0 + 30 * n, fibrillation=float(n == 2)) for n in range(4)]
    shown, faults = Shown.of(constants), WardFaults.of([Faults()] * 4)
    ward = WardWaves([11, 12, 13, 14], shown)
    together = [ward.second(shown, faults) for _ in range(20)]
    for row, (constant, seed) in enumerate(zip(constants, (11, 12, 13, 14), strict=True)):
        alone = live(PersonWaves(constant, seed), 20)
        for code in alone[0].waves:
            crowd = np.concatenate([each.waves_of(row)[code].physical() for each in together])
            step = alone[0].waves[code].scale
            assert np.abs(crowd - wave(alone, code)).max() <= step, code  # a rounding apart at most
        assert [each.values_of(row) for each in together] == [each.values for each in alone]
