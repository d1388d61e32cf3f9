"""A block of one wave of one device: what its frames held of it, in order of time, nothing left out.

Samples are one column over all frames: a signal goes on across them. A block bridges no gap: each frame keeps its time,
and the reader sees where one is missing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import msgspec
import numpy as np

from apps.readings.blocks import integers
from apps.readings.blocks.container import indexed, looked_up, pack, unpack, whole
from apps.readings.quantities import by_number
from apps.readings.waves import SAMPLE_DTYPES, Samples, Wave


class Shape(NamedTuple):
    """How samples are spaced, scaled and held. `dtype`: a number of waves.SAMPLE_DTYPES."""

    rate_hz: float
    scale: float
    offset: float
    dtype: int


class WaveEntry(NamedTuple):
    """What one frame holds of one wave. `t_us`: the frame's first sample, microseconds since 1970, UTC."""

    t_us: int
    boot: str
    seq: int
    origin: int
    shape: Shape
    samples: Samples


@dataclass(slots=True)
class WaveColumns:
    """Many entries as parallel lists: an hour of frames as single objects would keep the garbage collector busy for
    longer than reading them takes."""

    t_us: list[int] = field(default_factory=list)
    boot: list[str] = field(default_factory=list)
    seq: list[int] = field(default_factory=list)
    origin: list[int] = field(default_factory=list)
    shape: list[Shape] = field(default_factory=list)
    samples: list[Samples] = field(default_factory=list)

    def entries(self) -> Iterator[WaveEntry]:
        columns = (self.t_us, self.boot, self.seq, self.origin, self.shape, self.samples)
        return map(WaveEntry, *columns)

    def extend(self, more: "WaveColumns") -> None:
        self.t_us += more.t_us
        self.boot += more.boot
        self.seq += more.seq
        self.origin += more.origin
        self.shape += more.shape
        self.samples += more.samples

    def in_order(self) -> "WaveColumns":
        """By time, and what is of one moment by who it is."""
        if all(earlier < later for earlier, later in pairwise(self.t_us)):
            return self
        order = sorted(range(len(self.t_us)), key=lambda place: (self.t_us[place], self.boot[place], self.seq[place]))
        return WaveColumns(
            t_us=[self.t_us[place] for place in order],
            boot=[self.boot[place] for place in order],
            seq=[self.seq[place] for place in order],
            origin=[self.origin[place] for place in order],
            shape=[self.shape[place] for place in order],
            samples=[self.samples[place] for place in order],
        )


class _WaveBlock(msgspec.Struct, array_like=True):
    quantity: int
    boots: list[str]
    shapes: list[Shape]
    t_us: bytes
    boot: bytes
    seq: bytes
    origin: bytes
    shape: bytes
    counts: bytes
    samples: bytes


def shape_of(wave: Wave) -> Shape:
    return Shape(wave.rate_hz, wave.scale, wave.offset, SAMPLE_DTYPES.index(wave.samples.dtype))


def wave_of(number: int, entry: WaveEntry) -> Wave:
    """The wave as its frame had it. `number` is the quantity's."""
    quantity, shape = by_number(number), entry.shape
    return Wave(quantity.code, shape.rate_hz, quantity.unit, shape.scale, shape.offset, entry.samples)


def encode(number: int, entries: Sequence[WaveEntry]) -> bytes:
    """The block of the entries, which are of the quantity of that number, in order of time."""
    boots, boot = indexed([entry.boot for entry in entries])
    shapes, shape = indexed([entry.shape for entry in entries])
    samples = [entry.samples for entry in entries]
    return pack(
        _WaveBlock(
            quantity=number,
            boots=boots,
            shapes=shapes,
            t_us=whole(entry.t_us for entry in entries),
            boot=boot,
            seq=whole(entry.seq for entry in entries),
            origin=whole(entry.origin for entry in entries),
            shape=shape,
            counts=whole(len(part) for part in samples),
            samples=integers.encode(np.concatenate([part.astype(np.int32) for part in samples])),
        )
    )


def decode(data: bytes) -> WaveColumns:
    """The entries of a block; samples are of the type they were given in. ValueError where it is no block of a wave."""
    block = unpack(data, _WaveBlock)
    samples = integers.decode(block.samples)
    by_type = {shape.dtype: samples.astype(SAMPLE_DTYPES[shape.dtype], copy=False) for shape in block.shapes}
    shapes = looked_up(block.shapes, block.shape)
    ends = np.cumsum(integers.decode(block.counts)).tolist()
    starts = [0, *ends[:-1]]
    return WaveColumns(
        t_us=integers.decode(block.t_us).tolist(),
        boot=looked_up(block.boots, block.boot),
        seq=integers.decode(block.seq).tolist(),
        origin=integers.decode(block.origin).tolist(),
        shape=shapes,
        samples=[by_type[shape.dtype][start:end] for shape, start, end in zip(shapes, starts, ends, strict=True)],
    )
