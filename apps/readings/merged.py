"""Blocks read as the rows that were merged into them: the values of some minutes, one frame."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from apps.core.tenancy import current_organization_id
from apps.readings import binary
from apps.readings.blocks import values, waves
from apps.readings.models import Frame
from apps.readings.storage import microseconds, moment, window_of
from apps.readings.waves import Wave, pack

_MINUTE_US = 60_000_000
_BLOCKS = """
SELECT b.patient_id, b.device_id IS NULL, b.data
FROM unnest(%(patients)s::uuid[], %(windows)s::timestamptz[]) AS wanted (patient_id, start)
JOIN readings_valueblock b
  ON b.organization_id = %(organization)s AND b.patient_id = wanted.patient_id AND b.start = wanted.start
 AND b.start >= %(first)s AND b.start <= %(last)s
"""

_FRAME_BLOCKS = """
SELECT organization_id, patient_id, start, data FROM readings_valueblock
WHERE device_id = %(device)s AND start >= %(first)s AND start <= %(last)s
"""
_WAVE_BLOCKS = """
SELECT quantity, data FROM readings_block WHERE device_id = %(device)s AND start = %(start)s ORDER BY quantity
"""

Span = tuple[UUID, datetime, datetime]
"""Patient, start, end; whole minutes."""


@dataclass
class MergedValues:
    """Parallel columns. `computed`: derived from a wave, not reported by the device."""

    patients: list[UUID] = field(default_factory=list)
    moments: list[datetime] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    numbers: list[float] = field(default_factory=list)
    computed: list[bool] = field(default_factory=list)

    def add(self, patient_id: UUID, t_us: NDArray[np.int64], found: values.Values, *, computed: bool) -> None:
        self.patients += [patient_id] * len(t_us)
        self.moments += [moment(at) for at in t_us.tolist()]
        self.codes += found.code.tolist()
        self.numbers += found.number.tolist()
        self.computed += [computed] * len(t_us)


def merged_values(spans: Iterable[Span]) -> MergedValues:
    """The values of these spans that lie in blocks."""
    minutes: dict[UUID, set[int]] = defaultdict(set)
    for patient_id, start, end in spans:
        minutes[patient_id].update(range(microseconds(start) // _MINUTE_US, microseconds(end) // _MINUTE_US))
    found = MergedValues()
    for patient_id, is_derived, data in _blocks(minutes):
        block = values.decode_derived(data) if is_derived else values.decode_frames(data)
        t_us = block.t_us[block.values.entry]
        wanted = np.isin(t_us // _MINUTE_US, list(minutes[patient_id]))
        found.add(patient_id, t_us[wanted], block.values.where(wanted), computed=is_derived)
    return found


def _blocks(minutes: dict[UUID, set[int]]) -> list[tuple[Any, ...]]:
    windows = {
        (patient_id, window_of(moment(of * _MINUTE_US))) for patient_id, wanted in minutes.items() for of in wanted
    }
    if not windows:
        return []
    parameters = {
        "organization": current_organization_id(),
        "patients": [patient_id for patient_id, _ in windows],
        "windows": [start for _, start in windows],
        "first": min(start for _, start in windows),
        "last": max(start for _, start in windows),
    }
    return binary.rows(_BLOCKS, parameters)


def merged_frame(device_id: UUID, *, boot: str, seq: int, at: datetime, within: timedelta) -> Frame | None:
    """The frame of a device that began about then, if it was merged: as its row was, its waves in the register's order.
    Look for the row first: a frame goes from there into a block, never back."""
    parameters = {"device": device_id, "first": window_of(at - within), "last": window_of(at + within)}
    for organization_id, patient_id, start, data in binary.rows(_FRAME_BLOCKS, parameters):
        for entry in values.decode_frames(data).entries():
            if (entry.boot, entry.seq) == (boot, seq):
                return Frame(
                    organization_id=organization_id,
                    device_id=device_id,
                    patient_id=patient_id,
                    boot=boot,
                    seq=seq,
                    t=moment(entry.t_us),
                    device_t=entry.device_t,
                    received_at=moment(entry.received_us),
                    duration_s=entry.duration_s,
                    origin=entry.origin,
                    waves=pack(_waves(device_id, start, entry)),
                    value_codes=list(entry.codes),
                    value_numbers=list(entry.numbers),
                    flags=list(entry.flags),
                )
    return None


def _waves(device_id: UUID, start: datetime, frame: values.FrameEntry) -> list[Wave]:
    return [
        waves.wave_of(quantity, entry)
        for quantity, data in binary.rows(_WAVE_BLOCKS, {"device": device_id, "start": start})
        for entry in waves.decode(data).entries()
        if (entry.boot, entry.seq) == (frame.boot, frame.seq)
    ]
