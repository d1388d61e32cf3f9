"""How each device was when last heard. Written every other second for all that spoke, not with every frame: it is
no reading, and the next frame says it again."""

import time
from collections.abc import Iterable
from datetime import datetime

import psycopg

from apps.ingest.arrival import Reading
from apps.ingest.columns import BIGINT, DOUBLE, numbers, texts, uuids

INTERVAL_S = 2.0
_UPSERT = """
INSERT INTO devices_devicestatus AS s (id, organization_id, device_id, last_seen_at, last_frame_t, last_frame_boot,
    last_frame_seq, battery_percent, battery_mv, charging, flags)
SELECT gen_random_uuid(), o, d, to_timestamp(seen), to_timestamp(t), boot, seq, percent, mv, charging,
       string_to_array(flags, ',')
FROM unnest(%b::uuid[], %b::uuid[], %b::double precision[], %b::double precision[], %b::text[], %b::bigint[],
            %s::double precision[], %s::double precision[], %s::boolean[], %b::text[])
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
UPDATE devices_devicestatus s SET last_seen_at = to_timestamp(n.seen)
FROM unnest(%b::uuid[], %b::double precision[]) AS n (device_id, seen)
WHERE s.device_id = n.device_id AND s.last_seen_at < to_timestamp(n.seen)
"""


class Statuses:
    """The latest reading of each device since the last write; latest by event time, last seen by arrival."""

    def __init__(self) -> None:
        self._latest: dict[str, Reading] = {}
        self._seen: dict[str, datetime] = {}
        self._written_at = 0.0

    def note(self, readings: Iterable[Reading]) -> None:
        for reading in readings:
            uid, seen_at = reading.sender.uid, reading.arrival.received_at
            latest = self._latest.get(uid)
            if latest is None:
                self._latest[uid], self._seen[uid] = reading, seen_at
                continue
            if reading.t >= latest.t:
                self._latest[uid] = reading
            self._seen[uid] = max(self._seen[uid], seen_at)

    def write_if_due(self, connection: psycopg.Connection) -> None:
        if not self._latest or time.monotonic() - self._written_at < INTERVAL_S:
            return
        readings = sorted(self._latest.values(), key=lambda reading: reading.sender.device_id)
        devices = uuids([reading.sender.device_id for reading in readings])
        seen = numbers(DOUBLE, [self._seen[reading.sender.uid].timestamp() for reading in readings])
        batteries = [reading.frame.battery for reading in readings]
        with connection.transaction():
            connection.execute(
                _UPSERT,
                [
                    uuids([reading.sender.organization_id for reading in readings]),
                    devices,
                    seen,
                    numbers(DOUBLE, [reading.t.timestamp() for reading in readings]),
                    texts(reading.boot for reading in readings),
                    numbers(BIGINT, [reading.seq for reading in readings]),
                    [battery.percent if battery else None for battery in batteries],
                    [battery.mv if battery else None for battery in batteries],
                    [battery.charging if battery else None for battery in batteries],
                    texts(",".join(reading.frame.flags) for reading in readings),
                ],
            )
            connection.execute(_SEEN, [devices, seen])
        self._latest.clear()
        self._seen.clear()
        self._written_at = time.monotonic()
