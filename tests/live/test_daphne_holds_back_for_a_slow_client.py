"""The same with the real server and a real socket: Daphne buffers without end unless it is told not to."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit, urlunsplit

import numpy as np
import pytest
from django.db import connections
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from apps.accounts.roles import Role
from apps.core.publish import flush, publish
from apps.readings.messages import patient_group, wave_message
from apps.readings.origin import Origin
from apps.readings.waves import Wave
from tests.alerts.rows import breach
from tests.held_clock import HeldClock
from tests.live.client import PATH, PATIENCE_S, cookie_of, segments
from tests.personas import World

SAMPLES = 50_000
EVERY_S = 0.1
SENT = 60
WAITING = 18  # two seconds less what rounding takes
START = 1_772_366_400.0
SMALL_WINDOW_BYTES = 256 * 1024

pytestmark = pytest.mark.processes


@pytest.fixture
def port(world: World) -> Iterator[int]:
    """A Daphne of its own on the database of the test."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        free: int = probe.getsockname()[1]
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path="/" + connections["default"].settings_dict["NAME"])
    server = subprocess.Popen(
        [sys.executable, "-m", "daphne", "-v", "0", "-b", "127.0.0.1", "-p", str(free), "bodylink.asgi:application"],
        env={**os.environ, "DATABASE_URL": urlunsplit(database)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield free
    finally:
        server.terminate()
        server.wait(PATIENCE_S)


def opened(port: int, cookie: bytes) -> ClientConnection:
    """A client with a small window, whose library reads no further than its user."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        own = socket.socket()
        own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_WINDOW_BYTES)
        try:
            own.connect(("127.0.0.1", port))
        except OSError:
            own.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
            continue
        return connect(
            f"ws://127.0.0.1:{port}{PATH}",
            sock=own,
            origin=f"http://127.0.0.1:{port}",  # type: ignore[arg-type]
            additional_headers={"Cookie": cookie.decode()},
            compression=None,
            max_queue=1,
            ping_interval=None,
        )


def read_until_quiet(client: ClientConnection) -> tuple[list[dict], list[bytes]]:
    texts, binaries = [], []
    while True:
        try:
            frame = client.recv(timeout=3)
        except TimeoutError:
            return texts, binaries
        if isinstance(frame, bytes):
            binaries.append(frame)
        else:
            texts.append(json.loads(frame))


def test_what_it_cannot_take_is_dropped_by_the_server_and_alerts_arrive(
    ward: World, clock: HeldClock, port: int
) -> None:
    alice = ward.north.alice
    with opened(port, cookie_of(ward.north, Role.CLINICIAN)) as client:
        client.send(json.dumps({"op": "subscribe", "patient": str(alice.pk)}))
        while json.loads(client.recv(timeout=PATIENCE_S)).get("state") != "subscribed":
            pass
        for number in range(SENT):  # six seconds, a megabyte each, that nobody reads
            ecg = Wave("ecg", SAMPLES / EVERY_S, "uV", 2.5, 0.0, np.full(SAMPLES, number, np.int16))
            publish(patient_group(alice.pk), wave_message(alice.pk, [ecg], START + number, Origin.MEASURED))
            flush()
            time.sleep(EVERY_S)
        breach(alice, clock)
        texts, binaries = read_until_quiet(client)
    starts = [each[4] - START for frame in binaries for each in segments(frame)]
    assert starts[-WAITING:] == list(range(SENT - WAITING, SENT))
    assert len(starts) < 2 * WAITING
    assert "active" in {frame["alert"]["state"] for frame in texts if frame["type"] == "alert"}


def test_a_refused_page_never_gets_a_connection(world: World, port: int) -> None:
    with opened(port, cookie_of(world.north, Role.CLINICIAN)):
        pass
    with pytest.raises(Exception, match="403"):
        connect(
            f"ws://127.0.0.1:{port}{PATH}",
            origin="http://evil.example",  # type: ignore[arg-type]
            additional_headers={"Cookie": cookie_of(world.north, Role.CLINICIAN).decode()},
        )


def test_a_close_code_reaches_the_client(world: World, port: int) -> None:
    with opened(port, cookie_of(world.north, Role.CLINICIAN)) as client:
        client.send(json.dumps({"op": "subscribe", "patient": str(world.south.alice.pk)}))
        with pytest.raises(ConnectionClosed) as closed:
            client.recv(timeout=PATIENCE_S)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4403
