"""Whose a frame is follows from the device and its binding at the frame's time, never from the payload."""

from datetime import UTC, datetime, timedelta

from apps.core.tenancy import bind
from apps.devices.services import bind_device
from apps.ingest.pipeline import take
from tests.ingest.batches import arrival, device, frame, intake, stored
from tests.personas import World


def test_a_frame_belongs_to_whom_the_device_was_on_when_it_was_measured(world: World) -> None:
    node = device(world.north, world.north.alice)
    moved_at = datetime.now(UTC) - timedelta(hours=1)
    with bind(world.north.id):
        bind_device(device=node, patient=world.north.bob, since=moved_at)
    door, _ = intake()
    earlier, later = moved_at.timestamp() - 5, moved_at.timestamp() + 5
    take([arrival(node.uid, frame(1, t=later)), arrival(node.uid, frame(0, t=earlier))], door)
    rows = stored("SELECT seq, patient_id FROM readings_frame ORDER BY seq")
    assert rows == [(0, world.north.alice.pk), (1, world.north.bob.pk)]


def test_a_device_on_nobody_is_stored_for_its_organization(world: World) -> None:
    node = device(world.north)
    door, _ = intake()
    take([arrival(node.uid, frame(0))], door)
    assert stored("SELECT organization_id, patient_id FROM readings_frame") == [(world.north.id, None)]


def test_a_payload_that_names_another_patient_or_tenant_changes_nothing(world: World) -> None:
    node = device(world.north, world.north.alice)
    door, _ = intake()
    claim = {"organization": str(world.south.id), "patient": str(world.south.alice.pk)}
    take([arrival(node.uid, frame(0, **claim))], door)
    rows = stored("SELECT organization_id, patient_id FROM readings_frame")
    assert rows == [(world.north.id, world.north.alice.pk)]


def test_a_node_speaks_through_its_hub_and_is_answered_there(world: World) -> None:
    hub, node = device(world.north), device(world.north, world.north.alice)
    with bind(world.north.id):
        node.hub = hub
        node.save()
    door, sent = intake()
    take([arrival(hub.uid, frame(0, node=node.uid))], door)
    assert stored("SELECT device_id, patient_id FROM readings_frame") == [(node.pk, world.north.alice.pk)]
    assert sent[0][0] == f"bl/v1/{hub.uid}/down/ack"
    assert f'"node":"{node.uid}"'.encode() in sent[0][1]


def test_a_node_through_its_hub_and_by_itself_is_stored_once(world: World) -> None:
    hub, node = device(world.north), device(world.north, world.north.alice)
    with bind(world.north.id):
        node.hub = hub
        node.save()
    door, _ = intake()
    take([arrival(hub.uid, frame(0, node=node.uid)), arrival(node.uid, frame(0))], door)
    assert len(stored()) == 1


def test_a_stranger_through_a_hub_is_quarantined(world: World) -> None:
    hub, stranger = device(world.north), device(world.south, world.south.alice)
    door, _ = intake()
    take([arrival(hub.uid, frame(0, node=stranger.uid))], door)
    assert stored() == []
    assert stored("SELECT organization_id, reason FROM ingest_quarantined") == [(world.north.id, "unknown-node")]


def test_a_frame_from_nobody_we_know_is_the_operators_to_see(world: World) -> None:
    door, _ = intake()
    take([arrival("ghost-01", frame(0))], door)
    assert stored("SELECT organization_id, reason FROM ingest_quarantined") == [(None, "unknown-device")]
