"""Derive: from the frames that came in since the last tick to vitals, for a shard of patients at once.

The streaming detectors keep their state in the worker's memory. It is a cache: what is true is in the database, and a
worker that lacks the state (new, or the shard was elsewhere) makes it again from the last seconds of frames.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from apps.core.tenancy import current_organization_id
from apps.readings.channels import CHANNELS
from apps.readings.current import keep_current
from apps.readings.fresh_frames import FreshFrame, fresh_frames
from apps.readings.models import Derived
from apps.readings.quantities import REGISTER, by_number
from apps.readings.quantity import SENSOR
from apps.readings.value import Value

# What was missed while no worker ran is derived afterwards, up to this; older frames are history, not vitals.
CATCH_UP_S = 600.0
WARM_UP_S = 15.0


@dataclass(slots=True)
class Derivation:
    """What a derive step did: whose vitals changed, and up to which moment each device was derived."""

    patient_ids: set[UUID] = field(default_factory=set)
    marks: dict[UUID, float] = field(default_factory=dict)
    values: list[Value] = field(default_factory=list)


def derive(*, patient_ids: Sequence[UUID], marks: Mapping[UUID, float], now: datetime) -> Derivation:
    """Bring the vitals of these patients up to what has been measured. `marks` is the former step's."""
    horizon = now.timestamp() - CATCH_UP_S
    derivation = Derivation(marks={device: mark for device, mark in marks.items() if mark > horizon})
    for frame in fresh_frames(patient_ids, marks, default=now.timestamp() - WARM_UP_S, warm_up_s=WARM_UP_S, now=now):
        _derive_frame(frame, marks.get(frame.device_id), derivation)
    keep_current(derivation.values)
    _write(derivation)
    return derivation


def _derive_frame(frame: FreshFrame, mark: float | None, derivation: Derivation) -> None:
    """Feed one frame to its channels; what lies before the mark only warms them up."""
    derived = CHANNELS.feed(frame)
    if mark is not None and frame.start <= mark:
        return
    derivation.marks[frame.device_id] = max(frame.start, derivation.marks.get(frame.device_id, frame.start))
    derivation.patient_ids.add(frame.patient_id)
    derivation.values += _measured(frame)
    derivation.values += derived


def _measured(frame: FreshFrame) -> list[Value]:
    return [
        Value(
            patient_id=frame.patient_id,
            code=by_number(number).code,
            value=value,
            at=frame.at,
            origin=frame.origin,
            source=SENSOR,
            quality=1.0,
            device_id=frame.device_id,
            device_uid=frame.device_uid,
        )
        for number, value in zip(frame.value_codes, frame.value_numbers, strict=True)
    ]


def _write(derivation: Derivation) -> None:
    """Keep what was derived: a row per patient and moment, once."""
    moments: dict[tuple[UUID, datetime], list[Value]] = {}
    for value in derivation.values:
        if value.is_computed:
            moments.setdefault((value.patient_id, value.at), []).append(value)
    Derived.objects.bulk_create(
        [
            Derived(
                organization_id=current_organization_id(),
                patient_id=patient_id,
                t=at,
                origin=int(values[0].origin),
                value_codes=[REGISTER[value.code].number for value in values],
                value_numbers=[value.value for value in values],
                qualities=[value.quality for value in values],
                device_ids=[value.device_id for value in values],
            )
            for (patient_id, at), values in sorted(moments.items())
        ],
        ignore_conflicts=True,
    )
