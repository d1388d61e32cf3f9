"""What analysis took too much of is given back; a walk leaves the mean; impossible members are brought back."""

import numpy as np
import pytest

from ml.assimilation.ensemble_filter import Measurement, assimilate
from ml.assimilation.spread import deviation, keep_within, relax_to_prior_spread, wander


def test_half_of_the_lost_spread_comes_back_and_the_mean_stays() -> None:
    ensemble = np.random.default_rng(1).standard_normal((2, 5, 40))
    prior = deviation(ensemble)
    assimilate(ensemble, Measurement(ensemble[0], np.zeros(5), np.full(5, 0.1)))
    posterior, mean = deviation(ensemble), ensemble.mean(axis=2)
    relax_to_prior_spread(ensemble, prior, share=0.5)
    assert deviation(ensemble) == pytest.approx((posterior + prior) / 2)
    assert ensemble.mean(axis=2) == pytest.approx(mean)


def test_a_variable_without_spread_stays_without() -> None:
    ensemble = np.full((1, 3, 8), 7.0)
    relax_to_prior_spread(ensemble, np.zeros((1, 3)), share=0.5)
    assert (ensemble == 7.0).all()


def test_a_walk_grows_with_the_root_of_time_and_moves_no_mean() -> None:
    walked = np.full((200, 64), 5.0)
    wander(walked, deviation_per_sqrt_s=0.1, seconds=100.0, generator=np.random.default_rng(2))
    assert walked.mean(axis=1) == pytest.approx(np.full(200, 5.0))
    assert walked.std() == pytest.approx(1.0, abs=0.05)


def test_members_stay_within_what_can_be() -> None:
    glucose = np.array([[-1.0, 5.0, 90.0]])
    keep_within(glucose, 0.5, 60.0)
    assert glucose.tolist() == [[0.5, 5.0, 60.0]]
