"""Blocks of values: what frames hold besides their waves, and what ticks derived.

A frame's row is kept whole: who it is (boot, seq), its times, flags and values. The numbers of each quantity are a
column of their own, whichever frames have one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import numpy as np
from numpy.typing import NDArray

from apps.readings.blocks import floats, integers
from apps.readings.blocks.container import indexed, looked_up, pack, singles, singles_of, unpack, whole

Codes = tuple[int, ...]
"""Numbers of the register, in the order of the values."""


class FrameEntry(NamedTuple):
    """A frame without its waves. `t_us`, `received_us`: microseconds since 1970, UTC."""

    t_us: int
    boot: str
    seq: int
    device_t: float
    received_us: int
    duration_s: float
    origin: int
    flags: tuple[str, ...]
    codes: Codes
    numbers: Sequence[float]


class DerivedEntry(NamedTuple):
    """What one tick derived for one patient; parallel sequences."""

    t_us: int
    origin: int
    codes: Codes
    numbers: Sequence[float]
    qualities: Sequence[float]
    device_ids: Sequence[UUID]


@dataclass(frozen=True)
class Values:
    """All values of a block, one element each. `entry`: of which frame or tick, an index."""

    entry: NDArray[np.int64]
    code: NDArray[np.int64]
    number: NDArray[np.float64]

    def where(self, wanted: NDArray[Any]) -> "Values":
        """Those that a mask or indices choose."""
        return Values(self.entry[wanted], self.code[wanted], self.number[wanted])


@dataclass(frozen=True)
class FrameColumns:
    """The frames of a block, one element each, and their values."""

    t_us: NDArray[np.int64]
    boot: list[str]
    seq: list[int]
    device_t: NDArray[np.float64]
    received_us: list[int]
    duration_s: NDArray[np.float32]
    origin: NDArray[np.int64]
    flags: list[tuple[str, ...]]
    codes: list[Codes]
    values: Values

    def entries(self) -> Iterator[FrameEntry]:
        numbers = _split(self.values.number, self.codes)
        times, device_times = self.t_us.tolist(), self.device_t.tolist()
        durations, origins = self.duration_s.tolist(), self.origin.tolist()
        columns = (times, self.boot, self.seq, device_times, self.received_us, durations, origins)
        for row in zip(*columns, self.flags, self.codes, numbers, strict=True):
            yield FrameEntry(*row)


@dataclass(frozen=True)
class DerivedColumns:
    """The derived rows of a block, one element each, and their values, each with quality and device."""

    t_us: NDArray[np.int64]
    origin: NDArray[np.int64]
    codes: list[Codes]
    values: Values
    quality: NDArray[np.float32]
    device_id: list[UUID]

    def entries(self) -> Iterator[DerivedEntry]:
        parts = [_split(column, self.codes) for column in (self.values.number, self.quality, self.device_id)]
        for row in zip(self.t_us.tolist(), self.origin.tolist(), self.codes, *parts, strict=True):
            yield DerivedEntry(*row)


class _Packed(msgspec.Struct, array_like=True):
    """Which codes stand in each entry, and per code a column of its numbers."""

    codes: list[Codes]
    which: bytes
    numbers: dict[int, bytes]


class _FrameBlock(msgspec.Struct, array_like=True):
    boots: list[str]
    flags: list[tuple[str, ...]]
    t_us: bytes
    boot: bytes
    seq: bytes
    device_t: bytes
    received_us: bytes
    duration_s: bytes
    origin: bytes
    flag: bytes
    values: _Packed


class _DerivedBlock(msgspec.Struct, array_like=True):
    devices: list[UUID]
    t_us: bytes
    origin: bytes
    device: bytes
    quality: bytes
    values: _Packed


def encode_frames(entries: Sequence[FrameEntry]) -> bytes:
    """The block of these frames, which are in order of time."""
    boots, boot = indexed([entry.boot for entry in entries])
    flags, flag = indexed([entry.flags for entry in entries])
    return pack(
        _FrameBlock(
            boots=boots,
            flags=flags,
            t_us=whole(entry.t_us for entry in entries),
            boot=boot,
            seq=whole(entry.seq for entry in entries),
            device_t=floats.encode(np.array([entry.device_t for entry in entries], dtype=np.float64)),
            received_us=whole(entry.received_us for entry in entries),
            duration_s=singles([entry.duration_s for entry in entries]),
            origin=whole(entry.origin for entry in entries),
            flag=flag,
            values=_packed(entries),
        )
    )


def decode_frames(data: bytes) -> FrameColumns:
    """The frames of a block. ValueError where it is none."""
    block = unpack(data, _FrameBlock)
    codes, values = _unpacked(block.values)
    return FrameColumns(
        t_us=integers.decode(block.t_us),
        boot=looked_up(block.boots, block.boot),
        seq=integers.decode(block.seq).tolist(),
        device_t=floats.decode(block.device_t),
        received_us=integers.decode(block.received_us).tolist(),
        duration_s=singles_of(block.duration_s),
        origin=integers.decode(block.origin),
        flags=looked_up(block.flags, block.flag),
        codes=codes,
        values=values,
    )


def encode_derived(entries: Sequence[DerivedEntry]) -> bytes:
    """The block of these derived rows, which are in order of time."""
    devices, device = indexed([device_id for entry in entries for device_id in entry.device_ids])
    return pack(
        _DerivedBlock(
            devices=devices,
            t_us=whole(entry.t_us for entry in entries),
            origin=whole(entry.origin for entry in entries),
            device=device,
            quality=singles([quality for entry in entries for quality in entry.qualities]),
            values=_packed(entries),
        )
    )


def decode_derived(data: bytes) -> DerivedColumns:
    """The derived rows of a block. ValueError where it is none."""
    block = unpack(data, _DerivedBlock)
    codes, values = _unpacked(block.values)
    return DerivedColumns(
        t_us=integers.decode(block.t_us),
        origin=integers.decode(block.origin),
        codes=codes,
        values=values,
        quality=singles_of(block.quality),
        device_id=looked_up(block.devices, block.device),
    )


def _packed(entries: Sequence[FrameEntry] | Sequence[DerivedEntry]) -> _Packed:
    codes, which = indexed([entry.codes for entry in entries])
    code = np.array([code for entry in entries for code in entry.codes], dtype=np.int64)
    number = np.array([number for entry in entries for number in entry.numbers], dtype=np.float64)
    return _Packed(codes, which, {int(of): floats.encode(number[code == of]) for of in np.unique(code)})


def _unpacked(packed: _Packed) -> tuple[list[Codes], Values]:
    codes = looked_up(packed.codes, packed.which)
    code = np.array([code for of_entry in codes for code in of_entry], dtype=np.int64)
    number = np.empty(len(code), dtype=np.float64)
    for of, column in packed.numbers.items():
        number[code == of] = floats.decode(column)
    return codes, Values(np.repeat(np.arange(len(codes)), [len(of_entry) for of_entry in codes]), code, number)


def _split(column: Any, codes: Sequence[Codes]) -> list[Any]:
    """A column of values cut into those of each entry."""
    found, at = [], 0
    for of_entry in codes:
        found.append(column[at : at + len(of_entry)])
        at += len(of_entry)
    return found
