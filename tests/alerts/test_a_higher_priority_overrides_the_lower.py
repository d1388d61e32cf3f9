"""Severity override: two limits of one quantity are one alert, at the priority of the worst that is due."""

from apps.alerts.models import Priority, State
from tests.alerts.scene import Scene, at, low

LIMITS = [
    low("spo2", 90, delay_s=15, priority=Priority.MEDIUM),
    low("spo2", 85, delay_s=5, priority=Priority.HIGH),
]


def falling_to(value: float, seconds: int = 16) -> Scene:
    scene = Scene(LIMITS)
    for second in range(seconds):
        scene.measure(second, spo2=value)
    return scene


def test_the_worse_limit_raises_the_alert_at_its_own_delay() -> None:
    scene = falling_to(80, seconds=6)
    alert = scene.alerts["spo2_low"]
    assert (alert.state, alert.priority, alert.limit) == (State.ACTIVE, Priority.HIGH, 85)


def test_the_delay_of_the_worse_limit_runs_from_its_own_onset() -> None:
    scene = Scene(LIMITS)
    for second in range(13):
        scene.measure(second, spo2=88)
    for second in (13, 14):
        scene.measure(second, spo2=83)
    scene.measure(15, spo2=83)
    assert scene.alerts["spo2_low"].priority == Priority.MEDIUM
    for second in (16, 17, 18):
        scene.measure(second, spo2=83)
    alert = scene.alerts["spo2_low"]
    assert (alert.priority, alert.since) == (Priority.HIGH, at(0))


def test_a_value_that_becomes_worse_calls_again_though_it_was_acknowledged() -> None:
    scene = falling_to(88)
    scene.acknowledge("spo2_low")
    for second in range(16, 22):
        scene.measure(second, spo2=82)
    alert = scene.alerts["spo2_low"]
    assert (alert.state, alert.priority) == (State.ACTIVE, Priority.HIGH)
    assert scene.moves[-1].reason == "became worse"


def test_an_acknowledged_alert_comes_down_with_its_value() -> None:
    scene = falling_to(80)
    scene.acknowledge("spo2_low")
    scene.measure(17, spo2=88)
    alert = scene.alerts["spo2_low"]
    assert (alert.state, alert.priority, alert.text) == (State.ACKNOWLEDGED, Priority.MEDIUM, "SpO₂ 88 % < 90")


def test_an_unacknowledged_alert_of_high_priority_does_not_come_down() -> None:
    scene = falling_to(80)
    scene.measure(17, spo2=88)
    alert = scene.alerts["spo2_low"]
    assert (alert.state, alert.priority, alert.text) == (State.ACTIVE, Priority.HIGH, "SpO₂ 88 % < 90")


def test_there_is_one_alert_only() -> None:
    scene = falling_to(80)
    assert len({move.after.key for move in scene.moves}) == 1
