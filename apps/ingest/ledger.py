"""The ledger: which frames of each boot are safe. It is locked in key order, so that no two writers wait in a ring,
and it alone decides what is new: the frames table has no say, its partitions come and go."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import psycopg

from apps.ingest.acknowledgement import Acknowledgement, acknowledge
from apps.ingest.arrival import Entry, Sender
from apps.ingest.columns import BIGINT, SMALLINT, numbers, texts, uuids
from apps.readings.origin import Origin

Key = tuple[str, str]
"""Device uid and boot."""
KEPT = 500_000

_OPEN = """
INSERT INTO ingest_ledger (organization_id, device_id, boot, origin)
SELECT * FROM unnest(%b::uuid[], %b::uuid[], %b::text[], %b::smallint[]) ORDER BY 2, 3
ON CONFLICT DO NOTHING
"""
_LOCK = """
SELECT k.number, l.received::text, l.oldest, l.origin
FROM unnest(%b::uuid[], %b::text[]) WITH ORDINALITY AS k (device_id, boot, number)
JOIN ingest_ledger l USING (device_id, boot)
ORDER BY l.device_id, l.boot FOR UPDATE OF l
"""
_ENTER = """
UPDATE ingest_ledger l
SET received = l.received + k.added::int8multirange, oldest = k.oldest, given_up = k.given_up, last_at = now()
FROM unnest(%b::uuid[], %b::text[], %b::text[], %b::bigint[], %b::bigint[])
  AS k (device_id, boot, added, oldest, given_up)
WHERE (l.device_id, l.boot) = (k.device_id, k.boot)
"""


@dataclass(slots=True)
class Page:
    """One boot's row of the ledger while a batch is taken. `received` is as it was found, `added` what the batch
    brings, known already or not; `acknowledgement` counts both."""

    sender: Sender
    boot: str
    received: list[tuple[int, int]] = field(default_factory=list)
    oldest: int = 0
    origin: Origin = Origin.MEASURED
    added: set[int] = field(default_factory=set)
    acknowledgement: Acknowledgement = field(init=False)

    def holds(self, seq: int) -> bool:
        return seq in self.added or any(lower <= seq < upper for lower, upper in self.received)

    def close(self) -> None:
        """All frames of the batch are entered."""
        ranges = merged(self.received, self.added)
        self.acknowledgement = acknowledge(ranges, oldest=self.oldest, answering=self.added)


class Boots:
    """The boots that have a page for certain, so that it need not be made."""

    def __init__(self) -> None:
        self._known: set[Key] = set()

    def __contains__(self, key: object) -> bool:
        return key in self._known

    def remember(self, keys: Iterable[Key]) -> None:
        """Their pages are committed."""
        if len(self._known) > KEPT:
            self._known.clear()
        self._known.update(keys)


def open_pages(connection: psycopg.Connection, entries: Iterable[Entry], known: Container[Key] = ()) -> dict[Key, Page]:
    """Lock the pages of these frames' boots for the rest of the transaction; those that are not `known` are made if
    they are new. Made before any is locked: else two writers could wait in a ring after all."""
    pages = {entry.key: Page(entry.sender, entry.boot) for entry in entries}
    _make(connection, [page for key, page in pages.items() if key not in known])
    in_turn, found = list(pages.values()), 0
    for number, received, oldest, origin in connection.execute(_LOCK, _keys(in_turn), binary=True):
        page = in_turn[number - 1]
        page.received, page.oldest, page.origin = parse_ranges(received), oldest, Origin(origin)
        found += 1
    if found < len(pages):
        raise LookupError(f"{len(pages) - found} boots have lost their pages in the ledger")
    return pages


def _make(connection: psycopg.Connection, pages: Sequence[Page]) -> None:
    if pages:
        organizations = uuids([page.sender.organization_id for page in pages])
        origins = numbers(SMALLINT, [page.sender.origin for page in pages])
        connection.execute(_OPEN, [organizations, *_keys(pages), origins])


def enter(pages: Mapping[Key, Page], entries: Iterable[Entry]) -> None:
    """Enter frames on their pages, and tell each whether it is new."""
    for entry in entries:
        page = pages[entry.key]
        entry.origin = page.origin
        entry.is_new = not page.holds(entry.seq)
        page.added.add(entry.seq)
        page.oldest = max(page.oldest, entry.oldest)
    for page in pages.values():
        page.close()


def write(connection: psycopg.Connection, pages: Mapping[Key, Page]) -> None:
    """Write the pages back. The frames they tell of must be written in the same transaction."""
    written = list(pages.values())
    connection.execute(
        _ENTER,
        [
            *_keys(written),
            texts(ranges_text(merged([], page.added)) for page in written),
            numbers(BIGINT, [page.oldest for page in written]),
            numbers(BIGINT, [page.acknowledgement.given_up for page in written]),
        ],
    )


def _keys(pages: Sequence[Page]) -> list[bytes]:
    return [uuids([page.sender.device_id for page in pages]), texts(page.boot for page in pages)]


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
