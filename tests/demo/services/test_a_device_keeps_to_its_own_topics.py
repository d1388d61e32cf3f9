"""What the broker lets a device do: its own `up`, its own `down`, nothing else."""

import asyncio

import nats
import pytest

from apps.demo.services.embedded import Endpoints
from tests.demo.services.conftest import Connect, Doorkeeper
from tests.demo.services.mqtt_client import Client
from tests.demo.services.process_tree import eventually

pytestmark = pytest.mark.usefixtures("doorkeeper")


def test_its_own_frames_arrive_and_it_hears_what_is_said_to_it(
    connect: Connect, ingest: Client, platform: Client
) -> None:
    alice = connect("dev-alice", "first")
    assert alice.subscribe("bl/v1/dev-alice/down/#")
    assert alice.publish("bl/v1/dev-alice/up/frame", b"frame")
    assert platform.publish("bl/v1/dev-alice/down/command", b"identify")
    assert eventually(lambda: ingest.received == [("bl/v1/dev-alice/up/frame", b"frame")])
    assert eventually(lambda: alice.received == [("bl/v1/dev-alice/down/command", b"identify")])


@pytest.mark.parametrize(
    "topic", ["bl/v1/dev-bob/up/frame", "bl/v1/dev-alice/down/ack", "$MQTT/msgs/bl/v1/dev-bob/up/frame", "other"]
)
@pytest.mark.parametrize("retain", [False, True])
def test_a_publish_to_a_foreign_topic_does_not_arrive(
    connect: Connect, ingest: Client, topic: str, retain: bool
) -> None:
    bob = connect("dev-bob", "bobs")
    assert bob.subscribe("bl/v1/dev-bob/down/#")
    alice = connect("dev-alice", "first")
    alice.publish(topic, b"foreign", retain=retain)
    assert alice.publish("bl/v1/dev-alice/up/frame", b"own")
    assert eventually(lambda: b"own" in ingest.payloads())
    assert ingest.payloads() == [b"own"]
    assert bob.payloads() == []


@pytest.mark.parametrize("topic", ["bl/v1/dev-bob/down/#", "bl/v1/dev-bob/up/#", "bl/v1/+/down/#", "#", "$MQTT/sub/#"])
def test_a_subscription_to_a_foreign_topic_is_refused_and_hears_nothing(
    connect: Connect, platform: Client, topic: str
) -> None:
    alice = connect("dev-alice", "first")
    assert not alice.subscribe(topic)
    bob = connect("dev-bob", "bobs")
    assert bob.subscribe("bl/v1/dev-bob/down/#")
    assert platform.publish("bl/v1/dev-bob/down/ack", b"for bob")
    assert eventually(lambda: bob.payloads() == [b"for bob"])
    assert alice.payloads() == []


def test_a_last_will_reaches_its_own_topic_only(connect: Connect, ingest: Client) -> None:
    connect("dev-alice", "first", will=("bl/v1/dev-bob/up/status", b"foreign will")).break_off()
    connect("dev-alice", "first", will=("bl/v1/dev-alice/up/status", b"own will")).break_off()
    assert eventually(lambda: b"own will" in ingest.payloads())
    assert b"foreign will" not in ingest.payloads()


def test_another_devices_lasting_session_gives_nothing_away(connect: Connect, platform: Client) -> None:
    bob = connect("dev-bob", "bobs", client_id="bobs-session", clean=False)
    assert bob.subscribe("bl/v1/dev-bob/down/#")
    bob.__exit__()
    assert platform.publish("bl/v1/dev-bob/down/command", b"for bob")
    thief = connect("dev-alice", "first", client_id="bobs-session", clean=False)
    assert thief.accepted
    assert thief.subscribe("bl/v1/dev-alice/down/#")
    assert platform.publish("bl/v1/dev-alice/down/ack", b"for alice")
    assert eventually(lambda: b"for alice" in thief.payloads())
    assert thief.payloads() == [b"for alice"]


def test_a_device_that_is_connected_keeps_its_client_id(connect: Connect) -> None:
    bob = connect("dev-bob", "bobs", client_id="shared-name")
    assert not connect("dev-alice", "first", client_id="shared-name").accepted
    assert not bob.lost.is_set()
    bob.__exit__()
    assert eventually(lambda: bool(connect("dev-alice", "first", client_id="shared-name").accepted))


def test_the_client_ids_of_the_platform_are_reserved(connect: Connect) -> None:
    assert not connect("dev-alice", "first", client_id="bodylink:ingest-main").accepted


def test_a_device_is_let_in_by_mqtt_only(endpoints: Endpoints, doorkeeper: Doorkeeper) -> None:
    assert endpoints.callout is not None
    url = endpoints.callout.url

    async def connect_by_nats() -> None:
        connection = await nats.connect(url, user="dev-alice", password="first", allow_reconnect=False)
        await connection.close()

    with pytest.raises(nats.errors.Error, match="Authorization Violation"):
        asyncio.run(connect_by_nats())


@pytest.mark.parametrize("name", ["*", ">", "dev-*", "a.b.c.d", "DEV-ALICE", "x", "ingest\n"])
def test_a_name_that_is_no_uid_is_refused_whatever_its_password(
    connect: Connect, doorkeeper: Doorkeeper, name: str
) -> None:
    doorkeeper.passwords[name] = {"known"}
    assert not connect(name, "known").accepted
