"""The frames of a shard that came in since its last tick."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from apps.core.tenancy import current_organization_id
from apps.readings.origin import Origin
from apps.readings.quantities import REGISTER
from apps.readings.value import Value

AHEAD_S = 120.0

# The constant bound beside the one per device lets PostgreSQL leave out the partitions of other days.
_FRESH = """
SELECT f.patient_id, f.device_id, d.uid, f.t, f.origin, f.waves, f.value_codes, f.value_numbers,
       d.model
FROM unnest(%s::uuid[], %s::uuid[], %s::timestamptz[]) AS on_patient (patient_id, device_id, since)
JOIN readings_frame f
  ON f.organization_id = %s AND f.patient_id = on_patient.patient_id AND f.device_id = on_patient.device_id
 AND f.t > on_patient.since AND f.t > %s AND f.t <= %s
JOIN devices_device d ON d.id = f.device_id
ORDER BY f.device_id, f.t
"""
_ON_PATIENTS = """
SELECT patient_id, device_id FROM devices_binding
WHERE patient_id = ANY(%s) AND period && tstzrange(%s, NULL) ORDER BY device_id
"""


@dataclass(frozen=True, slots=True)
class FreshFrame:
    """A stored frame as the derive step needs it. `at`: the time of its first sample; `model`: the
    device's, which may name its sensors."""

    patient_id: UUID
    device_id: UUID
    device_uid: str
    at: datetime
    origin: Origin
    waves: bytes
    value_codes: Sequence[int]
    value_numbers: Sequence[float]
    model: str = ""

    @property
    def start(self) -> float:
        """Epoch seconds of the first sample."""
        return self.at.timestamp()

    def measured(self, code: str) -> float | None:
        """The number that the device itself gave for a quantity."""
        wanted = REGISTER[code].number
        pairs = zip(self.value_codes, self.value_numbers, strict=True)
        return next((value for number, value in pairs if number == wanted), None)

    def value(self, code: str, number: float, *, source: str, origin: Origin, quality: float) -> Value:
        """A value of this frame's patient, device and time."""
        return Value(
            patient_id=self.patient_id,
            code=code,
            value=number,
            at=self.at,
            origin=origin,
            source=source,
            quality=quality,
            device_id=self.device_id,
            device_uid=self.device_uid,
        )


def devices_on(patient_ids: Sequence[UUID], *, since: datetime) -> list[tuple[UUID, UUID]]:
    """Patient and device of each binding that holds since then."""
    return [(row[0], row[1]) for row in _rows(_ON_PATIENTS, [list(patient_ids), since])]


def fresh_frames(
    devices: Sequence[tuple[UUID, UUID]], needed_from: Mapping[UUID, float], *, now: datetime
) -> Iterator[FreshFrame]:
    """The frames of these devices on these patients after `needed_from` (by device, epoch seconds), of each device in
    order of event time."""
    if not devices:
        return
    since = [datetime.fromtimestamp(needed_from[device_id], UTC) for _, device_id in devices]
    on_patients = [[patient_id for patient_id, _ in devices], [device_id for _, device_id in devices], since]
    until = now + timedelta(seconds=AHEAD_S)
    for row in _rows(_FRESH, [*on_patients, current_organization_id(), min(since), until]):
        patient_id, device_id, uid, at, origin, waves, codes, numbers, model = row
        yield FreshFrame(patient_id, device_id, uid, at, Origin(origin), bytes(waves), codes, numbers, model)


def rounds(frames: Sequence[FreshFrame]) -> Iterator[list[FreshFrame]]:
    """The first frame of every device, then the second of those that have one, and so on."""
    queues: dict[UUID, list[FreshFrame]] = {}
    for frame in frames:
        queues.setdefault(frame.device_id, []).append(frame)
    for number in range(max(map(len, queues.values()), default=0)):
        yield [queue[number] for queue in queues.values() if number < len(queue)]


def _rows(sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
