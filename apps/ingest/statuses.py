"""How each device was when last heard. Written every other second for all that spoke, not with every frame: it is
no reading, and the next frame says it again."""

import time
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import psycopg

from apps.ingest.arrival import Reading

INTERVAL_S = 2.0
_UPSERT = """
INSERT INTO devices_devicestatus AS s (id, organization_id, device_id, last_seen_at, last_frame_t, last_frame_boot,
    last_frame_seq, battery_percent, battery_mv, charging, flags)
SELECT gen_random_uuid(), o, d, seen, t, boot, seq, percent, mv, charging, flags::text[]
FROM unnest(%s::uuid[], %s::uuid[], %s::timestamptz[], %s::timestamptz[], %s::text[], %s::bigint[],
            %s::double precision[], %s::double precision[], %s::boolean[], %s::text[])
  AS n (o, d, seen, t, boot, seq, percent, mv, charging, flags)
ON CONFLICT (device_id) DO UPDATE SET
    last_seen_at = greatest(s.last_seen_at, excluded.last_seen_at),
    last_frame_t = excluded.last_frame_t, last_frame_boot = excluded.last_frame_boot,
    last_frame_seq = excluded.last_frame_seq,
    battery_percent = coalesce(excluded.battery_percent, s.battery_percent),
    battery_mv = coalesce(excluded.battery_mv, s.battery_mv),
    charging = coalesce(excluded.charging, s.charging),
    flags = excluded.flags
WHERE s.last_frame_t IS NULL OR excluded.last_frame_t >= s.last_frame_t
"""
_SEEN = """
UPDATE devices_devicestatus s SET last_seen_at = greatest(s.last_seen_at, n.seen)
FROM unnest(%s::uuid[], %s::timestamptz[]) AS n (device_id, seen) WHERE s.device_id = n.device_id
"""


class Statuses:
    """The latest reading of each device since the last write; latest by event time, last seen by arrival."""

    def __init__(self) -> None:
        self._latest: dict[UUID, Reading] = {}
        self._seen: dict[UUID, datetime] = {}
        self._written_at = 0.0

    def note(self, readings: Iterable[Reading]) -> None:
        for reading in readings:
            device_id = reading.sender.device_id
            latest = self._latest.get(device_id)
            if latest is None or reading.t >= latest.t:
                self._latest[device_id] = reading
            self._seen[device_id] = max(
                self._seen.get(device_id, reading.arrival.received_at), reading.arrival.received_at
            )

    def write_if_due(self, connection: psycopg.Connection) -> None:
        if not self._latest or time.monotonic() - self._written_at < INTERVAL_S:
            return
        readings = [self._latest[device_id] for device_id in sorted(self._latest)]
        batteries = [reading.frame.battery for reading in readings]
        with connection.transaction():
            connection.execute(
                _UPSERT,
                [
                    [reading.sender.organization_id for reading in readings],
                    [reading.sender.device_id for reading in readings],
                    [self._seen[reading.sender.device_id] for reading in readings],
                    [reading.t for reading in readings],
                    [reading.frame.boot for reading in readings],
                    [reading.frame.seq for reading in readings],
                    [battery.percent if battery else None for battery in batteries],
                    [battery.mv if battery else None for battery in batteries],
                    [battery.charging if battery else None for battery in batteries],
                    ["{" + ",".join(f'"{flag}"' for flag in reading.frame.flags) + "}" for reading in readings],
                ],
            )
            seen = sorted(self._seen.items())
            connection.execute(_SEEN, [[item[0] for item in seen], [item[1] for item in seen]])
        self._latest.clear()
        self._seen.clear()
        self._written_at = time.monotonic()
