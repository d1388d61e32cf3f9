"""Taking once more what is in quarantine, after whatever was wrong has been mended.

Each row is a transaction of its own, under the lock of that row, which is deleted with what was stored of it: run twice
at once, or interrupted, nothing is stored twice and nothing lost. What is stored:

- *a frame that was refused* goes the way of all frames, by the ledger. If the ledger counts it as received only because
  quarantine holds it (the row stands in for it), it is stored although it is not new. That happens once: the mark is
  the row's, and the row goes. If the frame came in otherwise meanwhile, there is nothing to store.
- *a channel that was left out of a stored frame* becomes a further row of the frame's time, which holds that channel
  and nothing else. Stored frames are never touched: they may have been merged into blocks, or dropped. Its boot is made
  of the frame's and the channel's code, and is one that no device can send; so the ledger keeps each added channel
  once, for ever, like any frame.

Whatever still cannot be taken stays, with its reason and count. A device's clock is judged by when the frame arrived
first; whom it was on by what is known of its bindings now.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from uuid import UUID

import psycopg

from apps.core.clock import SYSTEM_CLOCK, Clock
from apps.ingest import frames, ledger, quarantine
from apps.ingest.arrival import Arrival, Reading
from apps.ingest.overtaken import Overtaken
from apps.ingest.senders import Senders
from apps.ingest.sorting import Sorted, sort_out
from apps.ingest.wire import Frame

SUPPLEMENT: Final = "~"
"""How the boots begin under which channels are added to stored frames. No boot of a device has it."""
BOOT_LENGTH: Final = 32

_CHOSEN = """
SELECT id FROM ingest_quarantined
WHERE payload IS NOT NULL AND (%(reason)s::text IS NULL OR reason = %(reason)s)
  AND (%(uid)s::text IS NULL OR device_uid = %(uid)s)
