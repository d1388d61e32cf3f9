"""A request's body -> the payloads of single frames, each as its bytes stand there.

What can be told apart goes on to the pipeline, good or bad; there `decode` judges it. A body that cannot be divided at
all is refused.

    application/json                 a frame, or an array of frames
    application/x-ndjson             a frame a line
    application/cbor                 a frame, an array of frames, or frames one after another (RFC 8742)
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import msgspec
from rest_framework.exceptions import ParseError, UnsupportedMediaType

from apps.ingest.http.failures import TooMany

MAX_BODY_BYTES: Final = 4 * 1024 * 1024
MAX_FRAMES: Final = 1000
JSON, NDJSON, CBOR = "application/json", "application/x-ndjson", "application/cbor"

_SPACE = b" \t\r\n"
_CBOR_ARRAY, _CBOR_MAP, _CBOR_TAG, _CBOR_STRINGS = 4, 5, 6, (2, 3)
_array = msgspec.json.Decoder(list[msgspec.Raw])


def divide(body: bytes, media_type: str) -> list[bytes]:
    """The payloads, in order. Raises ParseError, TooMany and UnsupportedMediaType."""
    divider = _DIVIDERS.get(media_type)
    if divider is None:
        raise UnsupportedMediaType(media_type, f"Frames are sent as {', '.join((JSON, NDJSON, CBOR))}.")
    payloads: list[bytes] = []
    for payload in divider(body):
        if len(payloads) == MAX_FRAMES:
            raise TooMany(f"More than {MAX_FRAMES} frames in one request.")
        payloads.append(payload)
    if not payloads:
        raise ParseError("There is no frame in the body.")
    return payloads


def _json(body: bytes) -> Iterator[bytes]:
    text = body.strip(_SPACE)
    if text[:1] == b"{":
        yield text
        return
    try:
        yield from map(bytes, _array.decode(text))
    except RecursionError as error:
        raise ParseError("The JSON is nested too deeply.") from error
    except msgspec.MsgspecError:
        yield from _json_with_nan(text)


def _json_with_nan(text: bytes) -> Iterator[bytes]:
    """Slower, and it knows what msgspec does not: NaN and Infinity, which must cost a channel, not the request."""
    try:
        letters = text.decode()
        read = json.JSONDecoder().raw_decode
        if not isinstance(read(letters)[0], list):
            raise ParseError("The body is neither a frame nor an array of frames.")
        at = _beyond_space(letters, 1)
        while letters[at] != "]":
            end = read(letters, at)[1]
            yield letters[at:end].encode()
            at = _beyond_space(letters, end)
            at = _beyond_space(letters, at + 1) if letters[at] == "," else at
    except RecursionError as error:
        raise ParseError("The JSON is nested too deeply.") from error
    except ValueError as error:
        raise ParseError("The body is no JSON.") from error


def _beyond_space(letters: str, at: int) -> int:
    while letters[at] in " \t\r\n":
        at += 1
    return at


def _ndjson(body: bytes) -> Iterator[bytes]:
    return filter(None, (line.strip(_SPACE) for line in body.split(b"\n")))


def _cbor(body: bytes) -> Iterator[bytes]:
    """What cannot be divided any further (indefinite lengths, an end that is missing) is one payload with the rest."""
    at, left = _array_header(body)
    while at < len(body) and left != 0:
        end = _end_of_item(body, at)
        yield body[at:end]
        at = end
        left = None if left is None else left - 1
    if at < len(body):
        yield body[at:]


def _array_header(body: bytes) -> tuple[int, int | None]:
    """Where the items begin, and how many there are if an array says so."""
    if not body or body[0] >> 5 != _CBOR_ARRAY:
        return 0, None
    head = _head(body, 0)
    return (0, None) if head is None else (head[1], head[0])


def _head(body: bytes, at: int) -> tuple[int, int] | None:
    """The argument of the item at `at`, and where its content begins; None for an indefinite or cut one."""
    short = body[at] & 31
    if short < 24:
        return short, at + 1
    size = 1 << (short - 24)
    if short > 27 or at + 1 + size > len(body):
        return None
    return int.from_bytes(body[at + 1 : at + 1 + size]), at + 1 + size


def _end_of_item(body: bytes, at: int) -> int:
    """Where the item that begins at `at` ends; the end of the body if that cannot be told. Each step passes a byte at
    least, whatever lengths are claimed."""
    items = 1
    while items:
        if at >= len(body) or (head := _head(body, at)) is None:
            return len(body)
        major, (argument, at) = body[at] >> 5, head
        items -= 1
        if major in _CBOR_STRINGS:
            at += argument
        elif major == _CBOR_ARRAY:
            items += argument
        elif major == _CBOR_MAP:
            items += 2 * argument
        elif major == _CBOR_TAG:
            items += 1
    return min(at, len(body))


_DIVIDERS: Final[Mapping[str, Callable[[bytes], Iterator[bytes]]]] = {
    JSON: _json,
    NDJSON: _ndjson,
    "application/cbor-seq": _cbor,
    CBOR: _cbor,
}
