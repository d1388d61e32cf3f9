"""One window of one patient: its rows taken out of their tables, its blocks written anew with them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from apps.readings import binary
from apps.readings.blocks import values, waves
from apps.readings.blocks.values import DerivedEntry, FrameEntry
from apps.readings.blocks.waves import WaveEntry, shape_of
from apps.readings.quantities import REGISTER
from apps.readings.storage import WINDOW, microseconds, move_alone
from apps.readings.waves import unpack

_TAKE_FRAMES = """
DELETE FROM readings_frame
WHERE organization_id = %(organization)s AND patient_id {is_patient} AND t >= %(start)s AND t < %(end)s
RETURNING device_id, boot, seq, t, device_t, received_at, duration_s, origin, waves, value_codes, value_numbers, flags
"""
_TAKE_DERIVED = """
DELETE FROM readings_derived WHERE patient_id = %(patient)s AND t >= %(start)s AND t < %(end)s
RETURNING t, origin, value_codes, value_numbers, qualities, device_ids
"""
# By the index of the device, where there is one: a patient may be unknown.
_TAKE_WAVE_BLOCKS = """
DELETE FROM readings_block WHERE device_id = ANY(%(devices)s) AND start = %(start)s AND patient_id {is_patient}
  AND quantity = ANY(%(quantities)s)
RETURNING device_id, quantity, data
"""
_TAKE_FRAME_BLOCKS = """
DELETE FROM readings_valueblock
WHERE device_id = ANY(%(devices)s) AND start = %(start)s AND patient_id {is_patient}
RETURNING device_id, data
"""
_TAKE_DERIVED_BLOCK = """
DELETE FROM readings_valueblock
WHERE organization_id = %(organization)s AND patient_id = %(patient)s AND start = %(start)s AND device_id IS NULL
RETURNING data
"""
_PUT_WAVES = """
INSERT INTO readings_block (organization_id, patient_id, device_id, quantity, start, entries, data)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
_PUT_VALUES = """
INSERT INTO readings_valueblock (organization_id, patient_id, device_id, start, entries, codes, data)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""

WaveKey = tuple[UUID, int]
"""Device and number of the quantity."""


class Moved(NamedTuple):
    """How many rows were moved into blocks."""

    frames: int = 0
    derived: int = 0


@dataclass(frozen=True, slots=True)
class Stretch:
    organization_id: UUID
    patient_id: UUID | None
    start: datetime

    def move(self) -> Moved:
        """Move what there is into blocks, within the caller's transaction, behind the door of storage."""
        move_alone(self.organization_id)
        return Moved(self._move_frames(), self._move_derived())

    def _move_frames(self) -> int:
        rows = self._rows(_TAKE_FRAMES)
        frames: dict[UUID, list[FrameEntry]] = defaultdict(list)
        by_wave: dict[WaveKey, list[WaveEntry]] = defaultdict(list)
        for device_id, *row in rows:
            entry, block = _frame(row)
            frames[device_id].append(entry)
            for wave in unpack(block):
                number = REGISTER[wave.code].number
                of_wave = WaveEntry(entry.t_us, entry.boot, entry.seq, entry.origin, shape_of(wave), wave.samples)
                by_wave[device_id, number].append(of_wave)
        self._put_waves(by_wave)
        self._put_frames(frames)
        return len(rows)

    def _put_waves(self, entries: Mapping[WaveKey, list[WaveEntry]]) -> None:
        if not entries:
            return
        devices, quantities = ({key[part] for key in entries} for part in (0, 1))
        former = self._rows(_TAKE_WAVE_BLOCKS, devices=list(devices), quantities=list(quantities))
        together = {key: list(of_wave) for key, of_wave in entries.items()}
        for device_id, number, data in former:
            together.setdefault((device_id, number), []).extend(waves.decode(data).entries())
        binary.insert(
            _PUT_WAVES,
            [
                (*self._owner(device_id), number, self.start, len(of_wave), waves.encode(number, _in_order(of_wave)))
                for (device_id, number), of_wave in together.items()
            ],
        )

    def _put_frames(self, entries: Mapping[UUID, list[FrameEntry]]) -> None:
        if not entries:
            return
        former = self._rows(_TAKE_FRAME_BLOCKS, devices=list(entries))
        for device_id, data in former:
            entries[device_id].extend(values.decode_frames(data).entries())
        for device_id, of_device in entries.items():
            block = values.encode_frames(_in_order(of_device))
            self._put_values(device_id, of_device, block)

    def _move_derived(self) -> int:
        rows = self._rows(_TAKE_DERIVED)
        if not rows:
            return 0
        entries = [DerivedEntry(microseconds(t), origin, tuple(codes), *parts) for t, origin, codes, *parts in rows]
        for (data,) in self._rows(_TAKE_DERIVED_BLOCK):
            entries += values.decode_derived(data).entries()
        block = values.encode_derived(sorted(entries, key=lambda entry: entry.t_us))
        self._put_values(None, entries, block)
        return len(rows)

    def _put_values(
        self,
        device_id: UUID | None,
        entries: Sequence[FrameEntry] | Sequence[DerivedEntry],
        block: bytes,
    ) -> None:
        codes = sorted({code for entry in entries for code in entry.codes})
        binary.insert(_PUT_VALUES, [(*self._owner(device_id), self.start, len(entries), codes, block)])

    def _owner(self, device_id: UUID | None) -> tuple[UUID, UUID | None, UUID | None]:
        return self.organization_id, self.patient_id, device_id

    def _rows(self, sql: str, **more: Any) -> list[tuple[Any, ...]]:
        of_whom = {"organization": self.organization_id, "patient": self.patient_id}
        when = {"start": self.start, "end": self.start + WINDOW}
        # `IS NOT DISTINCT FROM` would be one text for both, and use no index.
        text = sql.format(is_patient="IS NULL" if self.patient_id is None else "= %(patient)s")
        return binary.rows(text, of_whom | when | more)


def _frame(row: Sequence[Any]) -> tuple[FrameEntry, bytes]:
    """A frame without its waves, and these."""
    boot, seq, t, device_t, received_at, duration_s, origin, block, codes, numbers, flags = row
    entry = FrameEntry(
        t_us=microseconds(t),
        boot=boot,
        seq=seq,
        device_t=device_t,
        received_us=microseconds(received_at),
        duration_s=duration_s,
        origin=origin,
        flags=tuple(flags),
        codes=tuple(codes),
        numbers=numbers,
    )
    return entry, block


def _in_order(entries: Iterable[Any]) -> list[Any]:
    """By time, and what is of one moment by who it is."""
    return sorted(entries, key=lambda entry: (entry.t_us, entry.boot, entry.seq))
