"""Keeping the time of devices that cannot: watches the frames whose clock is off, learns by how much, asks for the
clock to be set. What waited in quarantine is replayed once its clock is known (`replay_known`)."""

import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
import psycopg

from apps.core.clock import SYSTEM_CLOCK
from apps.ingest.arrival import Doubt, Reading, Sender
from apps.ingest.clocks import Setting, Sighting, learned, setting_of
from apps.ingest.ledger import Key
from apps.ingest.replaying import Replayed, replay
from apps.ingest.senders import Senders
from apps.ingest.sorting import sighting_of

WAITING_REMEMBERED: Final = 256
RECENT_REMEMBERED: Final = 16
"""Sightings of a boot."""
BOOTS_WATCHED: Final = 2_000
ASKED_EVERY: Final = timedelta(minutes=1)

_WRITE = """
INSERT INTO ingest_clock (organization_id, device_id, boot, from_seq, offset_s, spread_s)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (device_id, boot, from_seq)
DO UPDATE SET offset_s = excluded.offset_s, spread_s = excluded.spread_s, known_at = now()
"""
_KNOWN = """
SELECT q.id FROM ingest_quarantined q
WHERE q.reason = 'clock' AND q.payload IS NOT NULL AND EXISTS (
  SELECT FROM ingest_clock c WHERE c.device_id = q.device_id AND c.known_at > coalesce(%s, '-infinity'::timestamptz))
ORDER BY q.first_at, q.id
"""


class Watched:
    """A boot whose clock is off: what was seen of it, and when its device was last asked to set it."""

    def __init__(self) -> None:
        self.waiting: list[Sighting] = []
        self.recent: list[Sighting] = []
        self.asked_at: datetime | None = None

    def see(self, sighting: Sighting) -> None:
        """Whether it waits is told by `learn`. A frame that is repeated under the same clock was late: no news."""
        if all((each.seq, each.start_s) != (sighting.seq, sighting.start_s) for each in (*self.waiting, *self.recent)):
            self.recent.append(sighting)

    def learn(self, settings: Sequence[Setting]) -> Sequence[Setting]:
        seen = sorted([*self.waiting, *self.recent], key=lambda each: each.arrived_s)
        self.waiting = [each for each in seen if setting_of(each, settings) is None][-WAITING_REMEMBERED:]
        self.recent = [each for each in seen if setting_of(each, settings) is not None][-RECENT_REMEMBERED:]
        return learned(self.waiting, self.recent, settings)


class Timekeeper:
    """Of one intake. It forgets with its process: what it learned is in the database, what it watched comes again."""

    def __init__(self, send: Callable[[str, bytes], None]) -> None:
        self._send = send
        self._watched: OrderedDict[Key, Watched] = OrderedDict()

    def note(self, connection: psycopg.Connection, doubts: Sequence[Doubt], readings: Iterable[Reading]) -> None:
        """A batch was taken. Writes what it tells of clocks, in a transaction of its own."""
        for doubt in doubts:
            self._watch(doubt)
        if not self._watched:
            return
        senders = {(doubt.sender.uid, doubt.boot): doubt.sender for doubt in doubts}
        for reading in readings:
            if reading.key in self._watched:
                self._watched[reading.key].see(sighting_of(reading.frame, reading.arrival))
                senders[reading.key] = reading.sender
        for key, sender in senders.items():
            self._learn(connection, key, sender)

    def _watch(self, doubt: Doubt) -> None:
        key = (doubt.sender.uid, doubt.boot)
        watched = self._watched.setdefault(key, Watched())
        self._watched.move_to_end(key)
        watched.see(doubt.sighting)
        self._ask(watched, doubt)
        if len(self._watched) > BOOTS_WATCHED:
            self._watched.popitem(last=False)

    def _ask(self, watched: Watched, doubt: Doubt) -> None:
        """For the clock to be set. Answered by frames whose time is true."""
        now = SYSTEM_CLOCK.now()
        if watched.asked_at is not None and now - watched.asked_at < ASKED_EVERY:
            return
        watched.asked_at = now
        command = {"id": secrets.token_hex(4), "command": "time-sync", "t": now.timestamp()}
        if doubt.sender.uid != doubt.arrival.uid:
            command["node"] = doubt.sender.uid
        self._send(f"bl/v1/{doubt.arrival.uid}/down/command", msgspec.json.encode(command))

    def _learn(self, connection: psycopg.Connection, key: Key, sender: Sender) -> None:
        _, boot = key
        for setting in self._watched[key].learn(sender.clocks.get(boot, ())):
            _write(connection, sender, boot, setting)


def _write(connection: psycopg.Connection, sender: Sender, boot: str, setting: Setting) -> None:
    """Whoever keeps devices in memory is told, as of every change of one."""
    owner = (sender.organization_id, sender.device_id, boot)
    connection.execute(_WRITE, [*owner, setting.from_seq, setting.offset_s, setting.spread_s])


def replay_known(connection: psycopg.Connection, senders: Senders, *, since: datetime | None = None) -> Replayed:
    """Take the frames out of quarantine whose clock has become known since then, or at all."""
    ids = [row[0] for row in connection.execute(_KNOWN, [since]).fetchall()]
    return replay(connection, ids, senders=senders) if ids else Replayed()
