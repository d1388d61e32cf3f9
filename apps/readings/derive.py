"""Derive: from the frames that came in since the last tick to vitals, for a shard of patients at once.

The streaming detectors keep their state in the worker's memory. It is a cache: what is true is in the database, and a
worker that lacks the state (new, or the shard was elsewhere) makes it again from the last seconds of frames.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from apps.core.rows import write
from apps.core.tenancy import bound_organization_id
from apps.readings.channels import CHANNELS
from apps.readings.current import Currents, current_values, keep_current
from apps.readings.fresh_frames import FreshFrame, devices_on, fresh_frames
from apps.readings.late import is_late, note_late_minutes
from apps.readings.overtaken import overtaken_values
from apps.readings.quantities import REGISTER
from apps.readings.scalars import SCALARS
from apps.readings.value import Value

# What was missed while no worker ran is derived afterwards, up to this; older frames are history, not vitals.
CATCH_UP_S = 600.0
# The longest that a vital but variability needs behind it: respiratory rate, and its beats' delay.
WARM_UP_S = 40.0

_KEEP: Final = """
INSERT INTO readings_derived (organization_id, patient_id, t, origin, value_codes, value_numbers, qualities, device_ids)
SELECT %s, row.*
FROM json_to_recordset(%s) AS row (patient_id uuid, t timestamptz, origin smallint, value_codes smallint[],
                                   value_numbers float8[], qualities real[], device_ids uuid[])
ON CONFLICT DO NOTHING
"""

Marks = Mapping[UUID, float]
"""By device: the start of the last frame that was derived, epoch seconds."""


@dataclass(slots=True)
class Derivation:
    """What a derive step did: whose vitals changed, the new marks, the values in order of time per device, and those
    of them that are shown now; `current` are all that are, of whichever step."""

    patient_ids: set[UUID] = field(default_factory=set)
    marks: dict[UUID, float] = field(default_factory=dict)
    values: list[Value] = field(default_factory=list)
    shown: list[Value] = field(default_factory=list)
    current: Currents = field(default_factory=dict)


def derive(*, patient_ids: Sequence[UUID], marks: Marks, now: datetime) -> Derivation:
    """Bring the vitals of these patients up to what has been measured. `marks` are the former step's."""
    horizon = now.timestamp() - CATCH_UP_S
    derivation = Derivation(marks={device_id: mark for device_id, mark in marks.items() if mark > horizon})
    devices = devices_on(patient_ids, since=now - timedelta(seconds=CATCH_UP_S))
    start = {device_id: max(marks.get(device_id, now.timestamp() - WARM_UP_S), horizon) for _, device_id in devices}
    needed_from = {device_id: _needed_from(device_id, mark) for device_id, mark in start.items()}
    frames = list(fresh_frames(devices, needed_from, now=now))
    for frame in frames:
        if frame.start > start[frame.device_id]:
            _note(frame, derivation)
    found = [*SCALARS.feed(frames), *CHANNELS.feed(frames)]
    derivation.values += [value for frame, value in found if frame.start > start[frame.device_id]]
    derivation.current = current_values(patient_ids)
    derivation.shown = keep_current([*derivation.values, *overtaken_values(patient_ids)], derivation.current)
    _write(derivation.values, now)
    return derivation


def _needed_from(device_id: UUID, mark: float) -> float:
    """From where frames have to be read so that the channels of this process are up to date: those before the mark
    only warm them up."""
    upto = CHANNELS.upto(device_id)
    if upto is None or upto < mark - WARM_UP_S:
        return mark - WARM_UP_S
    return min(mark, upto)


def _note(frame: FreshFrame, derivation: Derivation) -> None:
    """A frame past its mark: the mark moves."""
    derivation.marks[frame.device_id] = max(frame.start, derivation.marks.get(frame.device_id, frame.start))
    derivation.patient_ids.add(frame.patient_id)


def _write(values: Sequence[Value], now: datetime) -> None:
    """Keep what was computed: a row per patient and moment, once."""
    moments: dict[tuple[UUID, datetime], list[Value]] = {}
    for value in values:
        if value.is_computed:
            moments.setdefault((value.patient_id, value.at), []).append(value)
    write(_KEEP, (_row(*key, moments[key]) for key in sorted(moments)), bound_organization_id())
    note_late_minutes((patient_id, at) for patient_id, at in moments if is_late(at, now=now))


def _row(patient_id: UUID, at: datetime, computed: Sequence[Value]) -> dict[str, Any]:
    return {
        "patient_id": patient_id,
        "t": at,
        "origin": computed[0].origin,
        "value_codes": [REGISTER[value.code].number for value in computed],
        "value_numbers": [value.value for value in computed],
        "qualities": [value.quality for value in computed],
        "device_ids": [value.device_id for value in computed],
    }
