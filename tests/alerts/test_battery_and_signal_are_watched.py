"""Technical conditions that a device or its signal tells of."""

from typing import Any

import pytest

from apps.alerts.models import Priority, State
from ml.signals.trouble import Trouble
from tests.alerts.scene import Scene, at, device, reading


def on_battery(second: float, percent: float | None, **other: Any) -> list[Any]:
    return [device(battery_percent=percent, last_seen_at=at(second), **other)]


def test_a_battery_below_fifteen_percent_is_reported_after_ten_seconds() -> None:
    scene = Scene()
    for second in (0, 10):
        scene.devices = on_battery(second, 14)
        scene.see(second)
    alert = scene.alerts["battery_low"]
    assert (alert.state, alert.priority) == (State.ACTIVE, Priority.LOW)
    assert (alert.text, alert.value, alert.limit) == ("Battery 14 % < 15, node-1", 14, 15)


def test_a_battery_that_is_being_charged_is_not_reported() -> None:
    scene = Scene(devices=on_battery(0, 5, charging=True))
    scene.see(0)
    assert scene.moves == []


def test_it_ends_at_twenty_percent_or_on_the_charger() -> None:
    for last in (on_battery(12, 20), on_battery(12, 5, charging=True)):
        scene = Scene(devices=on_battery(10, 14))
        scene.see(0)
        scene.see(10)
        scene.devices = on_battery(11, 18)
        scene.see(11)
        assert scene.state("battery_low") == State.ACTIVE
        scene.devices = last
        scene.see(12)
        assert scene.alerts == {}


def test_a_device_that_does_not_tell_its_battery_is_not_reported() -> None:
    scene = Scene(devices=on_battery(0, None))
    scene.see(0)
    assert scene.moves == []


def poor(scene: Scene, second: float, quality: float) -> None:
    scene.devices = [device(last_seen_at=at(second))]
    scene.see(second, reading("heart_rate", 80, second, quality=quality, source="ecg", device_uid="node-1"))


def test_a_poor_signal_is_reported_after_ten_seconds_and_ends_with_a_good_one() -> None:
    scene = Scene()
    for second in range(10):
        poor(scene, second, 0.2)
    assert scene.state("poor_signal") == State.PENDING
    poor(scene, 10, 0.2)
    assert scene.alerts["poor_signal"].text == "Poor signal (heart rate), node-1"
    poor(scene, 11, 0.9)
    assert scene.alerts == {}


def test_a_poor_signal_of_a_moment_is_not_reported() -> None:
    scene = Scene()
    poor(scene, 0, 0.2)
    poor(scene, 1, 0.9)
    assert scene.transitions == [State.PENDING, State.RESOLVED]


@pytest.mark.parametrize(
    ("trouble", "text"),
    [
        (Trouble.NO_CONTACT, "Poor signal (ecg: no contact), node-1"),
        (Trouble.CONTRADICTED, "Poor signal (ecg: contradicted), node-1"),
        (Trouble.NONE, "Poor signal (ecg), node-1"),
    ],
)
def test_a_poor_wave_says_what_is_wrong_with_it(trouble: Trouble, text: str) -> None:
    scene = Scene()
    for second in range(11):
        scene.devices = [device(last_seen_at=at(second))]
        scene.see(second, reading("ecg", trouble, second, quality=0.2, source="sensor", device_uid="node-1"))
    assert scene.alerts["poor_signal"].text == text
