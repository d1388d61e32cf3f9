"""The ledger: which frames of each boot are safe. It is locked in key order, so that no two writers wait in a ring,
and it alone decides what is new: the frames table has no say, its partitions come and go."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import psycopg

from apps.ingest.acknowledgement import Acknowledgement, acknowledge
from apps.ingest.arrival import Entry
from apps.readings.origin import Origin

Key = tuple[UUID, str]

_OPEN = """
INSERT INTO ingest_ledger (organization_id, device_id, boot, origin)
SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::smallint[]) ORDER BY 2, 3
ON CONFLICT DO NOTHING
"""
_LOCK = """
SELECT l.device_id, l.boot, l.received::text, l.oldest, l.origin
FROM ingest_ledger l JOIN unnest(%s::uuid[], %s::text[]) AS k (device_id, boot) USING (device_id, boot)
ORDER BY l.device_id, l.boot FOR UPDATE OF l
"""
_ENTER = """
UPDATE ingest_ledger l
SET received = l.received + k.added::int8multirange, oldest = k.oldest, given_up = k.given_up, last_at = now()
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::bigint[], %s::bigint[])
  AS k (device_id, boot, added, oldest, given_up)
WHERE (l.device_id, l.boot) = (k.device_id, k.boot)
"""


@dataclass(slots=True)
class Page:
    """One boot's row of the ledger while a batch is taken."""

    received: list[tuple[int, int]]
    oldest: int
    origin: Origin
    added: set[int] = field(default_factory=set)
    answering: set[int] = field(default_factory=set)

    def holds(self, seq: int) -> bool:
        return seq in self.added or any(lower <= seq < upper for lower, upper in self.received)

    def acknowledgement(self) -> Acknowledgement:
        ranges = merged(self.received, self.added)
        return acknowledge(ranges, oldest=self.oldest, answering=self.answering)


def open_pages(connection: psycopg.Connection, entries: Iterable[Entry]) -> dict[Key, Page]:
    """Lock the ledger rows of these frames' boots, made where they are new, for the rest of the transaction."""
    senders = {entry.key: entry.sender for entry in entries}
    keys = sorted(senders)
    devices, boots = [key[0] for key in keys], [key[1] for key in keys]
    organizations = [senders[key].organization_id for key in keys]
    connection.execute(_OPEN, [organizations, devices, boots, [int(senders[key].origin) for key in keys]])
    rows = connection.execute(_LOCK, [devices, boots]).fetchall()
    return {
        (device_id, boot): Page(parse_ranges(received), oldest, Origin(origin))
        for device_id, boot, received, oldest, origin in rows
    }


def enter(pages: dict[Key, Page], entries: Iterable[Entry]) -> None:
    """Enter frames on their pages, and tell each whether it is new."""
    for entry in entries:
        page = pages[entry.key]
        entry.origin = page.origin
        entry.is_new = not page.holds(entry.seq)
        page.added.add(entry.seq)
        page.answering.add(entry.seq)
        page.oldest = max(page.oldest, entry.oldest)


def write(connection: psycopg.Connection, pages: dict[Key, Page]) -> None:
    """Write the pages back. The frames they tell of must be written in the same transaction."""
    keys = sorted(pages)
    connection.execute(
        _ENTER,
        [
            [key[0] for key in keys],
            [key[1] for key in keys],
            [ranges_text(merged([], pages[key].added)) for key in keys],
            [pages[key].oldest for key in keys],
            [pages[key].acknowledgement().given_up for key in keys],
        ],
    )


def parse_ranges(text: str) -> list[tuple[int, int]]:
    """PostgreSQL's text of an int8multirange, `{[0,813),[815,817)}`, as half-open pairs."""
    if text == "{}":
        return []
    return [(int(lower), int(upper)) for lower, upper in (part.split(",") for part in text[2:-2].split("),["))]


def ranges_text(ranges: Iterable[tuple[int, int]]) -> str:
    return "{" + ",".join(f"[{lower},{upper})" for lower, upper in ranges) + "}"


def merged(ranges: Sequence[tuple[int, int]], seqs: Iterable[int]) -> list[tuple[int, int]]:
    """The union of disjoint ranges and single seqs, as ascending disjoint half-open ranges."""
    union: list[tuple[int, int]] = []
    for lower, upper in sorted([*ranges, *((seq, seq + 1) for seq in seqs)]):
        if union and lower <= union[-1][1]:
            union[-1] = (union[-1][0], max(union[-1][1], upper))
        else:
            union.append((lower, upper))
    return union
