"""Writing frames: one row each, all of a batch in one statement."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from itertools import accumulate, chain

import psycopg

from apps.core.clock import SYSTEM_CLOCK
from apps.ingest.arrival import Reading
from apps.ingest.columns import BIGINT, DOUBLE, INTEGER, REAL, SMALLINT, blobs, numbers, texts, uuids
from apps.readings.late import is_late
from apps.readings.quantities import REGISTER
from apps.readings.waves import pack

# COPY is refused under row-level security. Arrays of arrays cannot be unnested: the values of all frames travel as one
# array, of which each row takes its part.
_INSERT = """
INSERT INTO readings_frame (organization_id, device_id, patient_id, boot, seq, t, device_t, received_at, duration_s,
                            origin, waves, value_codes, value_numbers, flags)
SELECT organization_id, device_id, patient_id, boot, seq, to_timestamp(t), device_t, to_timestamp(received_at),
       duration_s, origin, waves, (%b::smallint[])[past + 1:upto], (%b::double precision[])[past + 1:upto],
       string_to_array(flags, ',')
FROM unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::text[], %b::bigint[], %b::double precision[],
            %b::double precision[], %b::double precision[], %b::real[], %b::smallint[], %b::bytea[], %b::integer[],
            %b::integer[], %b::text[])
  AS row (organization_id, device_id, patient_id, boot, seq, t, device_t, received_at, duration_s, origin, waves,
          past, upto, flags)
"""
_LATE = """
INSERT INTO readings_lateminute (organization_id, patient_id, minute)
SELECT DISTINCT o, p, date_trunc('minute', t) FROM unnest(%s::uuid[], %s::uuid[], %s::timestamptz[]) AS late (o, p, t)
"""


def insert(connection: psycopg.Connection, readings: Sequence[Reading]) -> None:
    """Insert the frames. Their days' partitions must exist."""
    if not readings:
        return
    frames = [reading.frame for reading in readings]
    ends = list(accumulate((len(frame.values) for frame in frames), initial=0))
    codes = chain.from_iterable(frame.values for frame in frames)
    connection.execute(
        _INSERT,
        [
            numbers(SMALLINT, [REGISTER[code].number for code in codes]),
            numbers(DOUBLE, list(chain.from_iterable(frame.values.values() for frame in frames))),
            uuids([reading.sender.organization_id for reading in readings]),
            uuids([reading.sender.device_id for reading in readings]),
            uuids([reading.patient_id for reading in readings]),
            texts(reading.boot for reading in readings),
            numbers(BIGINT, [reading.seq for reading in readings]),
            numbers(DOUBLE, [reading.t.timestamp() for reading in readings]),
            numbers(DOUBLE, [frame.t for frame in frames]),
            numbers(DOUBLE, [reading.arrival.received_at.timestamp() for reading in readings]),
            numbers(REAL, [frame.duration_s for frame in frames]),
            numbers(SMALLINT, [reading.origin for reading in readings]),
            blobs([pack(frame.waves) for frame in frames]),
            numbers(INTEGER, ends[:-1]),
            numbers(INTEGER, ends[1:]),
            texts(",".join(frame.flags) for frame in frames),
        ],
    )
    _note_late_minutes(connection, readings)


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
    """The days for which partitions are known to exist; others are made when a frame of theirs arrives. An older day is
    looked after every time: retention may have dropped it since."""

    def __init__(self) -> None:
        self._made: set[date] = set()

    def ensure(self, connection: psycopg.Connection, days: Collection[date]) -> None:
        """Make what is missing, each in a transaction of its own."""
        yesterday = SYSTEM_CLOCK.now().date() - timedelta(days=1)
        self._made = {day for day in self._made if day >= yesterday}
        for day in sorted(set(days) - self._made):
            connection.execute("SELECT bodylink_make_partitions(%s)", [day])
            self._made.add(day)
