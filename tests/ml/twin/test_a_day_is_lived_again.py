"""The nightly refit: what is slow is fitted to a whole day, and taken only by who foresees better."""

import numpy as np
import pytest

from ml.assimilation.bands import band
from ml.evaluate.twin_truth import BEGINS_S, Truth, persons
from ml.physiology.inputs import REST
from ml.twin import SENSORS, Seen, Twins
from ml.twin.refit import BLOCK_STEPS, FEWEST_READINGS, Evidence, Step, fitted, judged, learned, lived, verdict
from ml.twin.variables import LEARNED, ROW
from tests.ml.twin.people import ALICE, AT_S, BOB

PEOPLE = 4
HOURS = 9
FITTED = 84
OFF = 2.5  # deviations of persons alike


def evidence(gain: float, noise: float = 0.0, steps: int = 72, readings: float = 4.0) -> tuple[Evidence, Evidence]:
    """Of one patient, before and after."""
    chance = np.random.default_rng(5)
    before = chance.normal(-5.0, 1.0, (steps, 1))
    counts = np.full((steps, 1), readings)
    return Evidence(before, counts), Evidence(before + gain + noise * chance.standard_normal((steps, 1)), counts)


@pytest.mark.parametrize(
    ("gain", "noise", "steps", "better"),
    [
        (0.5, 0.1, 72, True),
        (0.0, 0.0, 72, False),
        (-0.5, 0.1, 72, False),
        (0.05, 3.0, 72, False),
        (0.5, 0.0, 3 * BLOCK_STEPS, False),
        (0.5, 0.0, 0, False),
    ],
)
def test_a_refit_is_taken_if_it_is_better_by_more_than_chance(
    gain: float, noise: float, steps: int, better: bool
) -> None:
    found = verdict(*evidence(gain, noise, steps))
    assert found.better.tolist() == [better]


def test_of_few_readings_nothing_is_said() -> None:
    found = verdict(*evidence(0.5, readings=(FEWEST_READINGS - 1) / 72))
    assert (found.enough.tolist(), found.better.tolist()) == ([False], [False])


def a_quiet_day(pressure: float, steps: int = 24) -> list[Step]:
    """Of Alice a mean pressure every five minutes, of Bob nothing."""
    deviation = np.full(2, SENSORS["mean_pressure"].deviation)
    seen = {"mean_pressure": Seen(np.array([pressure, np.nan]), deviation)}
    return [Step(AT_S + 300.0 * (place + 1), seen, REST) for place in range(steps)]


def test_who_was_seen_is_fitted_and_who_was_not_stays() -> None:
    twins = Twins.begin([ALICE, BOB], at_s=AT_S + 7_200.0, seeds=[1, 2])
    was = twins._kept.ensemble.copy()
    new = fitted(twins, AT_S, a_quiet_day(112.0))._kept.ensemble
    row = ROW["resting_pressure"]
    assert new[row, 0].mean() > was[row, 0].mean() + 0.05
    assert new[row, 0].std() < 0.9 * was[row, 0].std()
    assert np.array_equal(new[:, 1], was[:, 1])
    assert np.array_equal(new[ROW["basal_glucose"]], was[ROW["basal_glucose"]])
    assert np.array_equal(twins._kept.ensemble, was)


def test_a_longer_day_tells_more_but_no_reading_counts_twice() -> None:
    twins = Twins.begin([ALICE, BOB], at_s=AT_S + 7_200.0, seeds=[1, 2])
    row = ROW["resting_pressure"]
    hour, day = (fitted(twins, AT_S, a_quiet_day(100.0, steps))._kept.ensemble[row, 0].std() for steps in (12, 96))
    dense = [Step(AT_S + 60.0 * (place + 1), each.seen, REST) for place, each in enumerate(a_quiet_day(100.0, 60))]
    assert day < 0.9 * hour
    assert fitted(twins, AT_S, dense)._kept.ensemble[row, 0].std() > 0.9 * hour


def test_what_was_learned_is_told_without_what_disturbs_somebody_now() -> None:
    twins = Twins.begin([ALICE], at_s=AT_S, seeds=[1])
    (before,) = learned(twins)
    twins._kept.ensemble[ROW["vasomotion"]] += 20.0
    assert learned(twins) == [before]
    assert before["core_setpoint"] == (pytest.approx(36.7, abs=0.2), "°C")


def test_without_a_day_there_is_nothing_to_fit() -> None:
    with pytest.raises(ValueError, match="no day"):
        fitted(Twins.begin([ALICE], at_s=AT_S, seeds=[1]), AT_S, [])


def test_parameters_that_were_wrong_at_first_come_nearer_and_bands_hold() -> None:
    people = persons(PEOPLE, 7)
    truth = Truth(people, seed=7)
    truth.ensemble[ROW["basal_glucose"], :, 0] = OFF * LEARNED["basal_glucose"].deviation
    true = truth.ensemble[ROW["basal_glucose"], :, 0]
    steps = []
    for minute in range(5, 60 * HOURS + 1, 5):
        for _ in range(5):
            truth.minute_on()
        steps.append(Step(BEGINS_S + 60.0 * minute, truth.seen(("glucose", "heart_rate")), REST))
    old = Twins.begin(people, at_s=BEGINS_S, seeds=range(PEOPLE))
    lived(old, steps[:FITTED])
    away = float(np.abs(true).mean())
    new = fitted(old, BEGINS_S, steps[:FITTED])
    found = verdict(judged(old, steps[FITTED:]), judged(new, steps[FITTED:]))
    lived(new, steps[FITTED:])

    error = float(np.abs(new._kept.ensemble[ROW["basal_glucose"]].mean(axis=1) - true).mean())
    assert error < 0.75 * away
    assert np.abs(found.gain).max() < 1.0
    _, low, high = band(new.figures()["glucose"], 0.9)
    came = truth.figures()["glucose"]
    assert np.mean((came >= low) & (came <= high)) >= 0.8
