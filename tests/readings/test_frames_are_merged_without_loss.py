"""Merged or not, all that can be read of a patient is the same, to the last bit."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from apps.devices.models import Device
from apps.readings.merging import Merged, merge_frames
from apps.readings.origin import Origin
from apps.readings.selectors import raw, trends
from apps.readings.waves import Wave
from tests.factories import a_device, a_frame, a_wave, derived
from tests.personas import Hospital, World
from tests.readings.stored import START, At, at, count, readings, rows, waves

END = START + timedelta(hours=2)
Write = Callable[[Hospital, Device, Device], None]


def ecg(second: int, *, rate_hz: float = 250.0, scale: float = 2.5) -> Wave:
    """A second of something that is alike in no two seconds."""
    counts = np.random.default_rng(second).integers(-900, 900, int(rate_hz)).tolist()
    return a_wave("ecg", counts, rate_hz=rate_hz, scale=scale)


def ppg(second: int) -> Wave:
    return a_wave("ppg_red", list(range(second, second + 100)), rate_hz=100.0, scale=1.0)


def around_midnight(hospital: Hospital, node: Device, other: Device) -> None:
    """Forty minutes on both sides of midnight, a value in some of the frames, a wave in others."""
    for second in range(2400, 4800, 31):
        a_frame(hospital.alice, node, at(second), values={"spo2": 90 + second % 89 / 10}, waves=[ecg(second)])
        derived(hospital.alice, node, at(second), {"heart_rate": 60 + second / 7})


def with_gaps(hospital: Hospital, node: Device, other: Device) -> None:
    for second in (*range(100, 130), *range(131, 140), *range(890, 910)):
        a_frame(hospital.alice, node, at(second), waves=[ecg(second), ppg(second)])
    a_frame(hospital.alice, node, at(940.004), waves=[ecg(940)])


def of_two_devices_at_once(hospital: Hospital, node: Device, other: Device) -> None:
    for second in range(20):
        a_frame(hospital.alice, node, at(second), values={"spo2": 97.0}, waves=[ecg(second)])
        a_frame(hospital.alice, other, at(second + 0.5), values={"spo2": 96.0}, waves=[ecg(second + 500)])
        derived(hospital.alice, node if second % 2 else other, at(second), {"heart_rate": 70.0, "pulse_rate": 69.5})


def of_changing_kinds(hospital: Hospital, node: Device, other: Device) -> None:
    frames: list[dict[str, Any]] = [
        {"waves": [ecg(0)]},
        {"waves": [ecg(1, scale=5.0)]},
        {"waves": [ecg(2, rate_hz=500.0)]},
        {"waves": [ecg(3)], "origin": Origin.REPLAYED},
        {"waves": [ppg(4)]},
        {"values": {"glucose": 5.5}},
        {"values": {"weight": 70.25, "spo2": 1 / 3}, "waves": [a_wave("emg", [32767, -32768] * 50, scale=0.1)]},
        {},
    ]
    for second, frame in enumerate(frames):
        a_frame(hospital.alice, node, at(second), **frame)


def of_one_moment(hospital: Hospital, node: Device, other: Device) -> None:
    """As a replay leaves it: a channel that was added stands beside its frame."""
    for _ in range(2):
        a_frame(hospital.alice, node, at(7), values={"spo2": 97.0, "glucose": 5.0})
        a_frame(hospital.alice, other, at(7), values={"spo2": 97.0}, waves=[ppg(1)])
        a_frame(hospital.alice, node, at(7), waves=[ecg(1)])


ALL: list[Write] = [around_midnight, with_gaps, of_two_devices_at_once, of_changing_kinds, of_one_moment]


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw, "PAGE_SIZE", 7)
    monkeypatch.setattr(trends, "PAGE_SIZE", 7)


def two_devices(hospital: Hospital) -> tuple[Device, Device]:
    slug = hospital.organization.slug
    return a_device(hospital, f"{slug}-one"), a_device(hospital, f"{slug}-two")


def seen(hospital: Hospital) -> Any:
    """All of it, and cuts in the middle of frames and windows."""
    spans = [(START, END), (at(104.3), at(893.777)), (at(3), at(900)), (at(900), at(901)), (at(2999), at(3700))]
    return [
        (
            readings(hospital, hospital.alice, start=start, end=end),
            waves(hospital, hospital.alice, start=start, end=end),
        )
        for start, end in spans
    ]


@pytest.mark.parametrize("write", ALL, ids=lambda write: write.__name__)
def test_everything_reads_the_same_before_and_after(world: World, small_pages: None, write: Write) -> None:
    for hospital in (world.north, world.south):
        write(hospital, *two_devices(hospital))
    before = seen(world.north), seen(world.south)
    frames = count("readings_frame", world.north)
    assert merge_frames(world.north.id).frames == frames > 0
    assert count("readings_frame", world.north) == count("readings_derived", world.north) == 0
    assert count("readings_frame", world.south) == frames
    assert (seen(world.north), seen(world.south)) == before


def test_half_merged_it_reads_the_same(world: World, small_pages: None) -> None:
    around_midnight(world.north, *two_devices(world.north))
    before = seen(world.north)
    merge_frames(world.north.id, clock=At(at(3600) + timedelta(hours=1)), older_than=timedelta(hours=1))
    assert count("readings_block") > 0
    assert count("readings_frame") > 0
    assert seen(world.north) == before


def test_late_frames_are_merged_into_what_was_merged(world: World, small_pages: None) -> None:
    node, other = two_devices(world.north)
    with_gaps(world.north, node, other)
    merge_frames(world.north.id)
    blocks = count("readings_block")
    a_frame(world.north.alice, node, at(130), values={"spo2": 97.0}, waves=[ecg(130)], late=True)
    of_two_devices_at_once(world.north, other, node)
    before = seen(world.north)
    late = merge_frames(world.north.id)
    assert (late.stretches, late.frames, late.derived) == (1, 41, 20)
    assert seen(world.north) == before
    assert count("readings_frame") == 0
    # Of the other device's ECG there was none in this window; the rest went into the blocks that were there.
    assert count("readings_block") == blocks + 1


def test_a_gap_that_is_filled_late_is_none_any_more(world: World) -> None:
    node, _ = two_devices(world.north)
    for second in (0, 2):
        a_frame(world.north.alice, node, at(second), waves=[ecg(second)])
    merge_frames(world.north.id)
    assert len(waves(world.north, world.north.alice, start=START, end=END)["ecg"]) == 2
    a_frame(world.north.alice, node, at(1), waves=[ecg(1)])
    for _ in range(2):
        assert len(waves(world.north, world.north.alice, start=START, end=END)["ecg"]) == 1
        merge_frames(world.north.id)


def test_doing_it_again_changes_nothing(world: World) -> None:
    around_midnight(world.north, *two_devices(world.north))
    merge_frames(world.north.id)
    before = rows("readings_block"), rows("readings_valueblock")
    assert merge_frames(world.north.id) == Merged()
    assert (rows("readings_block"), rows("readings_valueblock")) == before


def test_what_is_young_is_left_alone(world: World) -> None:
    node, _ = two_devices(world.north)
    now = START + timedelta(hours=30)
    for hours in (2.9, 3.3, 4.0):
        a_frame(world.north.alice, node, now - timedelta(hours=hours), values={"spo2": 97.0})
    assert merge_frames(world.north.id, clock=At(now)).frames == 2
    assert count("readings_frame") == 1
    with pytest.raises(ValueError, match="younger"):
        merge_frames(world.north.id, older_than=timedelta(minutes=59))


def test_what_was_measured_on_nobody_is_merged_too(world: World) -> None:
    node, other = two_devices(world.north)
    for device in (node, other):
        a_frame(None, device, at(1), values={"spo2": 97.0}, waves=[ecg(1)])
    a_frame(world.north.alice, node, at(2), values={"spo2": 96.0}, waves=[ecg(2)])
    assert merge_frames(world.north.id).frames == 3
    a_frame(None, node, at(3), waves=[ecg(3)])
    assert merge_frames(world.north.id).frames == 1
    assert count("readings_frame") == 0
    found = rows("readings_valueblock", columns="patient_id, device_id, entries", order="3, 2")
    assert set(found) == {(None, node.pk, 2), (None, other.pk, 1), (world.north.alice.pk, node.pk, 1)}
    assert [reading.value for reading in readings(world.north, world.north.alice, start=START, end=END)] == [96.0]
