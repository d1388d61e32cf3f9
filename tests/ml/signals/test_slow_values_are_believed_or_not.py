"""Temperature, glucose, impedance, lactate: a body's change passes, a sensor's does not."""

import numpy as np
import pytest

from ml.signals import bioimpedance, glucose, lactate, temperature
from ml.signals.steady import ChangeGate, Limits
from ml.signals.trouble import Trouble
from tests.ml.signals.synthetic import Array, noise


def judged(limits: Limits, values: Array, every_s: float = 1.0) -> list[Trouble]:
    gate: ChangeGate[int] = ChangeGate(limits)
    return [gate.push({0: (1e9 + index * every_s, float(value))})[0] for index, value in enumerate(values)]


def test_a_quiet_thermometer_is_believed_from_the_first_value() -> None:
    assert set(judged(temperature.SKIN, 33.5 + noise(900, 0.06))) == {Trouble.NONE}
    assert set(judged(temperature.CORE, 37.0 + noise(900, 0.02))) == {Trouble.NONE}


def test_a_thermometer_that_was_just_put_on_settles() -> None:
    warming = 33.5 - 9.0 * np.exp(-np.arange(900) / 90.0)
    found = judged(temperature.SKIN, warming)
    assert set(found[10:120]) == {Trouble.SETTLING}
    assert set(found[480:]) == {Trouble.NONE}


def test_a_probe_that_falls_off_is_noticed_and_forgiven_when_it_is_back() -> None:
    cooling = 33.5 - 10.0 * (1 - np.exp(-np.arange(300) / 120.0))
    back = cooling[-1] + (33.5 - cooling[-1]) * (1 - np.exp(-np.arange(600) / 40.0))
    found = judged(temperature.SKIN, np.concatenate((np.full(900, 33.5), cooling, back)))
    assert set(found[:900]) == {Trouble.NONE}
    assert Trouble.NO_CONTACT in found[900:960]
    assert set(found[960:1200]) == {Trouble.NO_CONTACT}
    assert set(found[1500:]) == {Trouble.NONE}


def test_a_room_that_is_cold_is_the_skins_new_level_after_a_while() -> None:
    found = judged(
        temperature.SKIN, np.concatenate((np.full(600, 33.5), np.linspace(33.5, 27.0, 240), np.full(900, 27.0)))
    )
    assert Trouble.NO_CONTACT in found
    assert found[-1] is Trouble.NONE


@pytest.mark.parametrize("per_hour", [2.0, -1.5])
def test_fever_and_cooling_pass(per_hour: float) -> None:
    found = judged(temperature.CORE, 37.0 + per_hour * np.arange(3600) / 3600 + noise(3600, 0.02))
    assert set(found) == {Trouble.NONE}


def test_a_jump_that_no_body_makes_is_refused_until_it_has_stayed() -> None:
    found = judged(temperature.CORE, np.concatenate((np.full(60, 37.0), [39.5], np.full(60, 37.0), np.full(120, 39.5))))
    assert found[60] is Trouble.IMPLAUSIBLE
    assert set(found[61:121]) == {Trouble.NONE}
    assert set(found[121:180]) == {Trouble.IMPLAUSIBLE}
    assert set(found[185:]) == {Trouble.NONE}


def test_after_a_long_silence_it_begins_anew() -> None:
    gate: ChangeGate[int] = ChangeGate(temperature.CORE)
    gate.push({0: (0.0, 37.0)})
    assert gate.push({0: (3600.0, 40.0)})[0] is Trouble.NONE


def test_lanes_are_judged_together_as_alone() -> None:
    gate: ChangeGate[int] = ChangeGate(temperature.SKIN)
    lanes = {
        lane: 33.0 + noise(300, 0.05, lane) - (5.0 * (np.arange(300) > 150) if lane % 3 == 1 else 0)
        for lane in range(40)
    }
    together = [gate.push({lane: (float(t), float(values[t])) for lane, values in lanes.items()}) for t in range(300)]
    for lane, values in lanes.items():
        alone: ChangeGate[int] = ChangeGate(temperature.SKIN)
        assert [alone.push({0: (float(t), float(values[t]))})[0] for t in range(300)] == [one[lane] for one in together]


def test_what_is_forgotten_is_a_stranger() -> None:
    gate: ChangeGate[int] = ChangeGate(temperature.CORE)
    gate.push({0: (0.0, 37.0)})
    gate.forget(0)
    assert gate.push({0: (1.0, 30.0)})[0] is Trouble.NONE
    assert gate.push({}) == {}


def test_a_glucose_of_every_five_minutes_passes_and_its_leap_does_not() -> None:
    meal = 5.5 + 4.0 * np.exp(-0.5 * ((np.arange(60) - 20) / 6) ** 2)
    assert set(judged(glucose.LIMITS, meal, every_s=300.0)) == {Trouble.NONE}
    assert judged(glucose.LIMITS, np.array([5.5, 5.6, 12.0, 5.5]), every_s=300.0)[2] is Trouble.IMPLAUSIBLE


def test_blood_and_sweat_lactate_have_limits_of_their_own() -> None:
    exercise = np.concatenate((np.full(30, 1.2), np.linspace(1.2, 12.0, 10), 12.0 * 0.5 ** (np.arange(60) / 20)))
    assert set(judged(lactate.BLOOD, exercise, every_s=60.0)) == {Trouble.NONE}
    assert judged(lactate.BLOOD, np.array([1.2, 60.0]), every_s=60.0)[1] is Trouble.IMPLAUSIBLE
    assert not any("blood" in name for name in vars(lactate) if callable(getattr(lactate, name)))


def test_an_electrode_that_comes_loose_is_no_loss_of_water() -> None:
    values = np.concatenate((500 + noise(120, 1.0), np.full(20, 900.0), 500 + noise(60, 1.0)))
    found = judged(bioimpedance.LIMITS, values)
    assert set(found[:120]) == {Trouble.NONE}
    assert set(found[120:140]) == {Trouble.IMPLAUSIBLE}
    assert set(found[140:]) == {Trouble.NONE}
