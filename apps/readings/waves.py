"""Waves, and their byte form in the database.

A packed block, little endian, every part 4-aligned so that samples are read in place:

    u8  version (1), u8 number of waves, u16 zero
    per wave 32 bytes: u16 quantity number, u8 dtype (0 int16, 1 uint16, 2 int32), u8 zero, u32 number of samples,
                       f64 rate_hz, f64 scale, f64 offset
    per wave its samples, zeros up to a multiple of 4 bytes

The unit is not stored: it is the register's.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from apps.readings.quantities import REGISTER, Form, by_number

Samples: TypeAlias = NDArray[np.integer[Any]]
"""1-D, of one of SAMPLE_DTYPES."""
Buffer: TypeAlias = bytes | bytearray | memoryview

VERSION = 1
MAX_WAVES = 255

_BLOCK = Struct("<BBH")
_WAVE = Struct("<HBBIddd")
_ALIGNMENT = 4
SAMPLE_DTYPES: tuple[np.dtype[np.integer[Any]], ...] = (np.dtype("<i2"), np.dtype("<u2"), np.dtype("<i4"))
"""In the order of their numbers, here and in the headers of the live stream."""
_NUMBER_BY_DTYPE = {dtype.str: number for number, dtype in enumerate(SAMPLE_DTYPES)}
_RANGES = tuple((int(np.iinfo(dtype).min), int(np.iinfo(dtype).max), dtype) for dtype in SAMPLE_DTYPES)


@dataclass(frozen=True, slots=True, eq=False)
class Wave:
    """Evenly sampled counts of one quantity. `samples` is 1-D; physical value = sample x scale + offset, in `unit`."""

    code: str
    rate_hz: float
    unit: str
    scale: float
    offset: float
    samples: Samples

    @property
    def duration_s(self) -> float:
        return len(self.samples) / self.rate_hz

    def __eq__(self, other: object) -> bool:
        """The same signal: in which integer type its counts are kept makes no difference."""
        if not isinstance(other, Wave):
            return NotImplemented
        mine = (self.code, self.rate_hz, self.unit, self.scale, self.offset)
        return mine == (other.code, other.rate_hz, other.unit, other.scale, other.offset) and np.array_equal(
            self.samples, other.samples
        )

    def __hash__(self) -> int:
        return hash((self.code, self.rate_hz, self.unit, self.scale, self.offset, len(self.samples)))


def narrowest(counts: NDArray[Any]) -> Samples:
    """`counts` (1-D integers) in the first of int16, uint16, int32 that holds them; ValueError if none does."""
    if counts.size == 0:
        return counts.astype(SAMPLE_DTYPES[0])
    lowest, highest = int(counts.min()), int(counts.max())
    for low, high, dtype in _RANGES:
        if low <= lowest and highest <= high:
            return counts.astype(dtype, copy=False)
    raise ValueError(f"counts from {lowest} to {highest} do not fit 32 bits")


def physical(wave: Wave) -> NDArray[np.float64]:
    """The wave in `wave.unit`, shape (n,)."""
    return wave.samples * np.float64(wave.scale) + wave.offset


def pack(waves: Sequence[Wave]) -> bytes:
    """The block of `waves`. ValueError for what `unpack` would not give back unchanged."""
    if len(waves) > MAX_WAVES:
        raise ValueError(f"{len(waves)} waves, a block holds {MAX_WAVES}")
    parts = [_BLOCK.pack(VERSION, len(waves), 0), *map(_header, waves)]
    for wave in waves:
        data = wave.samples.tobytes()
        parts.append(data)
        if padding := -len(data) % _ALIGNMENT:
            parts.append(bytes(padding))
    return b"".join(parts)


def unpack(block: Buffer) -> tuple[Wave, ...]:
    """The waves of a block; their samples are views of it, not copies. ValueError where it is not such a block."""
    count, start = _opened(block)
    size = len(block)
    waves = []
    for index in range(count):
        wave, start = _read_wave(block, _BLOCK.size + index * _WAVE.size, start)
        waves.append(wave)
    if size != start:
        raise ValueError(f"block of waves has {size} bytes, its headers say {start}")
    return tuple(waves)


def find(block: Buffer, code: str) -> Wave | None:
    """The first wave of a quantity in a block, if there is one; the others are passed over unread."""
    count, samples_at = _opened(block)
    wanted = REGISTER[code].number
    for index in range(count):
        header_at = _BLOCK.size + index * _WAVE.size
        number, dtype_number, _, samples, *_ = _WAVE.unpack_from(block, header_at)
        if number == wanted:
            return _read_wave(block, header_at, samples_at)[0]
        data_bytes = samples * SAMPLE_DTYPES[dtype_number].itemsize
        samples_at += data_bytes + -data_bytes % _ALIGNMENT
    return None


def _opened(block: Buffer) -> tuple[int, int]:
    """How many waves a block says it has, and the byte where their samples begin."""
    size = len(block)
    if size < _BLOCK.size:
        raise ValueError(f"a block of waves has {_BLOCK.size} bytes or more, not {size}")
    version, count, zero = _BLOCK.unpack_from(block)
    if version != VERSION or zero:
        raise ValueError(f"block of waves of version {version}, this reads {VERSION}")
    start: int = _BLOCK.size + count * _WAVE.size
    if size < start:
        raise ValueError(f"block of waves ends within its headers, at byte {size} of {start}")
    return count, start


def _header(wave: Wave) -> bytes:
    quantity = REGISTER.get(wave.code)
    if quantity is None or quantity.form is not Form.WAVE:
        raise ValueError(f"{wave.code!r} is not a wave of the register")
    if wave.unit != quantity.unit:
        raise ValueError(f"{wave.code} is stored in {quantity.unit}, not in {wave.unit!r}")
    if wave.samples.ndim != 1:
        raise ValueError(f"{wave.code}: samples have {wave.samples.ndim} dimensions, not 1")
    dtype_number = _NUMBER_BY_DTYPE.get(wave.samples.dtype.str)
    if dtype_number is None:
        raise ValueError(f"{wave.code}: samples of type {wave.samples.dtype} are not stored")
    if not _sound(wave.rate_hz, wave.scale, wave.offset):
        raise ValueError(f"{wave.code}: rate {wave.rate_hz}, scale {wave.scale}, offset {wave.offset}")
    return _WAVE.pack(quantity.number, dtype_number, 0, len(wave.samples), wave.rate_hz, wave.scale, wave.offset)


def _read_wave(block: Buffer, header_at: int, samples_at: int) -> tuple[Wave, int]:
    """The wave whose header and samples stand at these bytes, and the byte where the next one's samples begin."""
    number, dtype_number, zero, count, rate_hz, scale, offset = _WAVE.unpack_from(block, header_at)
    if dtype_number >= len(SAMPLE_DTYPES) or zero:
        raise ValueError(f"block of waves names sample type {dtype_number}")
    if not _sound(rate_hz, scale, offset):
        raise ValueError(f"block of waves holds rate {rate_hz}, scale {scale}, offset {offset}")
    try:
        quantity = by_number(number)
    except KeyError:
        raise ValueError(f"block of waves holds quantity number {number}, which the register does not know") from None
    dtype = SAMPLE_DTYPES[dtype_number]
    data_bytes = count * dtype.itemsize
    end = samples_at + data_bytes + -data_bytes % _ALIGNMENT
    if end > len(block):
        raise ValueError(f"block of waves ends within the samples of {quantity.code}")
    samples = np.frombuffer(block, dtype, count, samples_at)
    return Wave(quantity.code, rate_hz, quantity.unit, scale, offset, samples), end


def _sound(rate_hz: float, scale: float, offset: float) -> bool:
    return math.isfinite(rate_hz) and rate_hz > 0 and math.isfinite(scale) and scale != 0 and math.isfinite(offset)
