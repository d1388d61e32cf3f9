"""Waves of a patient as stretches of evenly sampled physical values, out of frames and of the blocks into which these
are merged. One statement reads both: what is being merged at that moment is found in one of them."""

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from apps.core.tenancy import current_organization_id
from apps.readings import binary
from apps.readings.blocks import waves
from apps.readings.blocks.waves import Shape, WaveColumns, shape_of
from apps.readings.origin import Origin
from apps.readings.quantities import REGISTER
from apps.readings.selectors.names import device_uids
from apps.readings.selectors.wave_piece import WavePiece
from apps.readings.storage import WINDOW, microseconds
from apps.readings.waves import Samples, find

# A frame that began before the start may reach into it: this is the longest there is.
LONGEST_FRAME = timedelta(seconds=60)
# A frame follows another without a gap if it begins where that one ended, within half a sample (or the clock's step).
CLOCK_STEP_S = 0.001

# One row for all frames of a device: a tuple for each would outlive the collector's first look.
_FRAMES_AND_BLOCKS = """
SELECT device_id, array_agg(t ORDER BY t, boot, seq), array_agg(boot ORDER BY t, boot, seq),
       array_agg(seq ORDER BY t, boot, seq), array_agg(origin ORDER BY t, boot, seq),
       array_agg(waves ORDER BY t, boot, seq)
FROM readings_frame
WHERE organization_id = %(organization)s AND patient_id = %(patient)s
  AND t > %(frames_after)s AND t < %(end)s AND t + (duration_s + 0.001) * interval '1 s' > %(start)s
GROUP BY device_id
UNION ALL
SELECT device_id, NULL, NULL, NULL, NULL, ARRAY[data] FROM readings_block
WHERE organization_id = %(organization)s AND patient_id = %(patient)s AND quantity = %(quantity)s
  AND start > %(blocks_after)s AND start < %(end)s
"""


@dataclass(frozen=True, slots=True)
class WaveSegment:
    """Evenly sampled, without a gap; the first sample is of `start`. One device's, of one origin. Pieces follow each
    other; what makes them several is how they were scaled."""

    start: datetime
    rate_hz: float
    pieces: tuple[WavePiece, ...]
    origin: str
    device: str

    @property
    def samples(self) -> NDArray[np.float64]:
        """In the register's unit, shape (n,)."""
        return np.concatenate([piece.physical() for piece in self.pieces])


@dataclass(slots=True)
class _Run:
    """Frames of one device that follow each other without a gap. `start_s`: epoch seconds."""

    origin: int
    rate_hz: float
    start_s: float
    count: int = 0
    shapes: list[Shape] = field(default_factory=list)
    samples: list[Samples] = field(default_factory=list)

    def goes_on_with(self, origin: int, shape: Shape, start_s: float) -> bool:
        if origin != self.origin or shape.rate_hz != self.rate_hz:
            return False
        expected_s = self.start_s + self.count / self.rate_hz
        return abs(start_s - expected_s) <= max(0.5 / self.rate_hz, CLOCK_STEP_S)

    def add(self, shape: Shape, samples: Samples) -> None:
        self.shapes.append(shape)
        self.samples.append(samples)
        self.count += len(samples)

    def between(self, start_s: float, end_s: float, device: str) -> WaveSegment | None:
        """The part of it at start <= t < end, if any."""
        first, end = max(0, self._index(start_s)), min(self.count, self._index(end_s))
        if first >= end:
            return None
        start = datetime.fromtimestamp(self.start_s + first / self.rate_hz, UTC)
        return WaveSegment(start, self.rate_hz, tuple(self._pieces(first, end)), Origin(self.origin).label, device)

    def _index(self, at_s: float) -> int:
        """Of the first sample that is not before `at_s`. A microsecond is what the database keeps of a time."""
        return math.ceil((at_s - self.start_s - 1e-6) * self.rate_hz)

    def _pieces(self, first: int, end: int) -> Iterator[WavePiece]:
        """Samples first <= index < end, laid together as far as they are scaled alike."""
        at = 0
        for (scale, offset), alike in groupby(zip(self.shapes, self.samples, strict=True), key=_scaling):
            parts = []
            for _, samples in alike:
                part = samples[max(0, first - at) : max(0, end - at)]
                at += len(samples)
                if part.size:
                    parts.append(part)
            if parts:
                yield WavePiece(np.concatenate(parts), scale, offset)


def _scaling(of: tuple[Shape, Samples]) -> tuple[float, float]:
    shape, _ = of
    return shape.scale, shape.offset


def waveform(patient_id: UUID, *, channel: str, start: datetime, end: datetime) -> list[WaveSegment]:
    """The wave `channel` at start <= t < end, by start. What is missing lies between segments, never in one."""
    start_s, end_s = start.timestamp(), end.timestamp()
    by_device = _columns(patient_id, channel, start, end)
    uids = device_uids(by_device)
    segments = [
        segment
        for device_id, columns in sorted(by_device.items())
        for run in _runs(columns.in_order(), start_s, end_s)
        if (segment := run.between(start_s, end_s, uids[device_id])) is not None
    ]
    return sorted(segments, key=lambda segment: segment.start)


def _runs(columns: WaveColumns, start_s: float, end_s: float) -> Iterator[_Run]:
    """Of what lies at least in part within start <= t < end."""
    run: _Run | None = None
    frames = zip(columns.t_us, columns.origin, columns.shape, columns.samples, strict=True)
    for t_us, origin, shape, samples in frames:
        at_s = t_us / 1e6
        if at_s >= end_s or at_s + len(samples) / shape.rate_hz <= start_s:
            continue
        if run is None or not run.goes_on_with(origin, shape, at_s):
            if run is not None:
                yield run
            run = _Run(origin, shape.rate_hz, at_s)
        run.add(shape, samples)
    if run is not None:
        yield run


def _columns(patient_id: UUID, channel: str, start: datetime, end: datetime) -> dict[UUID, WaveColumns]:
    """What may lie within start..end, by device."""
    parameters = {
        "organization": current_organization_id(),
        "patient": patient_id,
        "quantity": REGISTER[channel].number,
        "start": start,
        "end": end,
        "frames_after": start - LONGEST_FRAME,
        "blocks_after": start - LONGEST_FRAME - WINDOW,
    }
    found: dict[UUID, WaveColumns] = defaultdict(WaveColumns)
    for device_id, times, boots, seqs, origins, blocks in binary.rows(_FRAMES_AND_BLOCKS, parameters):
        if times is None:
            found[device_id].extend(waves.decode(blocks[0]))
        else:
            _add_frames(found[device_id], channel, (times, boots, seqs, origins, blocks))
    return found


def _add_frames(columns: WaveColumns, channel: str, frames: tuple[list[Any], ...]) -> None:
    shapes: dict[Shape, Shape] = {}
    for t, boot, seq, origin, block in zip(*frames, strict=True):
        wave = find(block, channel)
        if wave is not None:
            shape = shape_of(wave)
            columns.t_us.append(microseconds(t))
            columns.boot.append(boot)
            columns.seq.append(seq)
            columns.origin.append(origin)
            columns.shape.append(shapes.setdefault(shape, shape))
            columns.samples.append(wave.samples)
