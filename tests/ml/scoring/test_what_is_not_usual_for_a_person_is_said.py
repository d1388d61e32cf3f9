"""The personal baseline: a shift is said with its size, a usual day is not; a deterioration is not its own usual."""

import numpy as np
import numpy.typing as npt
import pytest
import wfdb

from ml.scoring.baseline import Baseline
from ml.scoring.usual import VITALS
from tests.ml.recordings import needs

NAMES = ("heart_rate", "spo2", "respiratory_rate", "systolic_pressure", "core_temperature")
MIDDLE = np.array([70.0, 97.0, 15.0, 120.0, 36.8])
NOISE = np.array([3.0, 0.7, 1.0, 6.0, 0.12])
SWING = np.array([9.0, 0.4, 1.5, 9.0, 0.35])
BEGIN = 470_000


def day_of(hours: npt.NDArray[np.int64], generator: np.random.Generator, patients: int = 1) -> npt.NDArray[np.float64]:
    """(hours, patients, vitals) with a rhythm of the day."""
    rhythm = np.sin(2 * np.pi * (hours % 24 - 9) / 24)[:, None, None] * SWING
    return np.asarray(MIDDLE + rhythm + generator.normal(size=(len(hours), patients, len(NAMES))) * NOISE)


def taught(hours: int, *, seed: int = 1, patients: int = 1) -> tuple[Baseline, npt.NDArray[np.float64]]:
    past = np.arange(BEGIN, BEGIN + hours)
    means = day_of(past, np.random.default_rng(seed), patients)
    baseline = Baseline(patients, NAMES)
    for hour, row in zip(past, means, strict=True):
        baseline.learn(int(hour), row)
    return baseline, means


def test_a_shift_is_said_with_its_size_and_for_this_hour() -> None:
    baseline, _ = taught(24 * 7)
    hour = BEGIN + 24 * 7
    now = baseline.usual(hour).median.copy()
    now[0, 0] += 22
    (found,) = baseline.usual(hour).reasons(now)
    assert found[0].vital == "heart_rate"
    assert found[0].text == "Heart rate 22/min above your usual for this hour"
    assert found[0].spreads > 3
    now = baseline.usual(hour).median.copy()
    now[0, 4] += 1.3
    assert baseline.usual(hour).reasons(now)[0][0].text == "Core temperature 1.3 °C above your usual for this hour"


def test_a_usual_week_gives_hardly_a_reason() -> None:
    baseline, means = taught(24 * 14, patients=20)
    fresh = day_of(np.arange(BEGIN + 24 * 14, BEGIN + 24 * 16), np.random.default_rng(9), 20)
    said = 0
    for step, row in enumerate(fresh):
        hour = BEGIN + 24 * 14 + step
        said += sum(bool(reasons) for reasons in baseline.usual(hour).reasons(row))
        baseline.learn(hour, row)
    assert said / (len(fresh) * 20) < 0.03
    assert len(means) == 24 * 14


def test_the_hour_of_the_day_counts() -> None:
    """What is usual in the afternoon is strange at three in the morning."""
    baseline, _ = taught(24 * 7)
    night = next(hour for hour in range(BEGIN + 24 * 7, BEGIN + 24 * 8) if hour % 24 == 3)
    noon = next(hour for hour in range(BEGIN + 24 * 7, BEGIN + 24 * 8) if hour % 24 == 15)
    assert baseline.usual(noon).median[0, 0] - baseline.usual(night).median[0, 0] > 10
    at_noon = baseline.usual(noon).median
    assert baseline.usual(noon).surprise(at_noon)[0] > 0.9
    assert baseline.usual(night).surprise(at_noon)[0] < 0.001


def test_with_little_history_nothing_is_said() -> None:
    baseline, _ = taught(10)
    strange = np.array([[180.0, 70.0, 40.0, 60.0, 41.0]])
    assert baseline.usual(BEGIN + 20).reasons(strange) == [[]]
    assert baseline.usual(BEGIN + 20).surprise(strange)[0] == 1.0
    baseline, _ = taught(30)
    (reasons,) = baseline.usual(BEGIN + 36).reasons(strange)
    assert reasons
    assert all(reason.text.endswith("your usual") for reason in reasons)


