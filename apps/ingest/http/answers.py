"""What a device is told of the frames in its request: read from the database after the commit, so that it holds."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import psycopg

from apps.ingest.acknowledgement import acknowledge
from apps.ingest.arrival import Arrival
from apps.ingest.quarantine import OVERFLOW
from apps.ingest.wire import Identity, identify

# Of the caller itself and of its nodes: what another device has sent is nobody's to ask.
_LEDGER = """
SELECT d.uid, l.boot, l.received, l.oldest
FROM unnest(%s::text[], %s::text[]) AS asked (uid, boot)
JOIN devices_device d ON d.uid = asked.uid AND (d.id = %s OR d.hub_id = %s)
JOIN ingest_ledger l ON l.device_id = d.id AND l.boot = asked.boot
"""
_HELD = """
SELECT digest, reason, detail FROM ingest_quarantined
WHERE device_uid = %s AND digest = ANY(%s) ORDER BY reason
"""
_NO_ROOM: Final = "There is no room in quarantine for more of this device. Keep the frame and send it again later."

Boot = tuple[str, str]
"""A device's uid, and one of its boots."""
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Page:
    """What the ledger holds of a boot: half-open ranges of seqs."""

    received: Sequence[tuple[int, int]]
    oldest: int

    def settles(self, seq: int) -> bool:
        return seq < self.oldest or any(lower <= seq < upper for lower, upper in self.received)


def answer(connection: psycopg.Connection, device_id: UUID, uid: str, arrivals: Sequence[Arrival]) -> Answer:
    """`acknowledged` as `down/ack` has it, a boot each; `quarantined`: what of these frames is there, and why."""
    identities = [identify(arrival.payload) for arrival in arrivals]
    seqs: dict[Boot, set[int]] = defaultdict(set)
    for identity in filter(None, identities):
        seqs[_boot(identity, uid)].add(identity.seq)
    pages = _pages(connection, device_id, seqs)
    held = _held(connection, uid, [_digest(arrival) for arrival in arrivals])
    return {
        "acknowledged": [_acknowledged(boot, page, seqs[boot], uid) for boot, page in sorted(pages.items(), key=_key)],
        "quarantined": [
            _quarantined(index, identity, reason, detail)
            for index, (arrival, identity) in enumerate(zip(arrivals, identities, strict=True))
            for reason, detail in held.get(_digest(arrival)) or _overflow(identity, pages, uid)
        ],
    }


def _boot(identity: Identity, uid: str) -> Boot:
    return identity.node or uid, identity.boot


def _key(item: tuple[Boot, _Page]) -> Boot:
    return item[0]


def _pages(connection: psycopg.Connection, device_id: UUID, boots: Iterable[Boot]) -> dict[Boot, _Page]:
    asked = list(boots)
    uids, names = [boot[0] for boot in asked], [boot[1] for boot in asked]
    rows = connection.execute(_LEDGER, [uids, names, device_id, device_id]).fetchall()
    return {
        (uid, boot): _Page([(seqs.lower, seqs.upper) for seqs in received], oldest)
        for uid, boot, received, oldest in rows
    }


def _acknowledged(boot: Boot, page: _Page, seqs: set[int], uid: str) -> Answer:
    told = acknowledge(page.received, oldest=page.oldest, answering=seqs)
    said: Answer = {"boot": boot[1], "upto": told.upto, "also": list(told.also)}
    if boot[0] != uid:
        said["node"] = boot[0]
    return said


def _digest(arrival: Arrival) -> str:
    """By which quarantine knows a payload."""
    return hashlib.sha256(arrival.payload).hexdigest()


def _held(connection: psycopg.Connection, uid: str, digests: list[str]) -> Mapping[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for digest, reason, detail in connection.execute(_HELD, [uid, digests]).fetchall():
        found[digest].append((reason, detail))
    return found


def _overflow(identity: Identity | None, pages: Mapping[Boot, _Page], uid: str) -> list[tuple[str, str]]:
    """A frame that is neither in the ledger nor held: quarantine was full."""
    page = pages.get(_boot(identity, uid)) if identity else None
    if identity and page and page.settles(identity.seq):
        return []
    return [(OVERFLOW, _NO_ROOM)]


def _quarantined(index: int, identity: Identity | None, reason: str, detail: str) -> Answer:
    return {
        "index": index,
        "boot": identity.boot if identity else None,
        "seq": identity.seq if identity else None,
        "node": identity.node if identity else None,
        "reason": reason,
        "detail": detail,
    }
