"""Waves of a patient as stretches of evenly sampled physical values."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from apps.core.tenancy import current_organization_id
from apps.readings.origin import Origin
from apps.readings.waves import Wave, physical, unpack

# A frame that began before the start may reach into it: this is the longest there is.
LONGEST_FRAME = timedelta(seconds=60)
# A frame follows another without a gap if it begins where that one ended, within half a sample (or the clock's step).
CLOCK_STEP_S = 0.001
# Values are given to a thousandth of one count, which is all that scaling can add to them.
DIGITS_BEYOND_A_COUNT = 3

_FRAMES = """
SELECT f.t, f.origin, f.waves, d.uid FROM readings_frame f JOIN devices_device d ON d.id = f.device_id
WHERE f.organization_id = %s AND f.patient_id = %s AND f.t > %s AND f.t < %s
  AND f.t + f.duration_s * interval '1 s' > %s
ORDER BY f.device_id, f.t
"""


@dataclass(frozen=True, slots=True)
class WaveSegment:
    """`samples` in the register's unit, shape (n,); the first is of `start`. One device's, of one origin."""

    start: datetime
    rate_hz: float
    samples: NDArray[np.float64]
    origin: str
    device: str


@dataclass(slots=True)
class _Run:
    """Frames that follow each other without a gap. `start_s`: epoch seconds."""

    device: str
    origin: int
    rate_hz: float
    start_s: float
    count: int = 0
    decimals: int = 0
    parts: list[NDArray[np.float64]] = field(default_factory=list)

    def goes_on_with(self, device: str, origin: int, wave: Wave, start_s: float) -> bool:
        if (device, origin, wave.rate_hz) != (self.device, self.origin, self.rate_hz):
            return False
        expected_s = self.start_s + self.count / self.rate_hz
        return abs(start_s - expected_s) <= max(0.5 / self.rate_hz, CLOCK_STEP_S)

    def add(self, wave: Wave) -> None:
        self.parts.append(physical(wave))
        self.count += len(wave.samples)
        self.decimals = max(self.decimals, DIGITS_BEYOND_A_COUNT - math.floor(math.log10(abs(wave.scale))))

    def between(self, start_s: float, end_s: float) -> WaveSegment | None:
        """The part of it at start <= t < end, if any."""
        first = max(0, self._index(start_s))
        samples = np.round(np.concatenate(self.parts)[first : max(first, self._index(end_s))], self.decimals)
        if not samples.size:
            return None
        start = datetime.fromtimestamp(self.start_s + first / self.rate_hz, UTC)
        return WaveSegment(start, self.rate_hz, samples, Origin(self.origin).label, self.device)

    def _index(self, at_s: float) -> int:
        """Of the first sample that is not before `at_s`. A microsecond is what the database keeps of a time."""
        return math.ceil((at_s - self.start_s - 1e-6) * self.rate_hz)


def waveform(patient_id: UUID, *, channel: str, start: datetime, end: datetime) -> list[WaveSegment]:
    """The wave `channel` at start <= t < end, by start. What is missing lies between segments, never in one."""
    found = (run.between(start.timestamp(), end.timestamp()) for run in _runs(patient_id, channel, start, end))
    return sorted((segment for segment in found if segment is not None), key=lambda segment: segment.start)


def _runs(patient_id: UUID, channel: str, start: datetime, end: datetime) -> Iterator[_Run]:
    run: _Run | None = None
    for at, origin, block, device in _frames(patient_id, start, end):
        wave = next((wave for wave in unpack(block) if wave.code == channel), None)
        if wave is None:
            continue
        start_s = at.timestamp()
        if run is None or not run.goes_on_with(device, origin, wave, start_s):
            if run is not None:
                yield run
            run = _Run(device, origin, wave.rate_hz, start_s)
        run.add(wave)
    if run is not None:
        yield run


def _frames(patient_id: UUID, start: datetime, end: datetime) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_FRAMES, [current_organization_id(), patient_id, start - LONGEST_FRAME, end, start])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
