"""What devices are told after the commit: `down/ack`, at most one per device (or node) and second."""

import time
from collections.abc import Callable, Iterable, Mapping

from apps.ingest.acknowledgement import Acknowledgement
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
        self._waiting: dict[Address, Acknowledgement] = {}
        self._told_at: dict[Address, float] = {}  # within the last second, the earliest first

    def note(self, pages: Mapping[Key, Page], entries: Iterable[Entry]) -> None:
        """These frames are committed. What is known of their boots now is what their devices will be told."""
        for entry in entries:
            self._waiting[_address(entry)] = pages[entry.key].acknowledgement

    def send_due(self) -> None:
        """Send what waits to devices that were not told within the last second."""
        now = time.monotonic()
        self._forget_told_before(now - INTERVAL_S)
        for address in self._waiting.keys() - self._told_at.keys():
            uid, node, boot = address
            acknowledgement = self._waiting.pop(address)
            payload = encode_ack(boot, acknowledgement.upto, acknowledgement.also, node)
            self._send(f"bl/v1/{uid}/down/ack", payload)
            self._told_at[address] = now

    def _forget_told_before(self, then: float) -> None:
        while self._told_at and self._told_at[first := next(iter(self._told_at))] <= then:
            del self._told_at[first]

    @property
    def waiting(self) -> bool:
        return bool(self._waiting)


def _address(entry: Entry) -> Address:
    through_hub = entry.arrival.uid != entry.sender.uid
    return entry.arrival.uid, entry.sender.uid if through_hub else None, entry.boot
