"""Two devices on one patient: the screen is given the waves of one of them at a time, and of the truer one."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from apps.core.tenancy import bind
from apps.devices.models import Device
from apps.ingest import showing
from apps.ingest.pipeline import take
from apps.ingest.services import declare_boot
from apps.readings.messages import SEGMENT
from apps.readings.origin import Origin
from tests.ingest.batches import arrival, device, frame, intake
from tests.personas import World

LONG_S = 11.0
Drawn = Callable[[], list[int]]


@pytest.fixture
def drawn(world: World, monkeypatch: pytest.MonkeyPatch) -> Drawn:
    """The first sample of each ECG that Alice's screen was given since the last look."""
    published: list[dict[str, Any]] = []
    monkeypatch.setattr(showing, "watched", lambda: {world.north.alice.pk})
    monkeypatch.setattr(showing, "publish", lambda _group, message: published.append(message))

    def look() -> list[int]:
        parts = [part for message in published for part in message["parts"]]
        segments = [each for part in parts for each in part.get("segments", []) if each["code"] == "ecg"]
        published.clear()
        return [int.from_bytes(each["data"][SEGMENT.size : SEGMENT.size + 2], "little") for each in segments]

    return look


def ecg(seq: int, t: float, first: int, **more: Any) -> dict[str, Any]:
    wave = {"rate": 250, "unit": "uV", "scale": 1, "offset": 0, "samples": [first] * 250}
    return frame(seq, t=t, waves={"ecg": wave}, values={}, **more)


def simulated(device: Device, boot: str) -> None:
    with bind(device.organization_id):
        declare_boot(device=device, boot=boot, origin=Origin.SIMULATED)


def test_two_signals_are_not_mixed(world: World, drawn: Drawn) -> None:
    first, second = device(world.north, world.north.alice), device(world.north, world.north.alice)
    door, _ = intake()
    now = time.time() - 60
    for second_of in range(3):
        at = now + second_of
        take([arrival(first.uid, ecg(second_of, at, 1)), arrival(second.uid, ecg(second_of, at + 0.3, 2))], door)
    assert drawn() == [1, 1, 1]


def test_when_one_falls_silent_the_other_is_shown(world: World, drawn: Drawn) -> None:
    first, second = device(world.north, world.north.alice), device(world.north, world.north.alice)
    door, _ = intake()
    now = time.time() - 60
    take([arrival(first.uid, ecg(0, now, 1)), arrival(second.uid, ecg(0, now + 0.3, 2))], door)
    take([arrival(second.uid, ecg(1, now + LONG_S, 2))], door)
    assert drawn() == [1, 2]


def test_a_recording_is_shown_instead_of_a_made_up_body_and_what_is_measured_instead_of_both(
    world: World, drawn: Drawn
) -> None:
    node, real = device(world.north, world.north.alice), device(world.north, world.north.alice)
    simulated(node, "5a5a5a5a")
    with bind(world.north.id):
        declare_boot(device=node, boot="4e4e4e4e", origin=Origin.REPLAYED)
    door, _ = intake()
    now = time.time() - 60
    for second in range(2):
        take([arrival(node.uid, ecg(second, now + second, 1, boot="5a5a5a5a"))], door)
        take([arrival(node.uid, ecg(second, now + second + 0.3, 2, boot="4e4e4e4e"))], door)
    assert drawn() == [1, 2, 2]
    take([arrival(real.uid, ecg(0, now + 2, 3))], door)
    take([arrival(node.uid, ecg(2, now + 2.3, 2, boot="4e4e4e4e"))], door)
    assert drawn() == [3]


def test_a_late_frame_of_the_signal_that_is_shown_fills_its_gap(world: World, drawn: Drawn) -> None:
    node = device(world.north, world.north.alice)
    door, _ = intake()
    now = time.time() - 60
    take([arrival(node.uid, ecg(1, now + 1, 2)), arrival(node.uid, ecg(0, now, 1))], door)
    assert drawn() == [2, 1]


def test_a_frame_that_is_stored_already_is_not_shown_again(world: World, drawn: Drawn) -> None:
    node = device(world.north, world.north.alice)
    door, _ = intake()
    content = arrival(node.uid, ecg(0, time.time() - 60, 1))
    take([content], door)
    take([content], door)
    assert drawn() == [1]


def test_two_processes_that_take_a_device_each_show_one_of_them(world: World, drawn: Drawn) -> None:
    first, second = device(world.north, world.north.alice), device(world.north, world.north.alice)
    (one, _), (other, _) = intake(), intake()
    now = time.time() - 60
    for second_of in range(3):
        take([arrival(first.uid, ecg(second_of, now + second_of, 1))], one)
        take([arrival(second.uid, ecg(second_of, now + second_of + 0.3, 2))], other)
    assert drawn() == [1, 1, 1]
