"""Hysteresis, and how an alert ends."""

import pytest

from apps.alerts.models import Priority, State
from tests.alerts.scene import Scene, high, low


def active(priority: Priority = Priority.MEDIUM) -> Scene:
    scene = Scene([low("spo2", 90, delay_s=0, hysteresis=2, priority=priority)])
    scene.measure(0, spo2=87)
    return scene


def test_it_stays_while_the_value_is_within_the_limit_by_less_than_the_hysteresis() -> None:
    scene = active()
    scene.measure(1, spo2=91)
    assert scene.state("spo2_low") == State.ACTIVE


def test_it_is_resolved_when_the_value_is_back_by_the_hysteresis() -> None:
    scene = active()
    scene.measure(1, spo2=92)
    assert scene.transitions == [State.ACTIVE, State.RESOLVED]


def test_an_acknowledged_one_ends_with_its_condition() -> None:
    scene = active(Priority.HIGH)
    scene.acknowledge("spo2_low")
    scene.measure(1, spo2=95)
    assert scene.transitions[-1] == State.RESOLVED


def test_one_of_high_priority_that_nobody_acknowledged_stays() -> None:
    scene = active(Priority.HIGH)
    scene.measure(1, spo2=95)
    alert = scene.alerts["spo2_low"]
    assert (alert.state, alert.latched, alert.text) == (State.ACTIVE, True, "SpO₂ 87 % < 90, over")
    scene.measure(2, spo2=95)
    assert scene.transitions == [State.ACTIVE, State.ACTIVE]


def test_one_that_stayed_begins_again_only_after_its_delay() -> None:
    scene = Scene([low("spo2", 90, delay_s=5, priority=Priority.HIGH)])
    for second in range(6):
        scene.measure(second, spo2=87)
    scene.measure(6, spo2=95)
    scene.measure(7, spo2=88)
    assert scene.alerts["spo2_low"].latched
    for second in range(8, 13):
        scene.measure(second, spo2=86)
    alert = scene.alerts["spo2_low"]
    assert (alert.latched, alert.text) == (False, "SpO₂ 86 % < 90")
    assert scene.moves[-1].reason == "began again"


@pytest.mark.parametrize("priority", [Priority.LOW, Priority.MEDIUM])
def test_one_of_lower_priority_does_not_stay(priority: Priority) -> None:
    scene = active(priority)
    scene.measure(1, spo2=95)
    assert scene.alerts == {}


def test_both_sides_of_a_rule_are_alerts_of_their_own() -> None:
    scene = Scene([low("heart_rate", 50, delay_s=0), high("heart_rate", 120, delay_s=0)])
    scene.measure(0, heart_rate=130)
    scene.measure(1, heart_rate=40)
    assert set(scene.alerts) == {"heart_rate_low"}


def test_an_alert_whose_rule_was_switched_off_ends() -> None:
    scene = active(Priority.HIGH)
    scene.limits = []
    scene.measure(1, spo2=80)
    assert scene.alerts == {}
    assert scene.moves[-1].reason == "its rule is off"
