"""What `ml.signals.bioimpedance` reads out of a simulated person's impedance is the water that the body holds."""

import numpy as np
import pytest

from ml.physiology.scenarios import Bodies, Life
from ml.signals.bioimpedance import Stature, change_l, cole, extracellular_water_l, total_body_water_l
from tests.ml.physiology.scenarios.people import AFTERNOON_S, MAN, WOMAN, Array

PEOPLE = (MAN, WOMAN)
STATURE = Stature(
    np.array([each.height_cm for each in PEOPLE]),
    np.array([each.mass_kg for each in PEOPLE]),
    np.array([each.age_years for each in PEOPLE]),
    np.array([float(each.sex == "male") for each in PEOPLE]),
)


def impedance(bodies: Bodies) -> Array:
    return np.stack([bodies.shown[f"impedance_{khz}khz_ohm"] for khz in (5, 50, 200)], axis=1)


def water(bodies: Bodies) -> tuple[Array, Array]:
    """All of it, and what is outside the cells, litres."""
    real = bodies.observe()
    outside = real["plasma_volume"] + real["interstitial_volume"]
    return outside + real["cell_volume"], outside


def test_a_rested_bodys_water_is_read_by_the_formulas_of_bioimpedance() -> None:
    bodies = Bodies([Life(person, "bradycardia", seed=3) for person in PEOPLE], AFTERNOON_S)
    ohm = impedance(bodies)
    total, outside = water(bodies)
    assert total_body_water_l(ohm[:, 1], STATURE) == pytest.approx(total, abs=0.5)
    assert extracellular_water_l(cole(ohm).r0_ohm, STATURE) == pytest.approx(outside, rel=0.25)


def test_what_is_sweated_away_is_seen_in_impedance() -> None:
    lives = [Life(person, "dehydration", seed=3) for person in PEOPLE]
    bodies = Bodies(lives, AFTERNOON_S)
    course = lives[0].courses[-1]
    minute = course.minute_on_air(AFTERNOON_S, lives[0].shift_min())
    bodies.skip(round(course.minutes + 3 - minute))
    before, ohm = water(bodies)[0], impedance(bodies)
    bodies.skip(165)
    lost = water(bodies)[0] - before
    assert (lost < -0.4).all()
    # Sweat is water from outside the cells, which counts for more at 50 kHz than water in them.
    told = change_l(impedance(bodies)[:, 1], ohm[:, 1], STATURE)
    assert (told < lost).all()
    assert told == pytest.approx(lost, rel=0.45)
