"""Which devices are whose, where several ingests listen to one stream and the broker gives every message to each.

Each ingest holds a lease in the database and renews it; a device is that ingest's of the living ones whose name hashes
highest with its uid (rendezvous hashing: Thaler and Ravishankar 1998, IEEE/ACM Trans Networking 6:1), so that one which
comes or goes moves its own share only. What is another's is set aside for a while: when that one's lease ends, whoever
follows takes it. All of this saves work, and nothing rests on it: what two ingests take, the ledger stores once.
"""

import hashlib
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import psycopg

from apps.ingest.arrival import Arrival

LEASE_S: Final = 10.0
SET_ASIDE_S: Final = 2 * LEASE_S
SET_ASIDE: Final = 20_000
KNOWN: Final = 200_000

_RENEW = """
INSERT INTO ingest_lease (name, until) VALUES (%(name)s, clock_timestamp() + make_interval(secs => %(lease)s))
ON CONFLICT (name) DO UPDATE SET until = excluded.until
"""
_LIVING = "SELECT name FROM ingest_lease WHERE until > clock_timestamp() ORDER BY name"
_FORGET = "DELETE FROM ingest_lease WHERE name = %s OR until < clock_timestamp() - interval '1 day'"


class Division:
    """One ingest's view. Until it has renewed its lease, everything is its own."""

    def __init__(self, name: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._monotonic = monotonic
        self._living: Sequence[str] = ()
        self._mine: dict[str, bool] = {}
        self._aside: deque[tuple[float, Arrival]] = deque(maxlen=SET_ASIDE)

    def renew(self, connection: psycopg.Connection) -> list[Arrival]:
        """Say that we live, and look who else does. Returns what was set aside for others and is ours now."""
        connection.execute(_RENEW, {"name": self._name, "lease": LEASE_S})
        living = [name for (name,) in connection.execute(_LIVING)]
        if living == self._living:
            return []
        self._living, self._mine = living, {}
        self._drop_old()
        inherited = [arrival for _, arrival in self._aside if self._is_mine(arrival.uid)]
        self._aside = deque((each for each in self._aside if not self._is_mine(each[1].uid)), maxlen=SET_ASIDE)
        return inherited

    def leave(self, connection: psycopg.Connection) -> None:
        """The others need not wait for our lease to end."""
        connection.execute(_FORGET, [self._name])

    def share(self, arrivals: Iterable[Arrival]) -> list[Arrival]:
        """Those that are ours; the others' are set aside."""
        if len(self._living) < 2:
            return list(arrivals)
        now, ours = self._monotonic(), []
        for arrival in arrivals:
            if self._is_mine(arrival.uid):
                ours.append(arrival)
            else:
                self._aside.append((now, arrival))
        self._drop_old()
        return ours

    def _is_mine(self, uid: str) -> bool:
        known = self._mine.get(uid)
        if known is None:
            if len(self._mine) >= KNOWN:
                self._mine.clear()
            known = self._mine[uid] = self._name == max(self._living, key=lambda name: _weight(name, uid))
        return known

    def _drop_old(self) -> None:
        oldest = self._monotonic() - SET_ASIDE_S
        while self._aside and self._aside[0][0] < oldest:
            self._aside.popleft()


def _weight(name: str, uid: str) -> bytes:
    return hashlib.blake2b(f"{name} {uid}".encode(), digest_size=8).digest()
