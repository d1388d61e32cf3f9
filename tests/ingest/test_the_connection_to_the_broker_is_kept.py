"""Ingest's connection against a broker of the test's own, which refuses, hangs up and redelivers as it is told."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from threading import Thread

import pytest

from apps.ingest import mqtt, subscriber
from apps.ingest.arrival import Arrival, Receipt
from apps.ingest.subscriber import Subscriber

PATIENCE_S = 20.0
CONNACK, SUBACK = b"\x20\x02\x00\x00", b"\x90\x03\x00\x01\x01"


class Broker:
    """Listens on a port; each connection of the client is taken by hand."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(PATIENCE_S)
        self.port: int = self.listener.getsockname()[1]

    def welcome(self) -> socket.socket:
        """The next connection, with everything agreed to."""
        client = self.taken(CONNACK)
        expect(client, mqtt.unsubscribe(f"$share/{subscriber._group('se/cret')}/{subscriber.TOPIC}"))
        expect(client, mqtt.subscribe(subscriber.TOPIC, qos=1))
        client.sendall(SUBACK)
        return client

    def taken(self, answer: bytes) -> socket.socket:
        client, _ = self.listener.accept()
        client.settimeout(PATIENCE_S)
        expect(client, mqtt.connect("bodylink-ingest-one", "us er", "se/cret", clean=False, keepalive_s=20))
        client.sendall(answer)
        return client


def expect(client: socket.socket, wanted: bytes) -> None:
    got = b""
    while len(got) < len(wanted):
        got += client.recv(len(wanted) - len(got))
    assert got == wanted


def frame(packet_id: int, payload: bytes = b"frame") -> bytes:
    topic = b"bl/v1/node-0001/up/frame"
    body = len(topic).to_bytes(2, "big") + topic + packet_id.to_bytes(2, "big") + payload
    return mqtt.head(mqtt.PUBLISH | mqtt.QOS_1, len(body)) + body


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def arrived(ingest: Subscriber, count: int) -> list[Arrival]:
    found: list[Arrival] = []
    until(lambda: len(found.__iadd__(ingest.batch(wait_s=0.05))) >= count)
    return found


@pytest.fixture
def broker() -> Iterator[Broker]:
    made = Broker()
    with closing(made.listener):
        yield made


@pytest.fixture
def ingest(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> Iterator[Subscriber]:
    monkeypatch.setattr(subscriber, "PAUSE_S", 0.01)
    made = Subscriber(f"mqtt://us%20er:se%2Fcret@127.0.0.1:{broker.port}", "one")
    made.start()
    yield made
    made.stop()


def test_frames_arrive_and_are_acknowledged_when_they_are_flushed(broker: Broker, ingest: Subscriber) -> None:
    with broker.welcome() as client:
        client.sendall(frame(1) + frame(2))
        found = arrived(ingest, 2)
        assert [(each.uid, each.payload, each.receipt) for each in found] == [
            ("node-0001", b"frame", Receipt(1, 1)),
            ("node-0001", b"frame", Receipt(1, 2)),
        ]
        ingest.acknowledge(found)
        ingest.send("bl/v1/node-0001/down/ack", b"{}")
        ingest.flush()
        expect(client, mqtt.puback(1) + mqtt.puback(2) + mqtt.publish("bl/v1/node-0001/down/ack", b"{}"))


def test_a_frame_in_many_pieces_arrives_whole(broker: Broker, ingest: Subscriber) -> None:
    sent = frame(1, b"x" * 300_000)
    with broker.welcome() as client:
        for start in range(0, len(sent), 70_001):
            client.sendall(sent[start : start + 70_001])
            time.sleep(0.01)
        [found] = arrived(ingest, 1)
    assert found.payload == b"x" * 300_000


def test_it_comes_back_when_the_broker_hangs_up(broker: Broker, ingest: Subscriber) -> None:
    with broker.welcome():
        until(lambda: ingest.connected)
    until(lambda: not ingest.connected)
    with broker.welcome():
        until(lambda: ingest.connected)


def test_what_came_by_a_former_connection_is_not_acknowledged_by_the_next(broker: Broker, ingest: Subscriber) -> None:
    with broker.welcome() as client:
        client.sendall(frame(1))
        former = arrived(ingest, 1)
    with broker.welcome() as client:
        client.sendall(frame(2))
        [now] = arrived(ingest, 1)
        ingest.acknowledge([*former, now])
        ingest.flush()
        expect(client, mqtt.puback(2))


@pytest.mark.parametrize(
    "answer", [b"\x20\x02\x00\x05", CONNACK + b"\x90\x03\x00\x01\x80", b"\x00\xff\xff\xff\xff\xff"]
)
def test_a_refusal_and_rubbish_are_survived(broker: Broker, ingest: Subscriber, answer: bytes) -> None:
    with broker.taken(answer), broker.welcome():
        until(lambda: ingest.connected)


def test_while_the_queue_is_full_nothing_is_read(
    broker: Broker, ingest: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory stays bounded: what is too much waits in the broker's socket, and comes when there is room."""
    enough = subscriber.QUEUED_READS + 30
    payload = b"x" * 1_000_000
    with broker.welcome() as client:
        sender = Thread(target=lambda: [client.sendall(frame(number + 1, payload)) for number in range(enough)])
        sender.start()
        until(ingest._arrived.full)
        time.sleep(0.2)
        assert sender.is_alive()
        found = arrived(ingest, enough)
        sender.join(PATIENCE_S)
    assert [each.receipt.packet_id for each in found if each.receipt] == list(range(1, enough + 1))
