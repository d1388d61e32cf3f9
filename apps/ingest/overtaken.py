"""Frames that come after younger ones of their device: repeated after a loss, or out of a memory.

The tick reads each device onwards from a mark, and has passed such a frame by. It is noted, so that a value in it that
is the latest of its kind (a cuff pressure every five minutes) still becomes the current one.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import psycopg

from apps.ingest.arrival import Reading

# A frame this long on its way may have been passed by whether or not this process saw a younger one.
LATE_AFTER = timedelta(seconds=10)
KEPT = 200_000
_NOTE = """
INSERT INTO readings_overtakenframe (organization_id, patient_id, device_id, boot, seq, t)
SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::bigint[], %s::timestamptz[])
"""


class Overtaken:
    """Remembers the youngest frame of each device."""

    def __init__(self) -> None:
        self._youngest: dict[UUID, datetime] = {}

    def note(self, connection: psycopg.Connection, readings: Iterable[Reading]) -> None:
        """Note those of these new readings that were overtaken, in the transaction that writes them."""
        overtaken = [reading for reading in readings if self._is_overtaken(reading) and reading.frame.values]
        if overtaken:
            connection.execute(
                _NOTE,
                [
                    [reading.sender.organization_id for reading in overtaken],
                    [reading.patient_id for reading in overtaken],
                    [reading.sender.device_id for reading in overtaken],
                    [reading.boot for reading in overtaken],
                    [reading.seq for reading in overtaken],
                    [reading.t for reading in overtaken],
                ],
            )

    def _is_overtaken(self, reading: Reading) -> bool:
        device_id = reading.sender.device_id
        youngest = self._youngest.get(device_id)
        if youngest is None or reading.t > youngest:
            if len(self._youngest) >= KEPT:
                self._youngest.clear()
            self._youngest[device_id] = reading.t
        if reading.patient_id is None:
            return False
        passed = youngest is not None and reading.t < youngest
        return passed or reading.arrival.received_at - reading.t > LATE_AFTER
