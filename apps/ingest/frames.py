"""Writing frames: one row each, all of a batch in one statement."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

import psycopg

from apps.ingest.arrival import Reading
from apps.readings.late import is_late
from apps.readings.quantities import REGISTER
from apps.readings.waves import pack

# COPY is refused under row-level security. Arrays of arrays cannot be unnested, so values travel as array literals.
_INSERT = """
INSERT INTO readings_frame (organization_id, device_id, patient_id, boot, seq, t, device_t, received_at, duration_s,
                            origin, waves, value_codes, value_numbers, flags)
SELECT organization_id, device_id, patient_id, boot, seq, t, device_t, received_at, duration_s, origin, waves,
       codes::smallint[], numbers::double precision[], flags::text[]
FROM unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::text[], %b::bigint[], %b::timestamptz[], %b::double precision[],
            %b::timestamptz[], %b::real[], %b::smallint[], %b::bytea[], %s::text[], %s::text[], %s::text[])
  AS row (organization_id, device_id, patient_id, boot, seq, t, device_t, received_at, duration_s, origin, waves,
          codes, numbers, flags)
"""
_LATE = """
INSERT INTO readings_lateminute (organization_id, patient_id, minute)
SELECT DISTINCT o, p, date_trunc('minute', t) FROM unnest(%s::uuid[], %s::uuid[], %s::timestamptz[]) AS late (o, p, t)
"""


def insert(connection: psycopg.Connection, readings: Sequence[Reading]) -> None:
    """Insert the frames. Their days' partitions must exist."""
    if not readings:
        return
    connection.execute(
        _INSERT,
        [
            [reading.sender.organization_id for reading in readings],
            [reading.sender.device_id for reading in readings],
            [reading.patient_id for reading in readings],
            [reading.boot for reading in readings],
            [reading.seq for reading in readings],
            [reading.t for reading in readings],
            [reading.frame.t for reading in readings],
            [reading.arrival.received_at for reading in readings],
            [reading.frame.duration_s for reading in readings],
            [int(reading.origin) for reading in readings],
            [pack(reading.frame.waves) for reading in readings],
            [_literal(REGISTER[code].number for code in reading.frame.values) for reading in readings],
            [_literal(map(repr, reading.frame.values.values())) for reading in readings],
            [_literal(f'"{flag}"' for flag in reading.frame.flags) for reading in readings],
        ],
    )
    _note_late_minutes(connection, readings)


def _literal(items: Iterable[object]) -> str:
    return "{" + ",".join(map(str, items)) + "}"


def _note_late_minutes(connection: psycopg.Connection, readings: Sequence[Reading]) -> None:
    late = [
        reading
        for reading in readings
        if reading.patient_id is not None and is_late(reading.t, now=reading.arrival.received_at)
    ]
    if late:
        organizations = [reading.sender.organization_id for reading in late]
        patients = [reading.patient_id for reading in late]
        connection.execute(_LATE, [organizations, patients, [reading.t for reading in late]])


class Partitions:
    """The days for which partitions are known to exist; others are made when a frame of theirs arrives."""

    def __init__(self) -> None:
        self._made: set[date] = set()

    def ensure(self, connection: psycopg.Connection, days: Collection[date]) -> None:
        """Make what is missing, each in a transaction of its own."""
        for day in sorted(set(days) - self._made):
            connection.execute("SELECT bodylink_make_partitions(%s)", [day])
            self._made.add(day)
