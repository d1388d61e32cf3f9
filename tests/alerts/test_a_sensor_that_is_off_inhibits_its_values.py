"""A technical condition makes the values of that sensor, and of no other, meaningless."""

from typing import Any

import pytest

from apps.alerts.models import Kind, Priority, State
from tests.alerts.scene import Scene, at, device, high, low, reading

LIMITS = [high("heart_rate", 120, delay_s=0), low("spo2", 90, delay_s=0)]


def scene_with(*flags: str) -> Scene:
    return Scene(LIMITS, [device("node-1", flags=frozenset(flags))])


def test_lead_off_inhibits_the_heart_rate_of_the_ecg() -> None:
    scene = scene_with("lead_off")
    scene.see(0, reading("heart_rate", 180, 0, source="ecg", device_uid="node-1"))
    assert scene.state("heart_rate_high") is None


@pytest.mark.parametrize(
    "other",
    [
        {"source": "ppg_infrared", "device_uid": "node-1"},
        {"source": "ecg", "device_uid": "node-2"},
        {"source": "hand", "device_uid": ""},
    ],
)
def test_lead_off_does_not_inhibit_what_comes_from_elsewhere(other: dict[str, Any]) -> None:
    scene = scene_with("lead_off")
    scene.see(0, reading("heart_rate", 180, 0, **other))
    assert scene.state("heart_rate_high") == State.ACTIVE


def test_lead_off_inhibits_a_heart_rate_that_the_device_itself_reports() -> None:
    scene = scene_with("lead_off")
    scene.see(0, reading("heart_rate", 180, 0, source="sensor", device_uid="node-1"))
    assert scene.state("heart_rate_high") is None


def test_lead_off_does_not_inhibit_the_saturation() -> None:
    scene = scene_with("lead_off")
    scene.see(0, reading("spo2", 80, 0, source="sensor", device_uid="node-1"))
    assert scene.state("spo2_low") == State.ACTIVE


def test_sensor_off_inhibits_the_saturation() -> None:
    scene = scene_with("sensor_off")
    scene.see(0, reading("spo2", 80, 0, source="sensor", device_uid="node-1"))
    assert scene.state("spo2_low") is None


def test_an_alert_that_is_on_stays_and_says_that_it_is_no_longer_measured() -> None:
    scene = scene_with()
    scene.see(0, reading("heart_rate", 180, 0, source="ecg", device_uid="node-1"))
    scene.devices = [device("node-1", flags=frozenset({"lead_off"}), last_seen_at=at(1))]
    scene.see(1, reading("heart_rate", 60, 1, source="ecg", device_uid="node-1"))
    alert = scene.alerts["heart_rate_high"]
    assert (alert.state, alert.text) == (State.ACTIVE, "Heart rate 180 /min > 120, no longer measured")


@pytest.mark.parametrize("flag", ["lead_off", "sensor_off"])
def test_the_flag_raises_a_technical_alert_of_low_priority_after_five_seconds(flag: str) -> None:
    scene = scene_with(flag)
    scene.see(0)
    scene.see(4)
    assert scene.state(flag) == State.PENDING
    scene.see(5)
    alert = scene.alerts[flag]
    assert (alert.state, alert.kind, alert.priority) == (State.ACTIVE, Kind.TECHNICAL, Priority.LOW)
    assert alert.text.endswith("off, node-1")


def test_it_ends_when_the_flag_is_gone() -> None:
    scene = scene_with("lead_off")
    scene.see(0)
    scene.see(5)
    scene.devices = [device("node-1", last_seen_at=at(6))]
    scene.see(6)
    assert scene.alerts == {}