def test_what_is_not_measured_gives_no_reason_and_hides_none() -> None:
    baseline, _ = taught(24 * 7)
    hour = BEGIN + 24 * 7
    now = baseline.usual(hour).median.copy()
    now[0, 0] += 25
    now[0, 1:] = np.nan
    (reasons,) = baseline.usual(hour).reasons(now)
    assert [reason.vital for reason in reasons] == ["heart_rate"]
    assert baseline.usual(hour).reasons(np.full((1, 5), np.nan)) == [[]]


def test_a_deterioration_does_not_become_its_own_usual() -> None:
    baseline, _ = taught(24 * 4)
    for step in range(6):
        hour = BEGIN + 24 * 4 + step
        now = baseline.usual(hour).median.copy()
        now[0, 0] += 25
        assert baseline.usual(hour).reasons(now)[0][0].vital == "heart_rate", step
        baseline.learn(hour, now)


def test_one_bad_day_does_not_hide_the_next() -> None:
    baseline, _ = taught(24 * 5)
    for step in range(24):
        bad = MIDDLE + 4 * NOISE
        baseline.learn(BEGIN + 24 * 5 + step, bad[None, :])
    hour = BEGIN + 24 * 6 + 12
    assert baseline.usual(hour).spread[0, 0] < 2.5 * NOISE[0]


def test_vitals_that_do_not_go_together_as_usual_are_found_jointly() -> None:
    """Pulse and pressure that always rose together: now one is up and the other down, neither by much."""
    generator = np.random.default_rng(3)
    baseline = Baseline(1, ("heart_rate", "systolic_pressure"))
    for step in range(24 * 7):
        common = generator.normal()
        own = generator.normal(size=2) * 0.3
        baseline.learn(BEGIN + step, np.array([[70 + 6 * (common + own[0]), 120 + 9 * (common + own[1])]]))
    hour = BEGIN + 24 * 7
    usual = baseline.usual(hour)
    apart = usual.median + usual.spread * np.array([[2.2, -2.2]])
    together = usual.median + usual.spread * np.array([[2.2, 2.2]])
    assert baseline.usual(hour).surprise(apart)[0] < 0.001 < baseline.usual(hour).surprise(together)[0]
    assert baseline.usual(hour).reasons(apart)[0][0].text.endswith("do not go together as usual")
    assert baseline.usual(hour).reasons(together) == [[]]


def test_the_correlation_is_ones_own_though_others_are_never_measured() -> None:
    """Of most persons some vital is never measured: that takes nothing from what the others show together."""
    generator = np.random.default_rng(3)
    pair, whole = Baseline(1, ("heart_rate", "systolic_pressure")), Baseline(1)
    places = [whole.vitals.index(code) for code in pair.vitals]
    for step in range(24 * 7):
        common, own = generator.normal(), generator.normal(size=2) * 0.3
        means = np.array([[70 + 6 * (common + own[0]), 120 + 9 * (common + own[1])]])
        row = np.full((1, len(whole.vitals)), np.nan)
        row[:, places] = means
        pair.learn(BEGIN + step, means)
        whole.learn(BEGIN + step, row)
    hour = BEGIN + 24 * 7
    usual = pair.usual(hour)
    apart = usual.median + usual.spread * np.array([[2.4, -2.2]])
    row = np.full((1, len(whole.vitals)), np.nan)
    row[:, places] = apart
    assert whole.usual(hour).surprise(row)[0] == pytest.approx(usual.surprise(apart)[0])
    assert whole.usual(hour).apart(row) == [("heart_rate", "systolic_pressure")]


def test_a_mean_pressure_does_not_count_twice_where_several_are_looked_at() -> None:
    codes = ("heart_rate", "systolic_pressure", "diastolic_pressure", "mean_pressure")
    generator = np.random.default_rng(8)
    baseline = Baseline(1, codes)
    for step in range(24 * 7):
        rate, systolic, diastolic = np.array([70.0, 120.0, 75.0]) + generator.normal(size=3) * (3.0, 5.0, 3.0)
        baseline.learn(BEGIN + step, np.array([[rate, systolic, diastolic, diastolic + (systolic - diastolic) / 3.0]]))
    usual = baseline.usual(BEGIN + 24 * 7)
    now = usual.median + usual.spread * np.array([[0.0, 2.5, 2.5, 2.9]])
    alone = now.copy()
    alone[0, 3] = np.nan
    assert usual.surprise(now)[0] == usual.surprise(alone)[0]


