"""One device that behaves: a frame, its confirmation, a pause. How long each took, whatever the others do."""

import threading
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from apps.demo.device_client import DeviceClient
from tests.benchmarks.load import Sender

# A device is told at most once a second: slower than that, each frame is answered at once.
PAUSE_S = 1.1
LOOK_EVERY_S = 0.005
CONNECTED_WITHIN_S = 30.0


class Calm:
    """While entered it sends. `took`: (when a frame was sent, seconds until it was confirmed), epoch seconds."""

    def __init__(self, sender: Sender, address: tuple[str, int]) -> None:
        self.took: list[tuple[float, float]] = []
        self.client = DeviceClient(sender.uid, sender.secret, *address)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._send)

    def __enter__(self) -> Self:
        self.client.start()
        deadline = time.monotonic() + CONNECTED_WITHIN_S
        while not self.client.connected:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.client.uid} is not let in")
            time.sleep(LOOK_EVERY_S)
        self._thread.start()
        return self

    def __exit__(self, _type: type | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()
        self.client.stop()

    def sent_within(self, begin: float, end: float) -> Iterator[float]:
        """How long the frames took that were sent in that time."""
        return (seconds for sent_at, seconds in self.took if begin <= sent_at < end)

    def _send(self) -> None:
        while not self._stop.wait(PAUSE_S):
            sent_at = time.time()
            self.client.send(sent_at, values={"spo2": 97.0})
            while self.client.unconfirmed and not self._stop.is_set():
                self.client.repeat_due()
                time.sleep(LOOK_EVERY_S)
            if not self.client.unconfirmed:
                self.took.append((sent_at, time.time() - sent_at))
