"""Ingest keeps the devices in memory from batch to batch; what is changed meanwhile counts from its commit on."""

import time
from datetime import UTC, datetime, timedelta

from apps.core.tenancy import bind
from apps.devices.models import Binding
from apps.devices.services import bind_device, describe, retire, unbind
from apps.ingest.pipeline import take
from tests.ingest.batches import arrival, device, frame, intake, stored
from tests.personas import World


def patients() -> list[object]:
    return [row[0] for row in stored("SELECT patient_id FROM readings_frame ORDER BY seq")]


def test_a_device_that_has_spoken_is_put_on_somebody_and_moved(world: World) -> None:
    node = device(world.north)
    door, _ = intake()
    take([arrival(node.uid, frame(0))], door)
    with bind(world.north.id):
        bind_device(device=node, patient=world.north.alice, since=datetime.now(UTC) - timedelta(minutes=2))
    take([arrival(node.uid, frame(1))], door)
    with bind(world.north.id):
        bind_device(device=node, patient=world.north.bob, since=datetime.now(UTC) - timedelta(minutes=1))
    take([arrival(node.uid, frame(2))], door)
    with bind(world.north.id):
        unbind(device=node, at=datetime.now(UTC))
    take([arrival(node.uid, frame(3, t=time.time() + 1))], door)
    assert patients() == [None, world.north.alice.pk, world.north.bob.pk, None]


def test_a_binding_that_was_deleted_is_forgotten(world: World) -> None:
    node = device(world.north, world.north.alice)
    door, _ = intake()
    take([arrival(node.uid, frame(0))], door)
    with bind(world.north.id):
        Binding.objects.filter(device=node).delete()
    take([arrival(node.uid, frame(1))], door)
    assert patients() == [world.north.alice.pk, None]


def test_a_binding_that_is_not_committed_does_not_count(world: World) -> None:
    node = device(world.north)
    door, _ = intake()
    take([arrival(node.uid, frame(0))], door)
    with bind(world.north.id):
        bind_device(device=node, patient=world.north.alice, since=datetime.now(UTC) - timedelta(minutes=2))
        take([arrival(node.uid, frame(1))], door)
    take([arrival(node.uid, frame(2))], door)
    assert patients() == [None, None, world.north.alice.pk]


def test_a_device_that_is_retired_is_nobody(world: World) -> None:
    node = device(world.north, world.north.alice)
    door, _ = intake()
    take([arrival(node.uid, frame(0))], door)
    with bind(world.north.id):
        retire(device=node)
    take([arrival(node.uid, frame(1))], door)
    assert patients() == [world.north.alice.pk]
    assert stored("SELECT reason FROM ingest_quarantined") == [("unknown-device",)]


def test_a_node_that_leaves_its_hub_is_no_longer_carried_by_it(world: World) -> None:
    hub, node = device(world.north), device(world.north, world.north.alice)
    with bind(world.north.id):
        describe(device=node, label="", hub=hub)
    door, _ = intake()
    take([arrival(hub.uid, frame(0, node=node.uid))], door)
    with bind(world.north.id):
        describe(device=node, label="", hub=None)
    take([arrival(hub.uid, frame(1, node=node.uid))], door)
    assert patients() == [world.north.alice.pk]
    assert stored("SELECT reason FROM ingest_quarantined") == [("unknown-node",)]


def test_a_device_that_was_unknown_is_known_once_it_is_made(world: World) -> None:
    door, _ = intake()
    take([arrival("node-late", frame(0))], door)
    device(world.north, world.north.alice, uid="node-late")
    take([arrival("node-late", frame(1))], door)
    assert patients() == [world.north.alice.pk]


def test_what_is_known_is_not_read_again(world: World) -> None:
    node = device(world.north, world.north.alice)
    door, _ = intake()
    take([arrival(node.uid, frame(0))], door)
    [before] = door.senders.of([node.uid]).values()
    take([arrival(node.uid, frame(1))], door)
    [after] = door.senders.of([node.uid]).values()
    assert after is before
