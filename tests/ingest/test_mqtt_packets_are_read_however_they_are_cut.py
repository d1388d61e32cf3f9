"""A stream is cut anywhere; a packet counts once it is whole, and what is no MQTT is refused."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ingest import mqtt

STREAM = (
    mqtt.publish("bl/v1/node-0001/up/frame", b"x" * 200) + mqtt.puback(7) + mqtt.PING + mqtt.publish("t", b"y" * 20_000)
)
TYPES = [mqtt.PUBLISH, mqtt.PUBACK, 0xC0, mqtt.PUBLISH]


def read(data: bytes) -> tuple[list[int], int]:
    found = list(mqtt.packets(data))
    return [first for first, _, _ in found], found[-1][2] if found else 0


def test_all_packets_of_a_stream_are_found() -> None:
    assert read(STREAM) == (TYPES, len(STREAM))


@given(st.lists(st.integers(0, len(STREAM)), max_size=6))
def test_a_stream_in_pieces_gives_the_same_packets(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(STREAM)]
    types, rest = [], b""
    for begin, end in pairwise(edges):
        rest += STREAM[begin:end]
        found, upto = read(rest)
        types += found
        rest = rest[upto:]
    assert (types, rest) == (TYPES, b"")


@pytest.mark.parametrize("size", [0, 127, 128, 16_383, 16_384, 2_097_152])
def test_a_message_is_read_as_it_was_written(size: int) -> None:
    data = mqtt.publish("bl/v1/node-0001/down/ack", b"z" * size)
    [(first, begin, end)] = mqtt.packets(data)
    assert mqtt.message(data, first, begin, end) == ("bl/v1/node-0001/down/ack", b"z" * size, None)


def test_a_message_to_be_acknowledged_has_a_packet_id() -> None:
    body = b"\x00\x01t" + b"\x12\x34" + b"payload"
    data = mqtt.head(mqtt.PUBLISH | mqtt.QOS_1, len(body)) + body
    [(first, begin, end)] = mqtt.packets(data)
    assert mqtt.message(data, first, begin, end) == ("t", b"payload", 0x1234)


def test_a_length_without_end_is_refused() -> None:
    with pytest.raises(mqtt.ProtocolError):
        list(mqtt.packets(b"\x30\xff\xff\xff\xff\x01"))


@pytest.mark.parametrize("body", [b"", b"\x00", b"\x00\x05ab", b"\x00\x01t\x01", b"\x00\x02\xff\xfe\x00\x01"])
def test_a_message_without_a_whole_topic_is_refused(body: bytes) -> None:
    data = mqtt.head(mqtt.PUBLISH | mqtt.QOS_1, len(body)) + body
    [(first, begin, end)] = mqtt.packets(data)
    with pytest.raises(mqtt.ProtocolError):
        mqtt.message(data, first, begin, end)


def test_a_connection_asks_for_a_session_that_is_kept() -> None:
    kept = mqtt.connect("c", "user", "secret", clean=False, keepalive_s=20)
    clean = mqtt.connect("c", "user", "secret", clean=True, keepalive_s=20)
    assert kept == b"\x10\x1b\x00\x04MQTT\x04\xc0\x00\x14\x00\x01c\x00\x04user\x00\x06secret"
    assert clean[9] == kept[9] | 0x02
