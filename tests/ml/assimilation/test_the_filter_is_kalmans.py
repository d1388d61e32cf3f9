"""For a linear measurement the ensemble's mean and covariance become those that Kalman's equations give."""

import numpy as np
import pytest

from ml.assimilation.ensemble_filter import Measurement, assimilate

PATIENTS, MEMBERS, VARIABLES = 7, 24, 5
CHANCE = np.random.default_rng(3)


@pytest.fixture
def ensemble() -> np.ndarray:
    mixing = CHANCE.standard_normal((PATIENTS, VARIABLES, VARIABLES))
    drawn = CHANCE.standard_normal((PATIENTS, VARIABLES, MEMBERS))
    return np.ascontiguousarray(np.einsum("pvw,pwm->vpm", mixing, drawn) + 3.0)


def kalman(before: np.ndarray, row: np.ndarray, value: float, variance: float) -> tuple[np.ndarray, np.ndarray]:
    """Mean (variables,) and covariance (variables, variables) after a measurement `row` @ x of one patient."""
    mean, covariance = before.mean(axis=1), np.cov(before)
    gain = covariance @ row / (row @ covariance @ row + variance)
    return mean + gain * (value - row @ mean), covariance - np.outer(gain, row @ covariance)


def test_mean_and_covariance_are_exact(ensemble: np.ndarray) -> None:
    before, row = ensemble.copy(), CHANCE.standard_normal(VARIABLES)
    values, variances = CHANCE.standard_normal(PATIENTS), CHANCE.uniform(0.1, 4.0, PATIENTS)
    predicted = np.einsum("v,vpm->pm", row, ensemble)
    innovation = assimilate(ensemble, Measurement(predicted, values, variances))
    for patient in range(PATIENTS):
        mean, covariance = kalman(before[:, patient], row, values[patient], variances[patient])
        assert ensemble[:, patient].mean(axis=1) == pytest.approx(mean)
        assert np.cov(ensemble[:, patient]) == pytest.approx(covariance, abs=1e-9)
        expected = row @ np.cov(before[:, patient]) @ row + variances[patient]
        assert innovation.variance[patient] == pytest.approx(expected)


def test_two_measurements_give_the_same_in_either_order(ensemble: np.ndarray) -> None:
    results = []
    for order in ((0, 2), (2, 0)):
        members = ensemble.copy()
        for variable in order:
            assimilate(members, Measurement(members[variable], np.full(PATIENTS, 5.0), np.full(PATIENTS, 0.5)))
        results.append(members)
    assert results[0].mean(axis=2) == pytest.approx(results[1].mean(axis=2))


def test_who_was_not_measured_is_not_moved(ensemble: np.ndarray) -> None:
    before = ensemble.copy()
    values = np.full(PATIENTS, 4.0)
    values[[1, 4]] = np.nan
    innovation = assimilate(ensemble, Measurement(ensemble[0], values, np.ones(PATIENTS)))
    assert np.array_equal(ensemble[:, [1, 4]], before[:, [1, 4]])
    assert not np.isclose(ensemble[0, 0].mean(), before[0, 0].mean())
    assert np.isnan(innovation.difference[[1, 4]]).all()
    assert np.isnan(innovation.variance[[1, 4]]).all()


def test_a_variable_out_of_reach_is_not_moved(ensemble: np.ndarray) -> None:
    before = ensemble.copy()
    reach = np.array([1.0, 0.0, 0.5, 1.0, 1.0])
    assimilate(ensemble, Measurement(ensemble[0], np.full(PATIENTS, 4.0), np.ones(PATIENTS)), reach=reach)
    assert np.array_equal(ensemble[1], before[1])
    full = before.copy()
    assimilate(full, Measurement(full[0], np.full(PATIENTS, 4.0), np.ones(PATIENTS)))
    assert ensemble[2] - before[2] == pytest.approx(0.5 * (full[2] - before[2]))


def test_shapes_that_do_not_go_together_are_refused(ensemble: np.ndarray) -> None:
    with pytest.raises(ValueError, match="patients"):
        Measurement(ensemble[0], np.zeros(PATIENTS + 1), np.ones(PATIENTS))
    with pytest.raises(ValueError, match="predictions"):
        assimilate(ensemble[:, :3], Measurement(ensemble[0], np.zeros(PATIENTS), np.ones(PATIENTS)))
