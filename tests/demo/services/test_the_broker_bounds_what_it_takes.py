"""Nothing that a device sends can fill or fell the broker."""

import asyncio
import json
from typing import Any

import nats
import pytest

from apps.demo.services.broker import QUEUE_MAX_AGE_HOURS, QUEUE_MAX_BYTES, QUEUE_MAX_MESSAGES_PER_DEVICE
from apps.demo.services.embedded import RunningServices
from tests.demo.services.conftest import Connect
from tests.demo.services.mqtt_client import Client
from tests.demo.services.process_tree import eventually


@pytest.mark.usefixtures("doorkeeper")
def test_ten_megabytes_are_refused_and_the_broker_lives(
    connect: Connect, ingest: Client, embedded: RunningServices
) -> None:
    before = embedded.supervisor.pid("broker")
    greedy = connect("dev-alice", "first")
    assert not greedy.publish("bl/v1/dev-alice/up/frame", b"x" * 10_000_000)
    assert greedy.lost.is_set()
    modest = connect("dev-alice", "first")
    assert modest.publish("bl/v1/dev-alice/up/frame", b"x" * 1_000_000)
    assert eventually(lambda: [len(payload) for payload in ingest.payloads()] == [1_000_000])
    assert embedded.supervisor.pid("broker") == before


@pytest.mark.usefixtures("doorkeeper")
def test_a_message_leaves_the_queue_when_it_was_acknowledged(
    connect: Connect, ingest: Client, embedded: RunningServices
) -> None:
    alice = connect("dev-alice", "first")
    for number in range(20):
        assert alice.publish("bl/v1/dev-alice/up/frame", b"%d" % number)
    assert eventually(lambda: len(ingest.received) == 20)
    assert eventually(lambda: "subjects" not in _queue(embedded)["state"])


def test_the_queue_has_an_age_a_size_and_a_share_for_each_device(embedded: RunningServices) -> None:
    settings = _queue(embedded)["config"]
    assert settings["max_bytes"] == QUEUE_MAX_BYTES
    assert settings["max_age"] == QUEUE_MAX_AGE_HOURS * 3600 * 10**9
    assert settings["max_msgs_per_subject"] == QUEUE_MAX_MESSAGES_PER_DEVICE
    assert settings["retention"] == "interest"


def _queue(embedded: RunningServices) -> dict[str, Any]:
    callout = embedded.endpoints.callout
    assert callout is not None
    password = embedded.services.secrets.get("broker-janitor")

    async def ask() -> dict[str, Any]:
        connection = await nats.connect(callout.url, user="janitor", password=password)
        wanted = json.dumps({"subjects_filter": "$MQTT.msgs.bl.v1.*.up.>"}).encode()
        answer = await connection.request("$JS.API.STREAM.INFO.$MQTT_msgs", wanted, timeout=5)
        await connection.close()
        found: dict[str, Any] = json.loads(answer.data)
        return found

    return asyncio.run(ask())
