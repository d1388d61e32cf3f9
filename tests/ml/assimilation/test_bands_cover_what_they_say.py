"""Of a perfect ensemble of 32 the 90 % band holds the truth nine times of ten."""

import numpy as np
import pytest

from ml.assimilation.bands import band, identifiability, skill

CASES, MEMBERS = 20_000, 32


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_perfect_ensembles_band_covers_its_share(share: float) -> None:
    chance = np.random.default_rng(1)
    _, low, high = band(chance.standard_normal((CASES, MEMBERS)), share)
    truth = chance.standard_normal(CASES)
    assert np.mean((truth >= low) & (truth <= high)) == pytest.approx(share, abs=0.01)


def test_skill_and_identifiability_are_shares() -> None:
    assert skill(0.75, 1.0) == pytest.approx(0.25)
    assert np.isnan(skill(1.0, 0.0))
    given = identifiability(np.array([0.2, 1.0, 3.0, 0.0]), np.array([1.0, 1.0, 1.0, 0.0]))
    assert given == pytest.approx([0.8, 0.0, 0.0, 0.0])
