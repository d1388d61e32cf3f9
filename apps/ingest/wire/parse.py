"""Bytes -> a tree of plain Python values, within bounds of time and memory. Knows no quantities.

Integers, floats, strings, booleans, None, lists, dicts with unique text keys; CBOR typed arrays stay `CBORTag`.
"""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any, NoReturn, TypeAlias

import msgspec
from cbor2 import CBORDecodeError, CBORDecoder, CBORTag

from apps.ingest.wire.frame import MAX_DEPTH, MAX_FRAME_BYTES, WireError, one_line, shown

Tree: TypeAlias = dict[str, Any]

TYPED_ARRAY_TAGS = range(64, 88)
# Tags that cbor2 turns into dates, big numbers, regular expressions, shared references and so on by itself.
# fmt: off
_INTERPRETED_TAGS = (
    0, 1, 2, 3, 4, 5, 25, 28, 29, 30, 35, 36, 37, 52, 54, 100, 256, 258, 260, 261, 1004, 43000, 55799,
)
# fmt: on
_JSON_FIRST = (b"{", b" ", b"\t", b"\r", b"\n")
_CBOR_MAP_FIRST = range(0xA0, 0xC0)
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_OPENING = frozenset(b"[{")
_fast_json = msgspec.json.Decoder()


class _RefusedTagError(Exception):
    pass


class _DuplicateKeyError(Exception):
    pass


def parse(payload: bytes) -> Tree:
    """The tree of a JSON object or CBOR map; the first byte tells which. Raises WireError."""
    if not payload:
        raise WireError("empty", "the payload has no bytes")
    if len(payload) > MAX_FRAME_BYTES:
        raise WireError("size", f"{len(payload)} bytes, at most {MAX_FRAME_BYTES}")
    if payload[0] in _CBOR_MAP_FIRST:
        return _parse_cbor(payload)
    if payload[:1] in _JSON_FIRST:
        return _parse_json(payload)
    raise WireError("format", f"first byte 0x{payload[0]:02x} begins neither a JSON object nor a CBOR map")


def parse_forgiving(payload: bytes) -> Tree | None:
    """The tree of a payload of any size, and of CBOR with tags, indefinite lengths or trailing bytes, all of which
    `parse` refuses; None where even that fails."""
    try:
        if payload[:1] in _JSON_FIRST:
            return _parse_json(payload)
        tree = CBORDecoder(BytesIO(payload), tag_hook=_keep, semantic_decoders=_BARE, **_LIMITS).decode()
    except (WireError, CBORDecodeError, ValueError):
        return None
    return tree if isinstance(tree, dict) else None


def _parse_cbor(payload: bytes) -> Tree:
    stream = BytesIO(payload)
    try:
        tree: Tree = CBORDecoder(
            stream, tag_hook=_keep_typed_array, semantic_decoders=_REFUSED, allow_indefinite=False, **_LIMITS
        ).decode()
    except (CBORDecodeError, ValueError) as error:
        raise WireError(_cbor_reason(error), one_line(error)) from error
    if stream.tell() != len(payload):
        raise WireError("cbor", f"{len(payload) - stream.tell()} bytes follow the frame")
    return tree


def _cbor_reason(error: Exception) -> str:
    if isinstance(error.__cause__, _RefusedTagError):
        return "tag"
    message = str(error)
    if "nesting depth" in message:
        return "nesting"
    return "duplicate_key" if "Duplicate map key" in message else "cbor"


def _parse_json(payload: bytes) -> Tree:
    _check_depth(payload)
    try:
        tree = _fast_json.decode(payload)
    except ValueError:
        # Slower, and it knows what msgspec does not: NaN and Infinity, which many encoders write and which must cost
        # a channel, not the frame.
        return _parse_json_strictly(payload)
    if not isinstance(tree, dict):
        raise WireError("json", f"a frame is an object, not {shown(tree)}")
    if _key_count(tree) != payload.count(b":"):
        return _parse_json_strictly(payload)
    return tree


def _parse_json_strictly(payload: bytes) -> Tree:
    try:
        tree = json.loads(payload.decode("utf-8"), object_pairs_hook=_unique)
    except _DuplicateKeyError as error:
        raise WireError("duplicate_key", str(error)) from error
    except ValueError as error:
        raise WireError("json", one_line(error)) from error
    if not isinstance(tree, dict):
        raise WireError("json", f"a frame is an object, not {shown(tree)}")
    return tree


def _check_depth(payload: bytes) -> None:
    """No string of a frame holds brackets, so that those in strings need not be told apart."""
    brackets = payload.translate(None, _NO_BRACKETS)
    if len(brackets) <= MAX_DEPTH:
        return
    depth = 0
    for bracket in brackets:
        depth += 1 if bracket in _OPENING else -1
        if depth > MAX_DEPTH:
            raise WireError("nesting", f"deeper than {MAX_DEPTH} levels")


def _key_count(tree: Tree) -> int:
    """Keys at the places where a frame has them. As many as there are colons: then none was repeated, and none hides
    elsewhere; the decoder itself keeps the last of two equal keys without a word."""
    count = len(tree)
    for section in tree.values():
        if isinstance(section, dict):
            count += len(section) + sum(len(channel) for channel in section.values() if isinstance(channel, dict))
    return count


def _unique(pairs: list[tuple[str, Any]]) -> Tree:
    tree: Tree = {}
    for key, value in pairs:
        if key in tree:
            raise _DuplicateKeyError(f"{shown(key)} stands twice")
        tree[key] = value
    return tree


def _keep_typed_array(tag: CBORTag, _immutable: bool) -> CBORTag:
    if tag.tag in TYPED_ARRAY_TAGS:
        return tag
    raise _RefusedTagError(tag.tag)


def _refuse(_value: object, _immutable: bool) -> NoReturn:
    raise _RefusedTagError


def _keep(tag: CBORTag, _immutable: bool) -> CBORTag:
    return tag


def _bare(value: object, _immutable: bool) -> object:
    return value


_REFUSED: dict[int, Callable[[Any, bool], Any]] = dict.fromkeys(_INTERPRETED_TAGS, _refuse)
_BARE: dict[int, Callable[[Any, bool], Any]] = dict.fromkeys(_INTERPRETED_TAGS, _bare)
_LIMITS: dict[str, Any] = {"max_depth": MAX_DEPTH, "allow_duplicate_keys": False, "strict_hashable_types": True}
