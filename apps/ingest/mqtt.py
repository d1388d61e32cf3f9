"""The packets of MQTT 3.1.1 that ingest speaks (OASIS standard of 29 October 2014), many at once.

A client library handles one packet at a time: with paho-mqtt, receiving a frame and acknowledging it twice cost more
than storing it (docs/decisions/0008-mqtt-of-ingest.md).
"""

import struct
from collections.abc import Iterator
from struct import Struct
from typing import Final

CONNACK, PUBLISH, PUBACK, SUBACK = 0x20, 0x30, 0x40, 0x90
TYPE: Final = 0xF0
"""The part of the first byte that says what a packet is."""
QOS_1: Final = 0x02
PING: Final = b"\xc0\x00"
DISCONNECT: Final = b"\xe0\x00"
ACCEPTED, REFUSED = 0x00, 0x80
_CONNECT, _SUBSCRIBE, _UNSUBSCRIBE, _PUBACK_OF_TWO_BYTES = 0x10, 0x82, 0xA2, 0x4002
_CLEAN, _PASSWORD, _USER = 0x02, 0x40, 0x80
_LONGEST_LENGTH = 4
_SHORT, _TWO_SHORTS = Struct(">H"), Struct(">HH")


class ProtocolError(Exception):
    """What came is not MQTT."""


def connect(client_id: str, user: str, password: str, *, clean: bool, keepalive_s: int) -> bytes:
    """`clean`: the broker shall keep nothing for this client while it is away."""
    flags = _USER | _PASSWORD | (_CLEAN if clean else 0)
    variable = _text("MQTT") + bytes((4, flags)) + _SHORT.pack(keepalive_s)
    return _packet(_CONNECT, variable + _text(client_id) + _text(user) + _text(password))


def subscribe(topic: str, *, qos: int) -> bytes:
    return _packet(_SUBSCRIBE, _SHORT.pack(1) + _text(topic) + bytes((qos,)))


def unsubscribe(topic: str) -> bytes:
    return _packet(_UNSUBSCRIBE, _SHORT.pack(2) + _text(topic))


def publish(topic: str, payload: bytes) -> bytes:
    """At most once."""
    return _packet(PUBLISH, _text(topic) + payload)


def puback(packet_id: int) -> bytes:
    return _TWO_SHORTS.pack(_PUBACK_OF_TWO_BYTES, packet_id)


def packets(data: bytes) -> Iterator[tuple[int, int, int]]:
    """First byte of each packet that is whole, and where its body begins and ends. Raises ProtocolError."""
    at, size = 0, len(data)
    while at + 2 <= size:
        length, begin, shift = data[at + 1] & 127, at + 2, 7
        while data[begin - 1] & 128:
            if begin - at > _LONGEST_LENGTH:
                raise ProtocolError(f"a packet of type {data[at] >> 4} says no length")
            if begin == size:
                return
            length |= (data[begin] & 127) << shift
            begin, shift = begin + 1, shift + 7
        end = begin + length
        if end > size:
            return
        yield data[at], begin, end
        at = end


def message(data: bytes, first_byte: int, begin: int, end: int) -> tuple[str, bytes, int | None]:
    """Topic, payload and, of QoS 1, packet id of a PUBLISH with this body. Raises ProtocolError."""
    packet_id = None
    try:
        payload_at = begin + 2 + _SHORT.unpack_from(data, begin)[0]
        topic = data[begin + 2 : payload_at].decode()
        if first_byte & QOS_1:
            packet_id = _SHORT.unpack_from(data, payload_at)[0]
            payload_at += 2
    except (struct.error, UnicodeDecodeError) as error:
        raise ProtocolError(f"a message without a topic: {error}") from error
    if payload_at > end:
        raise ProtocolError("a message ends within its topic")
    return topic, data[payload_at:end], packet_id


def head(first_byte: int, length: int) -> bytes:
    """The beginning of a packet of which `length` bytes follow."""
    digits = []
    while length >= 128:
        digits.append(length % 128 | 128)
        length //= 128
    return bytes((first_byte, *digits, length))


def _packet(first_byte: int, body: bytes) -> bytes:
    return head(first_byte, len(body)) + body


def _text(text: str) -> bytes:
    encoded = text.encode()
    return _SHORT.pack(len(encoded)) + encoded
