"""What could not be taken is kept with its reason, once, counted, and within bounds per device."""

import hashlib
from collections import Counter
from collections.abc import Sequence

import psycopg

from apps.ingest.arrival import Refusal
from apps.ingest.wire import MAX_FRAME_BYTES

# More different payloads than this of one device are only counted: the table cannot be filled by one bad device.
MAX_PAYLOADS_PER_DEVICE = 200
OVERFLOW = "overflow"

_HELD = "SELECT device_uid, count(*) FROM ingest_quarantined WHERE device_uid = ANY(%s) GROUP BY device_uid"
_KEEP = """
INSERT INTO ingest_quarantined AS q (id, organization_id, device_id, device_uid, topic, reason, detail, digest, payload,
                                     size_bytes, count, first_at, last_at)
SELECT gen_random_uuid(), * FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[],
    %s::text[], %s::bytea[], %s::int[], %s::int[], %s::timestamptz[], %s::timestamptz[])
ON CONFLICT (device_uid, reason, digest) DO UPDATE
SET count = q.count + excluded.count, last_at = greatest(q.last_at, excluded.last_at)
"""


def keep(connection: psycopg.Connection, refusals: Sequence[Refusal]) -> None:
    """Write refusals; the same payload refused for the same reason is one row with a count. Tells each whether its
    payload is kept: what is not must not be acknowledged to the device."""
    if not refusals:
        return
    uids = sorted({refusal.arrival.uid for refusal in refusals})
    held: Counter[str] = Counter(dict(connection.execute(_HELD, [uids]).fetchall()))
    rows: dict[tuple[str, str, str], list] = {}  # type: ignore[type-arg]
    for refusal in refusals:
        refusal.kept = held[refusal.arrival.uid] < MAX_PAYLOADS_PER_DEVICE
        row = _row(refusal)
        key = (row[2], row[4], row[6])
        if key in rows:
            rows[key][9] += 1
        else:
            rows[key] = row
            held[refusal.arrival.uid] += 1
    connection.execute(_KEEP, [list(column) for column in zip(*(rows[key] for key in sorted(rows)), strict=True)])


def _row(refusal: Refusal) -> list:  # type: ignore[type-arg]
    arrival, sender, full = refusal.arrival, refusal.sender, not refusal.kept
    payload = None if full else arrival.payload[:MAX_FRAME_BYTES]
    return [
        sender.organization_id if sender else None,
        sender.device_id if sender else None,
        arrival.uid[:64],
        arrival.topic[:200],
        OVERFLOW if full else refusal.reason,
        f"more than {MAX_PAYLOADS_PER_DEVICE} kept already" if full else refusal.detail[:300],
        "" if full else hashlib.sha256(arrival.payload).hexdigest(),
        payload,
        len(arrival.payload),
        1,
        arrival.received_at,
        arrival.received_at,
    ]
