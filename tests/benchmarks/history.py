"""Days of measurements, written in bulk: the first half hour as ingest writes it, the rest as copies of it, later."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import psycopg

from apps.ingest import frames, wire
from apps.ingest.arrival import Arrival, Reading, Sender
from apps.ingest.connection import connect
from apps.readings.origin import Origin
from tests.benchmarks.content import Person, people
from tests.benchmarks.load.bodies import BOOT
from tests.benchmarks.population import Hospital

PATTERN_S = 1_800
BATCH = 1_000
_COPY = """
INSERT INTO readings_frame
SELECT organization_id, device_id, patient_id, boot, seq + k * %(pattern_s)s, t + k * %(pattern)s,
       device_t + k * %(pattern_s)s, received_at + k * %(pattern)s, duration_s, origin, waves, value_codes,
       value_numbers, flags
FROM readings_frame CROSS JOIN generate_series(1, %(copies)s) AS k
WHERE t >= %(start)s AND t < %(start)s::timestamptz + %(pattern)s
"""
_ROLL_UP = """
INSERT INTO readings_rollup (organization_id, patient_id, quantity, minutes, start, count, minimum, total, maximum)
SELECT %(organization)s, patient, quantity, minutes, start, 60 * minutes, 60 + k %% 7, 60 * minutes * (70 + k %% 7),
       80 + k %% 7
FROM unnest(%(patients)s::uuid[]) AS patient CROSS JOIN unnest(%(quantities)s::int[]) AS quantity
CROSS JOIN unnest(ARRAY[1, 15, 1440]) AS minutes
CROSS JOIN generate_series(0, %(days)s * 1440 - 1) AS k
CROSS JOIN LATERAL (SELECT %(end)s::timestamptz - (k + 1) * interval '1 min' AS start) AS moment
WHERE k %% minutes = 0
"""


def store_frames(owner_url: str, hospital: Hospital, *, patients: int, start: datetime, hours: int) -> None:
    """The frames of the hospital's first patients, a second each, for so many hours (an even half hour or more)."""
    with connect() as ingest:
        for day in sorted({(start + timedelta(hours=hour)).date() for hour in range(hours + 1)}):
            ingest.execute("SELECT bodylink_make_partitions(%s)", [day])
        seconds = min(PATTERN_S, hours * 3600)
        for sender, patient_id, person in zip(
            _senders(hospital), _patients(hospital), people(patients, seconds), strict=False
        ):
            readings = [_reading(sender, patient_id, person, start, seq) for seq in range(seconds)]
            for first in range(0, seconds, BATCH):
                frames.insert(ingest, readings[first : first + BATCH])
    copies = {"pattern_s": PATTERN_S, "pattern": timedelta(seconds=PATTERN_S), "start": start}
    with psycopg.connect(owner_url) as owner:
        owner.execute(_COPY, {**copies, "copies": hours * 3600 // PATTERN_S - 1})
    _settle(owner_url, "readings_frame")


def store_rollups(
    owner_url: str, hospital: Hospital, *, patients: int, quantities: Sequence[int], days: int, end: datetime
) -> None:
    """Minutes, quarters of an hour and days before `end`, of the first patients."""
    patient_ids = [patient.pk for patient in hospital.patients[:patients]]
    with psycopg.connect(owner_url) as owner:
        owner.execute(
            _ROLL_UP,
            {
                "organization": hospital.id,
                "patients": patient_ids,
                "quantities": list(quantities),
                "days": days,
                "end": end,
            },
        )
    _settle(owner_url, "readings_rollup")


def _reading(sender: Sender, patient_id: UUID, person: Person, start: datetime, seq: int) -> Reading:
    t = start + timedelta(seconds=seq)
    content = {"boot": BOOT, "seq": seq, "t": t.timestamp(), **person.second(seq)}
    frame = wire.decode(wire.encode(content, cbor=True))
    arrival = Arrival(sender.uid, "", b"", t)
    return Reading(arrival, sender, BOOT, seq, 0, frame, t, patient_id)


def _senders(hospital: Hospital) -> Iterator[Sender]:
    for device in hospital.devices:
        yield Sender(device.pk, hospital.id, device.uid, None, Origin.MEASURED)


def _patients(hospital: Hospital) -> Iterator[UUID]:
    return (patient.pk for patient in hospital.patients)


def _settle(owner_url: str, table: str) -> None:
    """As autovacuum leaves it."""
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute(f"VACUUM ANALYZE {table}")
