"""A temperature followed by a good and a lying sensor: with a bias state each, the liar is found, the band holds the
truth, innovations are as predicted; without, consistency says that something is wrong."""

import numpy as np
import pytest

from ml.assimilation.bands import band
from ml.assimilation.consistency import Consistency
from ml.assimilation.ensemble_filter import Measurement, assimilate

PATIENTS, MEMBERS, STEPS = 60, 32, 400
NOISE, LIE, WALK = 0.2, 1.5, 0.05
VALUE, GOOD, LIAR = 0, 1, 2


def follow(*, with_bias_states: bool) -> tuple[np.ndarray, float, Consistency]:
    """Mean biases (sensors, patients), the coverage of the value's 90 % band, and the liar's consistency."""
    chance = np.random.default_rng(5)
    bias_spread = 1.0 if with_bias_states else 0.0
    spreads = np.array([2.0, 0.1 * bias_spread, bias_spread])  # one of them is a reference
    ensemble = chance.standard_normal((3, PATIENTS, MEMBERS)) * spreads[:, None, None]
    truth, covered, consistency = chance.standard_normal(PATIENTS), [], Consistency(PATIENTS)
    for step in range(STEPS):
        truth += WALK * chance.standard_normal(PATIENTS)
        ensemble[VALUE] += WALK * chance.standard_normal((PATIENTS, MEMBERS))
        for sensor, lie in ((GOOD, 0.0), (LIAR, LIE)):
            shown = truth + lie + NOISE * chance.standard_normal(PATIENTS)
            predicted = ensemble[VALUE] + ensemble[sensor]
            innovation = assimilate(ensemble, Measurement(predicted, shown, np.full(PATIENTS, NOISE**2)))
            if sensor == LIAR:
                consistency.note(innovation)
        if step > STEPS // 4:
            _, low, high = band(ensemble[VALUE], 0.9)
            covered.append((truth >= low) & (truth <= high))
    return ensemble[1:].mean(axis=2), float(np.mean(covered)), consistency


def test_with_bias_states_the_liar_is_found_and_the_band_holds() -> None:
    biases, coverage, consistency = follow(with_bias_states=True)
    assert biases[1] == pytest.approx(np.full(PATIENTS, LIE), abs=0.35)
    assert np.abs(biases[0]).max() < 0.4  # four standard deviations of what was known of it beforehand
    assert 0.8 <= coverage <= 0.97
    assert np.mean(consistency.mean_nis) == pytest.approx(1.0, abs=0.25)
    assert np.median(consistency.trust()) > 0.8


def test_without_them_the_band_misses_and_the_innovations_say_so() -> None:
    _, coverage, consistency = follow(with_bias_states=False)
    assert coverage < 0.3
    assert np.median(np.abs(consistency.mean_innovation)) > 1.0
    assert np.median(consistency.trust()) < 0.2
