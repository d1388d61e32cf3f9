"""What both kinds of block share: MessagePack around their columns, and lists in which few things occur often."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from apps.readings.blocks import integers

VERSION = 1
Thing = TypeVar("Thing")
Block = TypeVar("Block", bound=msgspec.Struct)


def pack(block: msgspec.Struct) -> bytes:
    return bytes((VERSION,)) + msgspec.msgpack.encode(block)


def unpack(data: bytes, kind: type[Block]) -> Block:
    """The block of its bytes. ValueError where they are none."""
    if data[:1] != bytes((VERSION,)):
        raise ValueError(f"block of version {data[:1].hex()}, this reads {VERSION}")
    try:
        return msgspec.msgpack.decode(data[1:], type=kind)
    except msgspec.MsgspecError as error:
        raise ValueError(f"no {kind.__name__}: {error}") from error


def indexed(things: Sequence[Thing]) -> tuple[list[Thing], bytes]:
    """The different things, in order of appearance, and a column of which stands where."""
    places: dict[Thing, int] = {}
    column = [places.setdefault(thing, len(places)) for thing in things]
    return list(places), integers.encode(np.array(column, dtype=np.int32))


def looked_up(things: Sequence[Thing], column: bytes) -> list[Thing]:
    """The inverse of `indexed`."""
    return [things[index] for index in integers.decode(column).tolist()]


def whole(numbers: Iterable[int]) -> bytes:
    """A column of 64-bit integers."""
    return integers.encode(np.fromiter(numbers, dtype=np.int64))


def singles(numbers: Sequence[float]) -> bytes:
    """A column of what PostgreSQL holds as `real`, by its bits."""
    return integers.encode(np.array(numbers, dtype=np.float32).view(np.int32))


def singles_of(column: bytes) -> NDArray[Any]:
    """The inverse of `singles`, as float32."""
    return integers.decode(column).view(np.float32)