ORDER BY first_at, id
"""
_HELD = """
SELECT id, device_uid, topic, reason, payload, size_bytes, stands_in, channels, first_at FROM ingest_quarantined
WHERE id = %s AND payload IS NOT NULL
"""
_REMOVE = "DELETE FROM ingest_quarantined WHERE id = %s"
_LEAVE = "UPDATE ingest_quarantined SET channels = %s WHERE id = %s"


@dataclass(slots=True)
class Replayed:
    """What became of the rows. `frames`: stored now; `channels`: added to stored frames; `known`: rows of which nothing
    was missing any more; `kept`: rows that stay, by why they cannot be taken now."""

    frames: int = 0
    channels: int = 0
    known: int = 0
    kept: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        said = [f"{self.frames} frames stored", f"{self.channels} channels added", f"{self.known} known already"]
        return ", ".join([*said, *(f"{count} kept ({reason})" for reason, count in sorted(self.kept.items()))])


@dataclass(frozen=True, slots=True)
class _Held:
    """A row of the quarantine whose payload is there."""

    id: UUID
    uid: str
    topic: str
    reason: str
    payload: bytes
    size_bytes: int
    stands_in: bool
    channels: Sequence[str]
    first_at: datetime

    @property
    def is_of_channels(self) -> bool:
        return self.reason.startswith(quarantine.CHANNEL)

    @property
    def arrival(self) -> Arrival:
        return Arrival(self.uid, self.topic, bytes(self.payload), self.first_at)


def chosen(connection: psycopg.Connection, *, reason: str | None = None, uid: str | None = None) -> list[UUID]:
    """The rows that could be replayed, of one reason or device if so wanted, in the order of their arrival."""
    rows = connection.execute(_CHOSEN, {"reason": reason, "uid": uid}).fetchall()
    return [row[0] for row in rows]


def replay(
    connection: psycopg.Connection, ids: Iterable[UUID], *, senders: Senders | None = None, clock: Clock = SYSTEM_CLOCK
) -> Replayed:
    """Take these rows of the quarantine once more. `connection`: the ingest role's own, in no transaction.

    Raises psycopg's errors while the database is away: then the rows so far are done, and the others as they were.
    """
    replayed, partitions, senders = Replayed(), frames.Partitions(), senders or Senders(connection)
    for held_id in ids:
        held = _held(connection, held_id)
        if held is None:
            continue
        days = {reading.t.date() for reading in sort_out(senders, [held.arrival]).readings}
        partitions.ensure(connection, days)
        with connection.transaction():
            locked = _held(connection, held_id, lock=True)
            if locked is not None:
                _Replay(connection, senders, locked, clock.now(), replayed).run()
    return replayed


def _held(connection: psycopg.Connection, held_id: UUID, *, lock: bool = False) -> _Held | None:
    row = connection.execute(_HELD + (" FOR UPDATE" if lock else ""), [held_id]).fetchone()
    return _Held(*row) if row else None


class _Replay:
    """One row, in its transaction."""

    def __init__(
        self, connection: psycopg.Connection, senders: Senders, held: _Held, now: datetime, replayed: Replayed
    ) -> None:
        self._connection = connection
        self._senders = senders
        self._held = held
        self._now = now
        self._replayed = replayed

    def run(self) -> None:
        if len(self._held.payload) < self._held.size_bytes:
            self._replayed.kept["not whole"] += 1
            return
        found = sort_out(self._senders, [self._held.arrival])
        if not found.readings:
            self._replayed.kept[found.refusals[0].reason] += 1
            return
        (reading,) = found.readings
        if self._held.is_of_channels:
            self._add_channels(reading)
        else:
            self._take(reading, found)

    def _take(self, reading: Reading, found: Sorted) -> None:
        """The whole frame; what it is still without goes to quarantine, as it does with every frame."""
        self._remove()
        pages = ledger.open_pages(self._connection, [reading])
        ledger.enter(pages, [reading])
        reading.is_new = reading.is_new or self._held.stands_in
        if reading.is_new:
            quarantine.keep(self._connection, found.refusals)
            quarantine.mark_stand_ins(self._connection, found.refusals, [reading])
            self._store([reading])
        ledger.write(self._connection, pages)
        self._replayed.frames += reading.is_new
        self._replayed.known += not reading.is_new

    def _add_channels(self, reading: Reading) -> None:
        if not self._held.stands_in:
            self._remove()
            self._replayed.known += 1
            return
        faulty = {fault.code for fault in reading.frame.faults}
        left = [code for code in self._held.channels if code in faulty]
        added = list(_supplements(reading, set(self._held.channels) - faulty))
        pages = ledger.open_pages(self._connection, added)
        ledger.enter(pages, added)
        new = [supplement for supplement in added if supplement.is_new]
        self._store(new)
        ledger.write(self._connection, pages)
        self._replayed.channels += len(new)
        if left:
            self._connection.execute(_LEAVE, [left, self._held.id])
            self._replayed.kept[self._held.reason] += 1
        else:
            self._remove()
            self._replayed.known += not new

    def _store(self, readings: list[Reading]) -> None:
        """As of now, or minutes that were rolled up meanwhile would not be made again."""
        for reading in readings:
            reading.arrival = replace(reading.arrival, received_at=self._now)
        frames.insert(self._connection, readings)
        Overtaken().note(self._connection, readings)

    def _remove(self) -> None:
        self._connection.execute(_REMOVE, [self._held.id])


def _supplements(reading: Reading, codes: Iterable[str]) -> Iterator[Reading]:
    for code in sorted(codes):
        part = _only(reading.frame, code)
        if part.waves or part.values or part.flags:
            yield Reading(
                arrival=reading.arrival,
                sender=reading.sender,
                boot=supplement_boot(reading.boot, code),
                seq=reading.seq,
                oldest=0,
                frame=part,
                t=reading.t,
                patient_id=reading.patient_id,
            )


def supplement_boot(boot: str, code: str) -> str:
    """The boot under which a channel is added to the frames of another boot."""
    digest = hashlib.sha256(f"{boot} {code}".encode()).hexdigest()
    return SUPPLEMENT + digest[: BOOT_LENGTH - len(SUPPLEMENT)]


def _only(frame: Frame, code: str) -> Frame:
    """The frame with that channel and nothing else. A whole section can have been left out, under its own name."""
    waves = tuple(wave for wave in frame.waves if code in (wave.code, "waves"))
    return replace(
        frame,
        waves=waves,
        values={name: value for name, value in frame.values.items() if code in (name, "values")},
        flags=frame.flags if code == "flags" else (),
        duration_s=max((wave.duration_s for wave in waves), default=0.0),
    )
