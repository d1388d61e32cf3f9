"""Those who look at the platform from outside while it works, each in a process of its own. All clocks are one: the
devices, the database and the screen are on this machine, and a frame's `t` is the moment at which it was due."""

import json
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

_BINARY, _SEGMENT = struct.Struct("<BBHI"), struct.Struct("<16sHBBdfffI")
_BYTES_BY_DTYPE = (2, 2, 4)
_ALIGNMENT = 4


@dataclass(frozen=True, slots=True)
class Screen:
    """A clinician's screen: the port of the server, the session cookie, the unit that it shows."""

    port: int
    session: str
    unit_id: UUID


def watch_screen(screen: Screen, seconds: float) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """(published, received) of every wave and of every measured value that a ward's client is sent."""
    waves: list[tuple[float, float]] = []
    values: dict[tuple[str, str, str], tuple[float, float]] = {}

    def on_text(frame: dict, now: float) -> None:  # type: ignore[type-arg]
        if frame["type"] == "vitals":
            for vital in frame["vitals"]:
                if vital["origin"] == "measured":
                    at = datetime.fromisoformat(vital["at"]).timestamp()
                    values.setdefault((frame["patient"], vital["code"], vital["at"]), (at, now))

    def on_binary(frame: bytes, now: float) -> None:
        waves.extend((start, now) for start in _starts(frame))

    _watch(screen, seconds, on_text, on_binary)
    return waves, list(values.values())


def watch_screens(
    screens: Sequence[Screen], seconds: float
) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """The same of several screens at once. The first is told of; the others only take what they are sent."""
    with ThreadPoolExecutor(len(screens)) as everybody:
        first, *_ = [everybody.submit(watch_screen, screen, seconds) for screen in screens]
        return first.result()


def watch_alarms(screen: Screen, *, code: str, priority: str, seconds: float) -> dict[str, float]:
    """When each patient's alert of this code and priority was received as active."""
    received: dict[str, float] = {}

    def on_text(frame: dict, now: float) -> None:  # type: ignore[type-arg]
        if frame["type"] == "alert":
            alert = frame["alert"]
            if (alert["code"], alert["priority"], alert["state"]) == (code, priority, "active"):
                received.setdefault(frame["patient"], now)

    _watch(screen, seconds, on_text, lambda _frame, _now: None)
    return received


def _watch(
    screen: Screen,
    seconds: float,
    on_text: Callable[[dict, float], None],  # type: ignore[type-arg]
    on_binary: Callable[[bytes, float], None],
) -> None:
    deadline = time.monotonic() + seconds
    with _shown_on(screen) as client:
        while (left := deadline - time.monotonic()) > 0:
            try:
                frame = client.recv(timeout=left)
            except (TimeoutError, ConnectionClosed):
                return
            now = time.time()
            if isinstance(frame, bytes):
                on_binary(frame, now)
            else:
                on_text(msgspec.json.decode(frame), now)


@contextmanager
def _shown_on(screen: Screen) -> Iterator[ClientConnection]:
    with connect(
        f"ws://127.0.0.1:{screen.port}/ws/v1/live/",
        origin=f"http://127.0.0.1:{screen.port}",  # type: ignore[arg-type]
        additional_headers={"Cookie": f"sessionid={screen.session}"},
        compression=None,
        max_size=None,
        open_timeout=30,
    ) as client:
        client.send(json.dumps({"op": "subscribe", "unit": str(screen.unit_id)}))
        yield client


def _starts(frame: bytes) -> Iterator[float]:
    """The first sample's time of each segment of a binary frame (docs/live.md)."""
    at = _BINARY.size
    for _ in range(_BINARY.unpack_from(frame)[2]):
        fields = _SEGMENT.unpack_from(frame, at)
        yield fields[4]
        data_bytes = fields[8] * _BYTES_BY_DTYPE[fields[2]]
        at += _SEGMENT.size + data_bytes + -data_bytes % _ALIGNMENT
