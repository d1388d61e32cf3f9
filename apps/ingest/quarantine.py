"""What could not be taken is kept with its reason, once, counted, and within bounds per device.

A row can stand in for something that is stored nowhere else: a frame that the ledger counts as received because it is
kept here, or channels that were left out of a frame when it was stored. `replaying.py` goes by that.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

import psycopg

from apps.ingest.arrival import Reading, Refusal
from apps.ingest.wire import MAX_FRAME_BYTES

# More different payloads than this of one device are only counted: the table cannot be filled by one bad device.
MAX_PAYLOADS_PER_DEVICE = 200
OVERFLOW = "overflow"
CHANNEL = "channel-"
"""How a reason begins for which a channel was left out, and the frame not refused."""

_HELD = "SELECT device_uid, count(*) FROM ingest_quarantined WHERE device_uid = ANY(%s) GROUP BY device_uid"
# Codes of channels have no control characters: arrays of arrays cannot be unnested, so they travel in one text.
_SEPARATOR = "\x1f"
_KEEP = """
INSERT INTO ingest_quarantined AS q (id, organization_id, device_id, device_uid, topic, reason, detail, digest, payload,
                                     size_bytes, count, first_at, last_at, channels)
SELECT gen_random_uuid(), o, d, uid, topic, reason, detail, digest, payload, size, count, first, last,
       string_to_array(channels, chr(31))
FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bytea[], %s::int[],
            %s::int[], %s::timestamptz[], %s::timestamptz[], %s::text[])
  AS row (o, d, uid, topic, reason, detail, digest, payload, size, count, first, last, channels)
ON CONFLICT (device_uid, reason, digest) DO UPDATE
SET count = q.count + excluded.count, last_at = greatest(q.last_at, excluded.last_at),
    channels = ARRAY(SELECT DISTINCT unnest(q.channels || excluded.channels) ORDER BY 1)
"""
_MARK = """
UPDATE ingest_quarantined q SET stands_in = true
FROM unnest(%s::text[], %s::text[], %s::text[]) AS k (device_uid, reason, digest)
WHERE (q.device_uid, q.reason, q.digest) = (k.device_uid, k.reason, k.digest) AND NOT q.stands_in
"""


def keep(connection: psycopg.Connection, refusals: Sequence[Refusal]) -> None:
    """Write refusals; the same payload refused for the same reason is one row with a count. Tells each whether its
    payload is kept: what is not must not be acknowledged to the device."""
    if not refusals:
        return
    uids = sorted({refusal.arrival.uid for refusal in refusals})
    held: Counter[str] = Counter(dict(connection.execute(_HELD, [uids]).fetchall()))
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    for refusal in refusals:
        refusal.kept = held[refusal.arrival.uid] < MAX_PAYLOADS_PER_DEVICE
        row = _row(refusal)
        key = (row["uid"], row["reason"], row["digest"])
        if key in rows:
            rows[key]["count"] += 1
            rows[key]["channels"] = _SEPARATOR.join(filter(None, (rows[key]["channels"], row["channels"])))
        else:
            rows[key] = row
            held[refusal.arrival.uid] += 1
    columns = zip(*(rows[key].values() for key in sorted(rows)), strict=True)
    connection.execute(_KEEP, [list(column) for column in columns])


def mark_stand_ins(connection: psycopg.Connection, refusals: Sequence[Refusal], readings: Sequence[Reading]) -> None:
    """Mark the rows of refusals without which something would be lost, once the ledger has told what is new: those
    whose frame was never received otherwise, and those of the channels that a new frame was stored without."""
    if not refusals:
        return
    new_arrivals = {id(reading.arrival) for reading in readings if reading.is_new}
    marked = [
        refusal
        for refusal in refusals
        if refusal.kept
        and (refusal.entry.is_new if refusal.entry else is_channel(refusal) and id(refusal.arrival) in new_arrivals)
    ]
    keys = sorted({(_uid(refusal), refusal.reason, digest_of(refusal.arrival.payload)) for refusal in marked})
    if keys:
        connection.execute(_MARK, [list(column) for column in zip(*keys, strict=True)])


def is_channel(refusal: Refusal) -> bool:
    """Whether it is a channel that was left out, and the frame was taken."""
    return refusal.reason.startswith(CHANNEL)


def digest_of(payload: bytes) -> str:
    """By which a payload is known again."""
    return hashlib.sha256(payload).hexdigest()


def _uid(refusal: Refusal) -> str:
    return refusal.arrival.uid[:64]


def _row(refusal: Refusal) -> dict[str, Any]:
    """In the order of the columns of _KEEP."""
    arrival, sender, full = refusal.arrival, refusal.sender, not refusal.kept
    return {
        "organization_id": sender.organization_id if sender else None,
        "device_id": sender.device_id if sender else None,
        "uid": _uid(refusal),
        "topic": arrival.topic[:200],
        "reason": OVERFLOW if full else refusal.reason,
        "detail": f"more than {MAX_PAYLOADS_PER_DEVICE} kept already" if full else refusal.detail[:300],
        "digest": "" if full else digest_of(arrival.payload),
        "payload": None if full else arrival.payload[:MAX_FRAME_BYTES],
        "size": len(arrival.payload),
        "count": 1,
        "first": arrival.received_at,
        "last": arrival.received_at,
        "channels": refusal.detail.partition(": ")[0] if is_channel(refusal) and not full else "",
    }
