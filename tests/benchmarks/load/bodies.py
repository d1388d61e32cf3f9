"""Frames that are encoded once and sent many times: only seq, oldest and the time change, at fixed places."""

from collections.abc import Sequence
from dataclasses import dataclass
from struct import Struct

import cbor2

from apps.ingest.mqtt import PUBLISH, QOS_1, head
from apps.ingest.wire import encode
from tests.benchmarks.content import people

BOOT = "bench001"
KEYS = 7
STRETCH_S = 60
_UINT32, _FLOAT64 = 0x1A, 0xFB
_MOMENT = Struct(">BI7sBI2sBd")
_OLDEST, _T = cbor2.dumps("oldest"), cbor2.dumps("t")


@dataclass(frozen=True, slots=True)
class Body:
    """The part of a frame that holds what was measured, and the fixed header of the packet that will carry it."""

    head: bytes
    content: bytes


def bodies(count: int, *, topic: str, node: str | None, values: dict[str, float] | None = None) -> list[Body]:
    """Different seconds, for topics and nodes of these lengths. `values` replaces some of those measured."""
    seconds = [person.second(number) for person in people(-(-count // STRETCH_S), STRETCH_S) for number in range(60)]
    return [_body({**second, "values": second["values"] | (values or {})}, topic, node) for second in seconds[:count]]


def opening(node: str | None) -> bytes:
    """The beginning of every frame of a node (None: of a device that speaks for itself), up to its seq."""
    named = [] if node is None else ["node", node]
    pairs: Sequence[str] = [*named, "boot", BOOT, "seq"]
    return bytes([0xA0 + KEYS - (node is None)]) + b"".join(map(cbor2.dumps, pairs))


def moment(seq: int, oldest: int, t: float) -> bytes:
    return _MOMENT.pack(_UINT32, seq, _OLDEST, _UINT32, oldest, _T, _FLOAT64, t)


def _body(second: dict[str, object], topic: str, node: str | None) -> Body:
    content = encode(second, cbor=True)[1:]  # without the head of the map
    length = 2 + len(topic) + 2 + len(opening(node)) + _MOMENT.size + len(content)
    return Body(head(PUBLISH | QOS_1, length), content)
