"""The lossy live path: after the commit, without waiting, and never with an error into the caller."""

import asyncio
import os
import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from channels.layers import channel_layers, get_channel_layer
from django.db import transaction

from apps.core import publish as module
from apps.core.publish import QUEUE_LENGTH, counts, flush, publish

PATIENCE_S = 20


@pytest.fixture
def group() -> str:
    return f"patient.{uuid.uuid4()}"


@pytest.fixture
def fresh() -> Iterator[None]:
    """A publisher of this test's own."""
    module._forget()
    yield
    module._forget()


def heard(group: str, act: Callable[[], None], *, messages: int) -> list[Any]:
    """What a member of a group hears of what `act` publishes."""

    async def listen() -> list[Any]:
        layer = get_channel_layer()
        name = await layer.new_channel()
        await layer.group_add(group, name)
        await asyncio.to_thread(act)
        async with asyncio.timeout(PATIENCE_S):
            found = [(await layer.receive(name)) for _ in range(messages)]
        await layer.flush()
        return found

    return asyncio.run(listen())


def test_a_message_reaches_its_group_in_order(services: None, fresh: None, group: str) -> None:
    def act() -> None:
        for number in range(50):
            publish(group, {"type": "live.wave", "data": bytes([number])})

    assert [message["data"][0] for message in heard(group, act, messages=50)] == list(range(50))


def test_within_a_transaction_it_leaves_with_the_commit(database: None, fresh: None, group: str) -> None:
    def act() -> None:
        with transaction.atomic():
            publish(group, {"type": "live.alert", "number": 1})
            flush()
            assert counts().get("sent", 0) == 0
        publish(group, {"type": "live.alert", "number": 2})

    assert [message["number"] for message in heard(group, act, messages=2)] == [1, 2]


def test_of_what_is_rolled_back_nobody_hears(database: None, fresh: None, group: str) -> None:
    def act() -> None:
        with transaction.atomic():
            publish(group, {"type": "live.alert", "number": 1})
            transaction.set_rollback(True)
        publish(group, {"type": "live.alert", "number": 2})

    assert [message["number"] for message in heard(group, act, messages=1)] == [2]


class Away:
    """A channel layer without its Redis."""

    def __init__(self) -> None:
        self.back = threading.Event()

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        if not self.back.is_set():
            raise ConnectionError("nobody answers")


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch, fresh: None) -> Away:
    layer = Away()
    monkeypatch.setitem(channel_layers.backends, "default", layer)
    monkeypatch.setattr(module, "RETRY_AFTER_S", 0.01)
    return layer


def test_an_outage_is_counted_and_logged_once(away: Away, group: str, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(5):
        publish(group, {"type": "live.wave"})
    flush()
    assert counts() == {"failed": 5}
    assert len([record for record in caplog.records if "is away" in record.message]) == 1
    away.back.set()
    publish(group, {"type": "live.wave"})
    flush()
    assert counts() == {"failed": 5, "sent": 1}
    assert "is back" in caplog.text


def test_when_more_waits_than_can_be_sent_the_oldest_gives_way(away: Away, group: str) -> None:
    for _ in range(3 * QUEUE_LENGTH):
        publish(group, {"type": "live.wave"})
    assert counts()["dropped"] > QUEUE_LENGTH


def test_a_forked_worker_publishes_by_a_thread_of_its_own(services: None, fresh: None, group: str) -> None:
    def act() -> None:
        publish(group, {"type": "live.alert", "from": "parent"})
        flush()
        child = os.fork()
        if child == 0:
            publish(group, {"type": "live.alert", "from": "child"})
            flush()
            os._exit(0 if counts() == {"sent": 1} else 1)
        assert os.waitpid(child, 0)[1] == 0

    assert [message["from"] for message in heard(group, act, messages=2)] == ["parent", "child"]
