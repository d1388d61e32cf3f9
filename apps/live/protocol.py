"""The words of the live stream, as docs/live.md describes them: what a client may say, and how frames are written."""

from collections.abc import Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Any, Final, TypeAlias
from uuid import UUID

import msgspec

SUBPROTOCOL: Final = "bodylink.v1"
TOKEN_PREFIX: Final = "token."  # noqa: S105  what stands before the token

SIGNED_OUT: Final = 4401
NOT_ALLOWED: Final = 4403
FLOODING: Final = 4429
FAILED: Final = 1011

MAX_MESSAGE_CHARACTERS: Final = 1024
MAX_CURSOR: Final = 2**63 - 1
FRAME_VERSION: Final = 1
MAX_SEGMENTS: Final = 2**16 - 1
MAX_FRAME_BYTES: Final = 256 * 1024
"""A frame holds more only if a single segment does. ASGI servers refuse to send messages of a megabyte or more."""
_FRAME = Struct("<BBHI")


class BadMessageError(Exception):
    """What a client said is not understood; the message says why."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to see: a unit or a patient."""

    kind: str
    id: UUID


@dataclass(frozen=True, slots=True)
class Resume:
    cursor: int


@dataclass(frozen=True, slots=True)
class Ping:
    pass


Operation: TypeAlias = Wanted | Resume | Ping


def understand(text: str | None) -> Operation:
    """What a client's text frame (None: it was none) asks for. Raises BadMessageError."""
    if text is None:
        raise BadMessageError("say it in a text frame")
    if len(text) > MAX_MESSAGE_CHARACTERS:
        raise BadMessageError(f"a message has {MAX_MESSAGE_CHARACTERS} characters at most")
    try:
        message = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        raise BadMessageError("not JSON") from None
    if not isinstance(message, dict):
        raise BadMessageError("a message is an object")
    operation, given = message.get("op"), set(message) - {"op"}
    if operation == "ping" and not given:
        return Ping()
    if operation == "resume" and given == {"cursor"}:
        return Resume(_cursor(message["cursor"]))
    if operation == "subscribe" and given in ({"unit"}, {"patient"}):
        (kind,) = given
        return Wanted(kind, _uuid(message[kind]))
    raise BadMessageError(
        'known are {"op": "subscribe", "unit" or "patient": id}, {"op": "resume", "cursor": number}, {"op": "ping"}'
    )


def _cursor(value: object) -> int:
    if type(value) is not int or not 0 <= value <= MAX_CURSOR:
        raise BadMessageError("a cursor is a whole number that the server gave out")
    return value


def _uuid(value: object) -> UUID:
    try:
        if isinstance(value, str):
            return UUID(value)
    except ValueError:
        pass
    raise BadMessageError("an id is a UUID")


def text_frame(kind: str, seq: int, fields: dict[str, Any]) -> str:
    return msgspec.json.encode({"type": kind, "seq": seq, **fields}).decode()


def wave_frame(seq: int, segments: Sequence[bytes]) -> bytes:
    """One binary frame of segments that are encoded already (apps/readings/messages.py)."""
    return b"".join((_FRAME.pack(FRAME_VERSION, 0, len(segments), seq & 0xFFFFFFFF), *segments))
