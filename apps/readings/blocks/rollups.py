"""A block of rollups: one quantity of one patient at one resolution, the buckets of one day in order of time."""

from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from apps.readings.blocks import floats, integers
from apps.readings.blocks.container import pack, unpack


@dataclass(frozen=True)
class RollupColumns:
    """One element for each bucket. `t_us`: its beginning, microseconds since 1970, UTC."""

    t_us: NDArray[np.int64]
    count: NDArray[np.int64]
    minimum: NDArray[np.float64]
    total: NDArray[np.float64]
    maximum: NDArray[np.float64]


class _RollupBlock(msgspec.Struct, array_like=True):
    t_us: bytes
    count: bytes
    minimum: bytes
    total: bytes
    maximum: bytes


def encode(columns: RollupColumns) -> bytes:
    return pack(
        _RollupBlock(
            t_us=integers.encode(columns.t_us),
            count=integers.encode(columns.count),
            minimum=floats.encode(columns.minimum),
            total=floats.encode(columns.total),
            maximum=floats.encode(columns.maximum),
        )
    )


def decode(data: bytes) -> RollupColumns:
    """The buckets of a block. ValueError where it is none."""
    block = unpack(data, _RollupBlock)
    return RollupColumns(
        t_us=integers.decode(block.t_us),
        count=integers.decode(block.count),
        minimum=floats.decode(block.minimum),
        total=floats.decode(block.total),
        maximum=floats.decode(block.maximum),
    )
