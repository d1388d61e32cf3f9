"""A column of integers as bytes, and back without loss.

The column is differenced up to three times, whichever makes it smallest, as FLAC and Shorten do with a fixed predictor
(T. Robinson, SHORTEN: Simple lossless and near-lossless waveform compression, 1994); positive and negative differences
are folded into one range; the bytes of equal weight are laid side by side, so that each plane has statistics of its
own, and deflated. Sums wrap around, so that no difference overflows. zlib's checksum tells damage.

    u8  width of the integers in bytes (4 or 8), u8 times differenced, u8 number of planes, u8 zero, u32 count
    per plane u32 length and a zlib stream of `count` bytes, the lightest plane first; those left out are zero
"""

import zlib
from struct import Struct
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Integers: TypeAlias = NDArray[np.signedinteger[Any]]
"""1-D, int32 or int64."""

MOST_DIFFERENCES = 3
LEVEL = 6
_HEADER = Struct("<BBBBI")
_LENGTH = Struct("<I")
_SIGNED = {4: np.dtype("<i4"), 8: np.dtype("<i8")}
_UNSIGNED = {4: np.dtype("<u4"), 8: np.dtype("<u8")}


def encode(column: Integers) -> bytes:
    """The bytes of a column of int32 or int64."""
    width = column.dtype.itemsize
    values = np.ascontiguousarray(column, dtype=_SIGNED[width])
    times, differences = _smallest(values)
    planes = _planes(_folded(differences, width), width)
    parts = [_HEADER.pack(width, times, len(planes), 0, len(values))]
    for plane in planes:
        packed = _deflated(plane)
        parts += [_LENGTH.pack(len(packed)), packed]
    return b"".join(parts)


def decode(data: bytes) -> Integers:
    """The column. ValueError where the bytes are none or are damaged."""
    try:
        width, times, plane_count, _, count = _HEADER.unpack_from(data)
        folded = np.zeros(count, _UNSIGNED[width])
        at = _HEADER.size
        for number in range(plane_count):
            (length,) = _LENGTH.unpack_from(data, at)
            at += _LENGTH.size
            plane = np.frombuffer(zlib.decompress(data[at : at + length], bufsize=count), np.uint8, count)
            folded |= plane.astype(folded.dtype) << np.array(8 * number, folded.dtype)
            at += length
    except (KeyError, zlib.error, Exception) as error:
        raise ValueError(f"no column of integers: {error}") from error
    return _summed(_unfolded(folded, width), times)
