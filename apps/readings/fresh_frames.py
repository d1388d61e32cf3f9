"""The frames of a shard that came in since its last tick."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import connection

from apps.core.tenancy import current_organization_id
from apps.readings.channels import CHANNELS
from apps.readings.origin import Origin

AHEAD_S = 120.0

# The constant bound beside the one per device lets PostgreSQL leave out the partitions of other days.
_FRESH = """
SELECT f.patient_id, f.device_id, d.uid, f.t, f.duration_s, f.origin, f.waves, f.value_codes, f.value_numbers
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
    """A stored frame as the derive step needs it. `start`: its first sample, epoch seconds."""

    patient_id: UUID
    device_id: UUID
    device_uid: str
    at: datetime
    duration_s: float
    origin: Origin
    waves: bytes
    value_codes: Sequence[int]
    value_numbers: Sequence[float]

    @property
    def start(self) -> float:
        return self.at.timestamp()


def fresh_frames(
    patient_ids: Sequence[UUID], marks: Mapping[UUID, float], *, default: float, warm_up_s: float, now: datetime
) -> Iterator[FreshFrame]:
    """Frames by device in order of event time: those after its mark, and before it as many as its channels need to
    be up to date here. `default` stands for the mark of a device that has none, epoch seconds."""
    rows = _rows(
        _ON_PATIENTS, [list(patient_ids), now - timedelta(seconds=max(now.timestamp() - default, AHEAD_S))]
    )
    if not rows:
        return
    since = [_moment(_needed_from(device_id, marks.get(device_id, default), warm_up_s)) for _, device_id in rows]
    until = now + timedelta(seconds=AHEAD_S)
    patients, devices = [row[0] for row in rows], [row[1] for row in rows]
    for row in _rows(_FRESH, [patients, devices, since, current_organization_id(), min(since), until]):
        patient_id, device_id, uid, at, duration_s, origin, waves, codes, numbers = row
        yield FreshFrame(patient_id, device_id, uid, at, duration_s, Origin(origin), bytes(waves), codes, numbers)


def _needed_from(device_id: UUID, mark: float, warm_up_s: float) -> float:
    upto = CHANNELS.upto(device_id)
    if upto is None or upto < mark - warm_up_s:
        return mark - warm_up_s
    return min(mark, upto)


def _moment(epoch_s: float) -> datetime:
    return datetime.fromtimestamp(epoch_s, UTC)


def _rows(sql: str, parameters: list) -> list[tuple]:  # type: ignore[type-arg]
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
