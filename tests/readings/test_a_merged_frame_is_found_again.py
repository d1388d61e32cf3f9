"""A single frame can be had back out of its blocks, as its row was: the preview of a silent device shows it."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from apps.core.tenancy import bind
from apps.devices.models import Device, DeviceStatus
from apps.devices.preview import last_frame
from apps.readings.merged import merged_frame
from apps.readings.merging import merge_frames
from apps.readings.models import Frame
from tests.factories import a_device, a_frame, a_wave, now
from tests.personas import World
from tests.readings.stored import at

SECOND = timedelta(seconds=1)


def frames(world: World, device: Device) -> list[dict[str, Any]]:
    with bind(world.north.id):
        return [columns(frame) for frame in Frame.objects.filter(device_id=device.pk).order_by("t")]


def columns(frame: Frame) -> dict[str, Any]:
    found = {field.attname: getattr(frame, field.attname) for field in Frame._meta.concrete_fields}
    return found | {"waves": bytes(frame.waves)}


def test_every_column_of_it(world: World) -> None:
    node = a_device(world.north, "node-0001")
    waves = [a_wave("ecg", list(range(-125, 125))), a_wave("ppg_red", [50_000 - 2**15] * 96, rate_hz=100, scale=1.0)]
    a_frame(world.north.alice, node, at(899), values={"weight": 1 / 3, "spo2": 97.0}, waves=waves)
    a_frame(None, node, at(900.123457), waves=waves[:1])
    a_frame(world.north.bob, node, at(902), values={"spo2": 90.0})
    before = frames(world, node)
    merge_frames(world.north.id)
    assert frames(world, node) == []
    with bind(world.north.id):
        for frame in before:
            again = merged_frame(node.pk, boot=frame["boot"], seq=frame["seq"], at=frame["t"], within=SECOND)
            assert again is not None
            assert columns(again) == frame
        assert merged_frame(node.pk, boot="b007", seq=10**9, at=at(899), within=SECOND) is None


def test_not_by_another_organization(world: World) -> None:
    node = a_device(world.north, "node-0001")
    a_frame(world.north.alice, node, at(1), values={"spo2": 97.0})
    (frame,) = frames(world, node)
    merge_frames(world.north.id)
    with bind(world.south.id):
        assert merged_frame(node.pk, boot=frame["boot"], seq=frame["seq"], at=at(1), within=SECOND) is None


def test_the_preview_of_a_device_that_fell_silent(world: World) -> None:
    node = a_device(world.north, "node-0001")
    a_frame(world.north.alice, node, at(1), values={"spo2": 97.0}, waves=[a_wave("ecg", [7] * 250)])
    (frame,) = frames(world, node)
    with bind(world.north.id):
        DeviceStatus.objects.create(
            organization_id=world.north.id,
            device=node,
            last_seen_at=now(),
            last_frame_t=at(1.0004),
            last_frame_boot=frame["boot"],
            last_frame_seq=frame["seq"],
        )
        before = last_frame(node)
    merge_frames(world.north.id)
    with bind(world.north.id):
        after = last_frame(node)
    assert before is not None
    assert after is not None
    one, other = asdict(before), asdict(after)
    assert [wave.pop("samples").tolist() for wave in one["waves"]] == [
        wave.pop("samples").tolist() for wave in other["waves"]
    ]
    assert one == other
