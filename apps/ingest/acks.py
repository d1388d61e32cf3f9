"""What devices are told after the commit: `down/ack`, at most one per device (or node) and second."""

import time
from collections.abc import Callable, Iterable

from apps.ingest.arrival import Entry
from apps.ingest.ledger import Key, Page
from apps.ingest.wire import encode_ack

INTERVAL_S = 1.0
Address = tuple[str, str | None, str]
"""Topic's uid, node (None for the device itself), boot."""


class Acks:
    """Coalesces acknowledgements. A lost one costs nothing: the device repeats the frame and is answered again."""

    def __init__(self, send: Callable[[str, bytes], None]) -> None:
        self._send = send
        self._waiting: dict[Address, bytes] = {}
        self._sent_at: dict[Address, float] = {}

    def note(self, pages: dict[Key, Page], entries: Iterable[Entry]) -> None:
        """These frames are committed. What is known of their boots now is what their devices will be told."""
        for address, key in {_address(entry): entry.key for entry in entries}.items():
            acknowledgement = pages[key].acknowledgement()
            boot = address[2]
            self._waiting[address] = encode_ack(boot, acknowledgement.upto, acknowledgement.also, address[1])

    def send_due(self) -> None:
        """Send what waits to devices that were not told within the last second."""
        now = time.monotonic()
        due = [a for a in self._waiting if now - self._sent_at.get(a, -INTERVAL_S) >= INTERVAL_S]
        for address in due:
            self._send(f"bl/v1/{address[0]}/down/ack", self._waiting.pop(address))
            self._sent_at[address] = now
        if len(self._sent_at) > 100_000:
            self._sent_at = {a: at for a, at in self._sent_at.items() if now - at < INTERVAL_S}

    @property
    def waiting(self) -> bool:
        return bool(self._waiting)


def _address(entry: Entry) -> Address:
    through_hub = entry.arrival.uid != entry.sender.uid
    return entry.arrival.uid, entry.sender.uid if through_hub else None, entry.boot
