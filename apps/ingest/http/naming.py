"""Which frames a call to `/data/ingest` becomes: boot and seq, by which the ledger stores each once.

With an Idempotency-Key the boot is made of the key, so that the call under the same key is the same frames, whichever
process it comes to. Without one each call is new: the boot is this process's, and the seqs go on counting.

Boots of this prefix are the only rows of the ledger that are ever forgotten, 7 days after their last call; a device
must not begin the names of its own boots with it.
"""

import hashlib
import secrets
import threading
from typing import Final
from uuid import UUID

BOOT_PREFIX: Final = "data-ingest-"
DIGITS: Final = 20
"""Hexadecimal, after the prefix: 32 characters is what a boot may have."""
DEVICES_AT_MOST: Final = 100_000


def boot_of_key(key: str) -> str:
    return BOOT_PREFIX + hashlib.sha256(key.encode()).hexdigest()[:DIGITS]


class Calls:
    """The numbers of calls without a key."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._begin()

    def _begin(self) -> None:
        self._boot = BOOT_PREFIX + secrets.token_hex(DIGITS // 2)
        self._next: dict[UUID, int] = {}

    def take(self, device_id: UUID, count: int) -> tuple[str, int]:
        """A boot, and the first of so many seqs of it that nobody else gets."""
        with self._lock:
            if len(self._next) >= DEVICES_AT_MOST:
                self._begin()
            first = self._next.get(device_id, 0)
            self._next[device_id] = first + count
            return self._boot, first
