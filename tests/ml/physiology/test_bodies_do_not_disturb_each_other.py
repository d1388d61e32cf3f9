"""Many at once are as each alone: whatever the shape, the order and the size of a piece."""

from dataclasses import fields

import numpy as np
import pytest

from ml.physiology import Inputs, Person, Segment, States, advance, parameters_of, settled, simulate, step
from ml.physiology.simulate import simulate_together

PEOPLE = [Person(age_years=20 + 7 * i, mass_kg=55 + 6 * i, height_cm=160 + 3 * i) for i in range(8)]
CASES = [
    (PEOPLE[0], [Segment(5), Segment(4, work_watts=120)]),
    (PEOPLE[3], [Segment(3, bleed_ml_per_min=100), Segment(9, tilt_degrees=70)]),
    (PEOPLE[5], [Segment(12, air_celsius=40, carbohydrate_g_per_min=3)]),
    (PEOPLE[7], [Segment(2.5, fio2=0.14), Segment(1), Segment(2, beta_blockade=1, insulin_u_per_min=0.1)]),
]


def arrays(states: States) -> dict[str, np.ndarray]:
    return {each.name: getattr(states, each.name) for each in fields(States)}


def test_together_is_as_each_alone() -> None:
    for together, (person, segments) in zip(simulate_together(CASES), CASES, strict=True):
        alone = simulate(person, segments)
        assert together.keys() == alone.keys()
        for name, values in alone.items():
            # where another's segment ends, a step is cut in two; that is all
            np.testing.assert_allclose(together[name], values, rtol=2e-2, atol=2e-2, err_msg=name)


def test_rows_members_and_pieces_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    parameters = parameters_of(PEOPLE)
    watts = np.linspace(0.0, 180.0, 8)
    flat = settled(parameters)
    members = flat.spread(3)
    advance(flat, parameters, Inputs(work_watts=watts), 120.0)
    monkeypatch.setattr(step, "PIECE", 6)
    advance(members, parameters.spread(3), Inputs(work_watts=np.repeat(watts[:, None], 3, axis=1)), 120.0)
    for name, values in arrays(flat).items():
        assert np.array_equal(np.repeat(values[:, None], 3, axis=1), getattr(members, name)), name


def test_parameters_of_a_patient_serve_all_members() -> None:
    parameters = parameters_of(PEOPLE)
    broadcast, full = settled(parameters).spread(4), settled(parameters).spread(4)
    column = type(parameters)(**{name: value[:, None] for name, value in parameters.items()})
    advance(broadcast, column, Inputs(tilt_degrees=60.0), 60.0)
    advance(full, parameters.spread(4), Inputs(tilt_degrees=60.0), 60.0)
    for name, values in arrays(full).items():
        assert np.array_equal(values, getattr(broadcast, name)), name


def test_the_same_call_gives_the_same_figures() -> None:
    one, two = (simulate(*CASES[1]) for _ in range(2))
    assert all(np.array_equal(one[name], two[name]) for name in one)
