"""A column of integers as bytes, and back without loss.

The column is differenced up to three times, whichever makes it smallest, as lossless audio does with a fixed predictor
(T. Robinson, SHORTEN: Simple lossless and near-lossless waveform compression, 1994); differences of both signs are
folded into one range; their bytes of equal weight are laid side by side, each such plane having statistics of its own,
and deflated. Sums wrap around, so no difference overflows. zlib's checksum tells damage.

    u8 width of the integers in bytes (4 or 8), u8 times differenced, u8 number of planes, u8 zero, u32 count
    per plane u32 length and a zlib stream of `count` bytes, the lightest plane first; those left out are zero
"""

import struct
import zlib
from collections.abc import Mapping
from struct import Struct
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Integers: TypeAlias = NDArray[np.signedinteger[Any]]
"""1-D, int32 or int64."""
Folded: TypeAlias = NDArray[np.unsignedinteger[Any]]
"""1-D, uint32 or uint64."""

MOST_DIFFERENCES = 3
LEVEL = 6
# Noise is best left to Huffman's code alone (with runs), which is fast too; what repeats wants matches to be looked
# for. The head of a plane tells which it is.
STRATEGIES = (zlib.Z_RLE, zlib.Z_DEFAULT_STRATEGY)
HEAD = 16_384
MEMORY_LEVEL = 9

_HEADER = Struct("<BBBBI")
_LENGTH = Struct("<I")
_SIGNED: Mapping[int, np.dtype[np.signedinteger[Any]]] = {4: np.dtype("<i4"), 8: np.dtype("<i8")}
_UNSIGNED: Mapping[int, np.dtype[np.unsignedinteger[Any]]] = {4: np.dtype("<u4"), 8: np.dtype("<u8")}


def encode(column: Integers) -> bytes:
    """The bytes of a column of int32 or int64."""
    width = column.dtype.itemsize
    times, differences = _smallest(column.astype(_SIGNED[width], copy=False))
    planes = _planes(_folded(differences))
    parts = [_HEADER.pack(width, times, len(planes), 0, len(column))]
    for plane in planes:
        packed = _deflated(plane)
        parts += [_LENGTH.pack(len(packed)), packed]
    return b"".join(parts)


def decode(data: bytes) -> Integers:
    """The column. ValueError where the bytes are no such column, or damaged."""
    try:
        width, times, plane_count, _, count = _HEADER.unpack_from(data)
        folded: Folded = np.zeros(count, dtype=_UNSIGNED[width])
        at = _HEADER.size
        for number in range(plane_count):
            (length,) = _LENGTH.unpack_from(data, at)
            at += _LENGTH.size
            plane = np.frombuffer(zlib.decompress(data[at : at + length], bufsize=count), np.uint8)
            folded |= plane.astype(folded.dtype) << folded.dtype.type(8 * number)
            at += length
    except (KeyError, ValueError, struct.error, zlib.error) as error:
        raise ValueError(f"no column of integers: {error}") from error
    return _summed(_unfolded(folded), times)


def _smallest(values: Integers) -> tuple[int, Integers]:
    """How often to difference, and the result: its first elements are those of the former steps."""
    best = (0, values)
    smallest, differences = _size(values), values
    for times in range(1, min(MOST_DIFFERENCES, len(values)) + 1):
        # The first `times` elements of a sum taken so often are what it starts from: zeros before them make it whole.
        differences = np.diff(differences, prepend=differences.dtype.type(0))
        if (size := _size(differences)) < smallest:
            smallest, best = size, (times, differences)
    return best


def _size(differences: Integers) -> float:
    return float(np.abs(differences.astype(np.float64)).sum())


def _summed(differences: Integers, times: int) -> Integers:
    for _ in range(times):
        differences = np.cumsum(differences, dtype=differences.dtype)
    return differences


def _folded(values: Integers) -> Folded:
    """0, -1, 1, -2, … as 0, 1, 2, 3, …"""
    sign_bit = 8 * values.dtype.itemsize - 1
    folded: Folded = ((values << 1) ^ (values >> sign_bit)).view(_UNSIGNED[values.dtype.itemsize])
    return folded


def _unfolded(folded: Folded) -> Integers:
    signed = _SIGNED[folded.dtype.itemsize]
    halves: Integers = (folded >> folded.dtype.type(1)).view(signed)
    signs: Integers = -(folded.view(signed) & 1)
    return halves ^ signs


def _planes(folded: Folded) -> list[bytes]:
    planes = folded.view(np.uint8).reshape(len(folded), folded.dtype.itemsize).T
    used = int(folded.max(initial=0)).bit_length()
    return [plane.tobytes() for plane in planes[: -(-used // 8)]]


def _deflated(plane: bytes) -> bytes:
    head = plane[:HEAD]
    heads = [(_deflate(head, strategy), strategy) for strategy in STRATEGIES]
    packed, strategy = min(heads, key=lambda tried: len(tried[0]))
    return packed if len(plane) <= HEAD else _deflate(plane, strategy)


def _deflate(plane: bytes, strategy: int) -> bytes:
    compressor = zlib.compressobj(LEVEL, zlib.DEFLATED, zlib.MAX_WBITS, MEMORY_LEVEL, strategy)
    return compressor.compress(plane) + compressor.flush()