def test_who_came_ill_has_no_usual_until_days_bear_it_out() -> None:
    """A day at 128/min may be one illness; who has it for days has it usually."""
    generator = np.random.default_rng(2)
    baseline = Baseline(1, ("heart_rate", "spo2"))
    for step in range(24 * 5):
        baseline.learn(BEGIN + step, np.array([[128.0, 97.0]]) + generator.normal(size=(1, 2)) * (3.0, 0.4))
        if step == 40:
            early = baseline.usual(BEGIN + step + 6)
    assert early.known(0) == ("spo2",)
    assert early.reasons(np.array([[128.0, 97.0]])) == [[]]
    assert baseline.usual(BEGIN + 24 * 5).known(0) == ("heart_rate", "spo2")


def test_many_patients_at_once_are_as_one_by_one() -> None:
    past = np.arange(BEGIN, BEGIN + 24 * 5)
    means = day_of(past, np.random.default_rng(4), 6)
    means[np.random.default_rng(5).random(means.shape) < 0.3] = np.nan
    means[:, 2, 1] = np.nan
    together = Baseline(6, NAMES)
    apart = [Baseline(1, NAMES) for _ in range(6)]
    for hour, row in zip(past, means, strict=True):
        together.learn(int(hour), row)
        for patient, own in enumerate(apart):
            own.learn(int(hour), row[patient : patient + 1])
    now = day_of(np.array([BEGIN + 24 * 5]), np.random.default_rng(6), 6)[0] * 1.1
    hour = BEGIN + 24 * 5
    each = [own.usual(hour).reasons(now[patient : patient + 1])[0] for patient, own in enumerate(apart)]
    assert [[r.text for r in own] for own in together.usual(hour).reasons(now)] == [
        [r.text for r in own] for own in each
    ]
    assert np.allclose(
        together.usual(hour).surprise(now), [own.usual(hour).surprise(now[p : p + 1])[0] for p, own in enumerate(apart)]
    )


def test_an_hour_that_is_learned_again_is_replaced_and_an_old_one_is_forgotten() -> None:
    baseline = Baseline(1, ("heart_rate",))
    for step in range(24 * 7):
        baseline.learn(BEGIN + step, np.array([[200.0]]))
    for step in range(24 * 7):
        baseline.learn(BEGIN + step, np.array([[70.0]]))
    assert baseline.usual(BEGIN + 24 * 7).median[0, 0] == 70.0
    assert np.isnan(baseline.usual(BEGIN + 24 * 15).median[0, 0])


@pytest.mark.recordings
def test_on_a_real_day_a_shift_is_found_and_the_day_itself_is_not() -> None:
    """Numerics once a minute of an intensive care patient (MIMIC s00001), in hourly means."""
    folder = needs("wfdb") / "s00001"
    records = [wfdb.rdrecord(str(header.with_suffix(""))) for header in sorted(folder.glob("*n.hea"))]
    record = max(records, key=lambda one: one.sig_len)
    heart = record.p_signal[:, record.sig_name.index("HR")]
    heart = np.where((heart > 20) & (heart < 250), heart, np.nan)
    minutes = round(3600 * record.fs)
    hours = [heart[start : start + minutes] for start in range(0, len(heart) - minutes, minutes)]
    means = np.array([np.nanmean(one) if np.isfinite(one).any() else np.nan for one in hours])
    baseline = Baseline(1, ("heart_rate",))
    said = []
    for hour, mean in enumerate(means, start=BEGIN):
        said += baseline.usual(hour).reasons(np.array([[mean]]))
        baseline.learn(hour, np.array([[mean]]))
    assert sum(map(bool, said)) <= 0.2 * len(said)
    hour = BEGIN + len(means)
    shifted = baseline.usual(hour).median + 40
    assert baseline.usual(hour).reasons(shifted)[0][0].vital == "heart_rate"
    assert VITALS["heart_rate"].unit == "/min"
