"""Credentials are asked for at each connection: adding or revoking one touches no file and no other connection."""

from tests.demo.services.conftest import Connect, Doorkeeper
from tests.demo.services.mqtt_client import Client
from tests.demo.services.process_tree import eventually


def test_both_passwords_of_a_device_work_and_others_do_not(connect: Connect, doorkeeper: Doorkeeper) -> None:
    assert connect("dev-alice", "first").accepted
    assert connect("dev-alice", "second").accepted
    for wrong in ("third", "", "bobs"):
        assert not connect("dev-alice", wrong).accepted
    assert not connect("dev-nobody", "first").accepted


def test_a_new_device_is_accepted_at_once(connect: Connect, doorkeeper: Doorkeeper, ingest: Client) -> None:
    doorkeeper.passwords["dev-new"] = {"fresh"}
    device = connect("dev-new", "fresh")
    assert device.accepted
    assert device.publish("bl/v1/dev-new/up/frame", b"hello")
    assert eventually(lambda: ingest.payloads() == [b"hello"])


def test_kick_disconnects_the_revoked_device_and_nobody_else(connect: Connect, doorkeeper: Doorkeeper) -> None:
    alice = [connect("dev-alice", "first"), connect("dev-alice", "second")]
    bob = connect("dev-bob", "bobs")
    doorkeeper.passwords["dev-alice"] = {"second"}
    assert doorkeeper.call(doorkeeper.service.kick("dev-alice")) == 2
    assert all(eventually(client.lost.is_set) for client in alice)
    assert not bob.lost.is_set()
    assert not connect("dev-alice", "first").accepted
    assert connect("dev-alice", "second").accepted


def test_who_is_connected_can_be_listed(connect: Connect, doorkeeper: Doorkeeper, ingest: Client) -> None:
    connect("dev-alice", "first")
    connect("dev-bob", "bobs")
    listed = doorkeeper.call(doorkeeper.service.connected())
    assert {"dev-alice", "dev-bob"} <= set(listed)
    assert "ingest" not in listed
    assert all(since.tzinfo is not None for since in listed.values())
