"""No frame for fifteen seconds from a device that is in use."""

from dataclasses import replace

import pytest

from apps.alerts.models import Kind, Priority, State
from tests.alerts.scene import Scene, at, device, low, reading

HOUR = 3600


def test_fifteen_seconds_of_silence_raise_a_technical_alert_that_names_the_device() -> None:
    scene = Scene(devices=[device("replay-119")])
    scene.see(15)
    assert scene.alerts == {}
    scene.see(15.1)
    alert = scene.alerts["device_silent"]
    assert (alert.state, alert.kind, alert.priority) == (State.ACTIVE, Kind.TECHNICAL, Priority.MEDIUM)
    assert (alert.text, alert.since) == ("No data from replay-119", at(0))
    assert alert.device_id == scene.devices[0].id


def test_it_ends_with_the_next_frame() -> None:
    scene = Scene(devices=[device()])
    scene.see(20)
    scene.devices = [device(last_seen_at=at(21))]
    scene.see(21)
    assert scene.alerts == {}
    assert scene.moves[-1].reason == "heard again"


def test_one_that_was_never_heard_is_not_missed() -> None:
    scene = Scene(devices=[device(last_seen_at=None)])
    scene.see(600)
    assert scene.moves == []


def test_one_that_was_last_heard_days_ago_on_somebody_else_is_not_missed() -> None:
    scene = Scene(devices=[device(last_seen_at=at(-30 * HOUR), bound_since=at(-HOUR))])
    scene.see(0)
    assert scene.moves == []


def test_one_that_was_heard_on_this_patient_is_missed_for_as_long_as_it_takes() -> None:
    scene = Scene(devices=[device(last_seen_at=at(-30 * HOUR), bound_since=at(-40 * HOUR))])
    scene.see(0)
    assert scene.state("device_silent") == State.ACTIVE


def test_one_that_was_just_put_on_has_fifteen_seconds_to_speak() -> None:
    scene = Scene(devices=[device(last_seen_at=at(-HOUR), bound_since=at(0))])
    scene.see(14)
    assert scene.moves == []
    scene.see(16)
    assert scene.alerts["device_silent"].since == at(0)


def test_one_that_is_taken_off_takes_its_alerts_with_it() -> None:
    scene = Scene(devices=[device()])
    scene.see(20)
    scene.devices = []
    scene.see(21)
    assert scene.alerts == {}
    assert scene.moves[-1].reason == "the device was taken off"


def test_each_device_is_reported_by_itself() -> None:
    scene = Scene(devices=[device("one"), device("two")])
    assert {move.after.text for move in scene.see(20)} == {"No data from one", "No data from two"}


def test_what_a_silent_device_last_said_of_itself_neither_raises_nor_ends() -> None:
    flagged = device(flags=frozenset({"lead_off"}))
    scene = Scene(devices=[flagged])
    scene.see(20)
    assert set(scene.alerts) == {"device_silent"}
    scene = Scene(devices=[flagged])
    scene.see(0)
    scene.see(6)
    scene.devices = [replace(flagged, flags=frozenset())]
    scene.see(30)
    assert set(scene.alerts) == {"lead_off", "device_silent"}


@pytest.mark.parametrize("second", [16, 40])
def test_the_values_of_a_silent_device_raise_nothing(second: float) -> None:
    scene = Scene([low("spo2", 90, delay_s=0)], [device()])
    scene.see(second, reading("spo2", 80, second, measured_at=0, device_uid="node-1"))
    assert set(scene.alerts) == {"device_silent"}
