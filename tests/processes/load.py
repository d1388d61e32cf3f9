"""Devices under a small, steady load, and what they were told is safe."""

import threading
import time
from types import TracebackType
from typing import Self

from apps.demo.device_client import DeviceClient

EVERY_S = 0.1

Frame = tuple[str, str, int]
"""Device's uid, boot, seq: what a frame is known by, for ever."""


class Load:
    """While entered, each device sends a frame every tenth of a second, and repeats what is not confirmed."""

    def __init__(self, clients: list[DeviceClient]) -> None:
        self._clients = clients
        self._stop = threading.Event()
        self._sender = threading.Thread(target=self._send)
        self.sent: set[Frame] = set()

    def __enter__(self) -> Self:
        self._sender.start()
        return self

    def __exit__(self, _type: type | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self._stop.set()
        self._sender.join()

    def confirmed(self) -> set[Frame]:
        """What a device has let go of, because `down/ack` said that it is safe."""
        held: set[Frame] = set()
        for client in self._clients:
            with client._lock:
                held |= {(client.uid, client.boot, seq) for seq in client._held}
        return self.sent - held

    def _send(self) -> None:
        while not self._stop.wait(EVERY_S):
            for client in self._clients:
                seq = client.send(time.time() - EVERY_S, values={"spo2": 97.0})
                self.sent.add((client.uid, client.boot, seq))
                client.repeat_due()
