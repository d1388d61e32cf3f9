"""Ten minutes of each scenario through the platform's own streaming detectors: what they find is what the body did.

What is compared is each second's figure with the body's own of that second. Rates are found over windows, while the
body's wander, so that a mean error of a few hundredths is the window's.
"""

import numpy as np
import pytest

from ml.physiology.scenarios import SCENARIOS
from tests.ml.physiology.scenarios.people import MAN, WOMAN, Analysed, Analysis, Array, analysed, lives

MINUTES = 10
SETTLED_S = 60
# name: mean error and the error of one second in twenty, of the value or in its unit; the share of seconds it is given
TOLERANCES = {
    "heart_rate": (0.015, 0.04, 0.99),
    "pulse_rate": (0.015, 0.04, 0.95),
    "respiratory_rate": (0.05, 0.12, 0.19),  # told every five seconds
    "spo2": (1.0 / 95, 1.6 / 95, 0.9),
}


@pytest.fixture(scope="module")
def found() -> dict[str, tuple[Analysed, Analysis]]:
    return {name: analysed(lives(who), 60 * MINUTES) for name, who in (("man", MAN), ("woman", WOMAN))}


def of(found: Analysed, scenario: str, quantity: str) -> tuple[Array, Array]:
    """Truth and what was found, once the detectors have settled."""
    truth, said = found.of(list(SCENARIOS).index(scenario))[quantity]
    return truth[SETTLED_S:], said[SETTLED_S:]


@pytest.mark.parametrize("who", ["man", "woman"])
@pytest.mark.parametrize("quantity", list(TOLERANCES))
@pytest.mark.parametrize("scenario", [name for name in SCENARIOS if name != "atrial-fibrillation"])
def test_what_is_found_is_what_is(
    found: dict[str, tuple[Analysed, Analysis]], scenario: str, quantity: str, who: str
) -> None:
    truth, said = of(found[who][0], scenario, quantity)
    mean_error, seldom_error, share = TOLERANCES[quantity]
    given = np.isfinite(said)
    if scenario == "loose-electrode" and quantity == "heart_rate":
        share = 0.75  # of ninety seconds the lead is off for twelve, and some more it settles
    assert given.mean() >= share
    error = np.abs(said - truth)[given] / truth[given]
    assert error.mean() < mean_error
    assert np.quantile(error, 0.95) < seldom_error


@pytest.mark.parametrize("who", ["man", "woman"])
def test_fibrillation_is_found_where_it_is_and_nowhere_else(
    found: dict[str, tuple[Analysed, Analysis]], who: str
) -> None:
    for scenario in SCENARIOS:
        _, said = of(found[who][0], scenario, "fibrillation")
        said = said[60:]  # sixty beats come first
        if scenario == "atrial-fibrillation":
            assert np.nanmin(said) > 0.8
        elif np.isfinite(said).any():
            assert np.nanmax(said) < 0.2, scenario


@pytest.mark.parametrize("who", ["man", "woman"])
def test_of_fibrillation_the_ecg_gives_the_rate_and_the_pulse_misses_weak_beats(
    found: dict[str, tuple[Analysed, Analysis]], who: str
) -> None:
    truth, heart = of(found[who][0], "atrial-fibrillation", "heart_rate")
    _, pulse = of(found[who][0], "atrial-fibrillation", "pulse_rate")
    assert np.nanmean(heart) == pytest.approx(truth.mean(), rel=0.03)
    assert np.isfinite(heart).mean() > 0.95
    assert 0.85 * truth.mean() < np.nanmean(pulse) < 1.02 * truth.mean()
    truth, spo2 = of(found[who][0], "atrial-fibrillation", "spo2")
    assert np.nanmean(spo2) == pytest.approx(truth.mean(), abs=1.0)


@pytest.mark.parametrize("who", ["man", "woman"])
def test_no_beat_is_taken_for_a_ventricular_one_where_there_is_none(
    found: dict[str, tuple[Analysed, Analysis]], who: str
) -> None:
    ectopics = dict(zip(SCENARIOS, found[who][1].ectopics.tolist(), strict=True))
    del ectopics["loose-electrode"]  # a lead that comes on or goes off may look like one
    assert max(ectopics.values()) <= 3


@pytest.mark.parametrize("who", ["man", "woman"])
def test_the_pulse_is_weak_after_bleeding_and_strong_in_the_heat(
    found: dict[str, tuple[Analysed, Analysis]], who: str
) -> None:
    strength = {name: np.nanmedian(of(found[who][0], name, "perfusion_index")[1]) for name in SCENARIOS}
    assert strength["bleeding"] < 0.5 * strength["well"]
    assert strength["sepsis"] < strength["well"] < strength["dehydration"]
