"""Cole's circuit is found again, and the published equations give what they gave their authors."""

import numpy as np
import pytest

from ml.signals import bioimpedance as bia
from tests.ml.signals.synthetic import Array

MAN = bia.Stature(*(np.array([number]) for number in (175.0, 70.0, 35.0, 1.0)))


def row(*numbers: float) -> Array:
    return np.array([numbers])


@pytest.mark.parametrize("r0", [420.0, 600.0, 780.0])
@pytest.mark.parametrize("share", [0.6, 0.75])
@pytest.mark.parametrize("centre_khz", [25.0, 40.0, 70.0])
def test_a_circuit_is_found_again(r0: float, share: float, centre_khz: float) -> None:
    true = (np.array([r0]), np.array([share * r0]), np.array([centre_khz]))
    found = bia.cole(bia.magnitude(*true))
    assert found.r0_ohm[0] == pytest.approx(r0, rel=1e-4)
    assert found.rinf_ohm[0] == pytest.approx(share * r0, rel=1e-4)
    assert found.centre_khz[0] == pytest.approx(centre_khz, rel=1e-3)


def test_an_ohm_of_noise_moves_the_outside_water_by_a_tenth_of_its_error() -> None:
    true = bia.magnitude(np.array([600.0]), np.array([420.0]), np.array([40.0]))
    generator = np.random.default_rng(1)
    found = bia.cole(true + generator.normal(0, 1.0, (500, 3)))
    many = bia.Stature(*(np.repeat(number, 500) for number in (MAN.height_cm, MAN.mass_kg, MAN.age_years, MAN.male)))
    litres = bia.extracellular_water_l(found.r0_ohm, many)
    assert np.isfinite(litres).mean() >= 0.99
    assert np.nanstd(litres) <= 0.1 * bia.ECW_SD_L


@pytest.mark.parametrize("impedance", [row(500, 500, 500), row(400, 500, 600), row(600, 300, 100), row(600, 599, 598)])
def test_what_is_no_body_has_no_circuit(impedance: Array) -> None:
    assert np.isnan(bia.cole(impedance).r0_ohm[0])


def test_a_man_of_seventy_kilograms_has_forty_litres_of_water() -> None:
    """Watson 1980: 2.447 - 0.09516 age + 0.1074 height + 0.3362 weight = 41.4 L. Two fifths of it outside the cells."""
    water = bia.total_body_water_l(np.array([450.0]), MAN)
    outside = bia.extracellular_water_l(np.array([590.0]), MAN)
    assert water[0] == pytest.approx(41.4, abs=bia.TBW_SD_L)
    assert outside[0] / water[0] == pytest.approx(0.42, abs=0.04)
    assert bia.hydration_percent(water, MAN)[0] == pytest.approx(59.0, abs=3.0)


def test_the_change_is_free_of_the_offset() -> None:
    lost = bia.change_l(np.array([510.0]), np.array([490.0]), MAN)
    both = [bia.total_body_water_l(np.array([ohm]), MAN)[0] for ohm in (510.0, 490.0)]
    assert lost[0] == pytest.approx(both[0] - both[1])
    assert lost[0] < 0


def test_a_litre_that_is_lost_is_seen_against_ones_own_usual() -> None:
    """Three people of different offsets, a reading an hour for a week; then one loses a litre in six hours."""
    baseline: bia.OwnBaseline[str] = bia.OwnBaseline()
    usual = {"one": 450.0, "two": 520.0, "three": 610.0}
    generator = np.random.default_rng(4)
    for hour in range(168):
        before = baseline.push({name: (3600.0 * hour, ohm + generator.normal(0, 3.0)) for name, ohm in usual.items()})
    assert before == pytest.approx(usual, abs=2.0)
    lost_ohm = 1.0 / (1.0 / 450.0 - 1.0 / (0.377 * 175.0**2))  # what a litre less does to the equation
    for hour in range(168, 174):
        before = baseline.push({"one": (3600.0 * hour, 450.0 + (lost_ohm - 450.0) * (hour - 167) / 6)})
    change = bia.change_l(np.array([lost_ohm]), np.array([before["one"]]), MAN)
    assert change[0] == pytest.approx(-1.0, abs=0.15)
    assert np.isnan(baseline.push({"four": (0.0, 500.0)})["four"])
