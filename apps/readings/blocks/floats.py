"""A column of 64-bit floating-point numbers as bytes, and back bit by bit.

What a sensor reports has few decimals (97.0, 33.4): such a column is kept as integers of a power of ten, if every
number comes back as it was. Any other is kept by its bits.

    u8 decimals, or 255 for bits, then a column of integers
"""

import numpy as np
from numpy.typing import NDArray

from apps.readings.blocks import integers

Floats = NDArray[np.float64]
"""1-D."""

MOST_DECIMALS = 6
_BY_BITS = 255
# Above this not every integer is a float.
_EXACT = 2.0**53


def encode(column: Floats) -> bytes:
    for decimals in range(MOST_DECIMALS + 1):
        scaled = _scaled(column, decimals)
        if scaled is not None:
            return bytes((decimals,)) + integers.encode(scaled)
    return bytes((_BY_BITS,)) + integers.encode(column.view(np.int64))


def decode(data: bytes) -> Floats:
    """The column. ValueError where the bytes are no such column, or damaged."""
    whole = integers.decode(data[1:])
    if whole.dtype.itemsize != np.dtype(np.float64).itemsize:
        raise ValueError("no column of numbers")
    return whole.view(np.float64) if data[0] == _BY_BITS else whole / 10.0 ** data[0]


def _scaled(column: Floats, decimals: int) -> NDArray[np.int64] | None:
    """The column times a power of ten in whole numbers; None where that would not give back the very same bits."""
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = np.rint(column * 10.0**decimals)
        if not (np.abs(scaled) < _EXACT).all():
            return None
    whole = scaled.astype(np.int64)
    return whole if np.array_equal((whole / 10.0**decimals).view(np.int64), column.view(np.int64)) else None
