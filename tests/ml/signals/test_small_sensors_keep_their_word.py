"""Cuff, pacemaker, accelerometer, and the trend of glucose."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ml.signals import activity, pacemaker
from ml.signals.blood_pressure import pressure
from ml.signals.glucose import LIMITS, Glucose, GlucoseTrend
from ml.signals.pacemaker import Battery
from ml.signals.steady import ChangeGate
from ml.signals.trouble import Trouble
from tests.ml.signals.synthetic import Array, noise


def test_the_mean_lies_a_third_above_the_diastolic() -> None:
    found = pressure(np.array([120.0, 90.0]), np.array([80.0, 60.0]))
    assert found.mean_mmhg.tolist() == pytest.approx([93.3, 70.0], abs=0.1)
    assert found.pulse_mmhg.tolist() == [40.0, 30.0]


@pytest.mark.parametrize(("systolic", "diastolic"), [(80.0, 120.0), (100.0, 95.0), (260.0, 60.0)])
def test_a_pair_that_cannot_be_has_no_mean(systolic: float, diastolic: float) -> None:
    found = pressure(np.array([systolic]), np.array([diastolic]))
    assert np.isnan(found.mean_mmhg[0])
    assert found.trouble[0] == Trouble.IMPLAUSIBLE


def trend(values: Array, every_min: float = 5.0) -> list[Glucose]:
    watch: GlucoseTrend[str] = GlucoseTrend()
    return [watch.push({"one": (60.0 * every_min * n, float(v))})["one"] for n, v in enumerate(values)]


def test_the_rate_is_that_of_twenty_minutes_and_the_blood_is_ahead() -> None:
    found = trend(8.0 + 0.1 * 5.0 * np.arange(10))[-1]
    assert found.rate_per_min == pytest.approx(0.1)
    assert found.blood_mmol_l == pytest.approx(8.0 + 0.1 * 45.0 + 0.7)
    assert np.isnan(trend(np.array([5.0, 5.1]))[-1].rate_per_min)


def test_a_fall_out_of_the_level_is_suspected_and_a_steady_one_is_not() -> None:
    lain_upon = np.array([6.0, 6.0, 6.0, 6.0, 4.2, 3.4, 3.3, 3.4, 5.0, 6.0, 6.0])
    assert [one.compression_suspected for one in trend(lain_upon)] == [False] * 4 + [True] * 4 + [False] * 3
    insulin = np.array([9.0, 8.5, 7.8, 7.0, 6.2, 5.4, 4.6, 3.9, 3.4])
    assert not any(one.compression_suspected for one in trend(insulin))


@pytest.mark.recordings
def test_people_with_diabetes_are_hardly_ever_suspected_or_disbelieved(cgm: Path) -> None:
    """Five people with type 1, every five minutes: their own glucose passes; a compression put into it is seen."""
    table = pd.read_csv(cgm / "glucobench_Dubosson_with_covariates.csv", parse_dates=["time"])
    suspected, disbelieved, readings, seen, put = 0, 0, 0, 0, 0
    for _, person in table.groupby("id"):
        at = person.time.to_numpy().astype("datetime64[s]").astype(float)
        value = person.gl.to_numpy() / 18.016
        gate: ChangeGate[int] = ChangeGate(LIMITS)
        watch: GlucoseTrend[int] = GlucoseTrend()
        for when, number in zip(at, value, strict=True):
            suspected += watch.push({0: (when, number)})[0].compression_suspected
            disbelieved += gate.push({0: (when, number)})[0] is not Trouble.NONE
            readings += 1
        for start in range(50, len(value) - 10, 40):
            calm = np.abs(np.diff(value[start - 2 : start + 1])).max() < 0.3 and 4.5 < value[start] < 7.0
            if calm and np.all(np.diff(at[start - 3 : start + 4]) == 300.0):
                put += 1
                pressed = np.concatenate((value[: start + 1], value[start] - np.array([1.6, 2.2, 2.3])))
                again: GlucoseTrend[int] = GlucoseTrend()
                shown = [again.push({0: (when, n)})[0] for when, n in zip(at[: start + 4], pressed, strict=True)]
                seen += any(one.compression_suspected for one in shown[-3:])
    assert suspected <= 0.01 * readings
    assert disbelieved <= 0.01 * readings
    assert put >= 10
    assert seen >= 0.8 * put


def test_a_pacemakers_battery_ends_in_steps() -> None:
    assert [pacemaker.battery(volts) for volts in (2.78, 2.58, 2.45)] == [Battery.GOOD, Battery.REPLACE, Battery.END]
    assert pacemaker.years_left(2.70, 2.72) == pytest.approx(5.0)
    assert pacemaker.years_left(2.70, 2.70) is None
    assert pacemaker.years_left(2.50, 2.60) == 0.0


@pytest.mark.parametrize(("pulses", "beats", "lost"), [(60.0, 60.0, False), (60.0, 85.0, False), (70.0, 40.0, True)])
def test_more_pulses_than_beats_are_not_answered(pulses: float, beats: float, lost: bool) -> None:
    assert pacemaker.unanswered(pulses, beats) is lost


def test_activity_is_what_goes_beyond_gravity() -> None:
    still = np.zeros((2, 3, 100))
    still[:, 2] = 1.0
    moving = still.copy()
    moving[1] += 0.3 * noise(300, 1.0).reshape(3, 100)
    found = activity.activity_mg(moving)
    assert found[0] == 0.0
    assert activity.MODERATE_MG < found[1] < activity.VIGOROUS_MG
    assert activity.not_worn(moving).tolist() == [True, False]
    assert activity.uncalibrated(np.concatenate((still[:1], 1.2 * still[:1]))).tolist() == [False, True]
