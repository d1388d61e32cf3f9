"""kill -9 of ingest, twice, under load: every frame is in the database exactly once at the end."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from apps.core.tenancy import bind
from apps.demo.device_client import DeviceClient
from apps.demo.services.supervisor import Supervisor
from apps.devices.services import Provisioned, provision
from tests.ingest.batches import stored
from tests.personas import World
from tests.processes.counts import count, tell

DEVICES, FRAMES = 50, 400
PATIENCE_S = 180.0

pytestmark = pytest.mark.processes


@contextmanager
def on_air(made: list[Provisioned], broker: tuple[str, int]) -> Iterator[list[DeviceClient]]:
    clients = [DeviceClient(each.device.uid, each.secret, *broker) for each in made]
    for client in clients:
        client.start()
    try:
        yield clients
    finally:
        for client in clients:
            client.stop()


def supervise_until(supervisor: Supervisor, done: threading.Event, clients: list[DeviceClient]) -> bool:
    """Restart what dies and have the devices repeat, until all is confirmed."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        supervisor.tick()
        for client in clients:
            client.repeat_due()
        if done.is_set() and not any(client.unconfirmed for client in clients):
            return True
        time.sleep(0.1)
    return False


def kill_ingest_at(share: float, supervisor: Supervisor) -> None:
    """Kill ingest once this share of the frames is in the database."""
    while stored("SELECT count(*) FROM readings_frame")[0][0] < share * DEVICES * FRAMES:
        supervisor.tick()
        time.sleep(0.05)
    pid = supervisor.pid("ingest")
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def test_every_frame_is_stored_exactly_once_although_ingest_is_killed_twice(
    world: World, platform: Supervisor, broker: tuple[str, int]
) -> None:
    with bind(world.north.id):
        made = [provision(model="Node", uid=f"node-{number:04d}") for number in range(DEVICES)]
    with on_air(made, broker) as clients:
        while not all(client.connected for client in clients):
            platform.tick()
            time.sleep(0.1)
        done = threading.Event()

        def send() -> None:
            for number in range(FRAMES):
                for client in clients:
                    client.send(time.time(), values={"spo2": 90.0 + number % 10})
                time.sleep(0.01)
            done.set()

        sender = threading.Thread(target=send)
        sender.start()
        kill_ingest_at(0.2, platform)
        kill_ingest_at(0.5, platform)
        killed_s = time.monotonic()
        everything_confirmed = supervise_until(platform, done, clients)
        sender.join()
    query = "SELECT d.uid, f.boot, f.seq FROM readings_frame f JOIN devices_device d ON d.id = f.device_id"
    sent = {(client.uid, client.boot, seq) for client in clients for seq in range(FRAMES)}
    counts = count(sent, sent if everything_confirmed else (), [(uid, boot, seq) for uid, boot, seq in stored(query)])
    tell("ingest, kill -9 twice", counts, time.monotonic() - killed_s)
    assert everything_confirmed
    assert counts.whole, counts
