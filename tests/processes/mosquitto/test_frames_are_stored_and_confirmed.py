"""The real ingest and the real Mosquitto: frame to row to `down/ack`, by TLS, also through a kill -9 of the broker."""

import json
import subprocess
import time
from collections.abc import Iterator

import pytest

from apps.demo.device_client import DeviceClient
from apps.demo.services.supervisor import Supervisor
from tests.ingest.batches import stored
from tests.processes.mosquitto.broker import DEVICES_PORT, Mosquitto
from tests.processes.mosquitto.conftest import Nodes, Say
from tests.waiting import until

PATIENCE_S = 60.0
CHECKED = ("broker", "broker_refuses_strangers", "broker_credentials", "ingest")

pytestmark = pytest.mark.processes


@pytest.fixture
def ingest(database: None, mosquitto: Mosquitto, supervisor: Supervisor) -> Iterator[None]:
    with Supervisor([], mosquitto.directory, catch_signals=False) as own:
        own.add(mosquitto.manage("ingest", "ingest_mqtt", "--name", "mosquitto"))
        yield


@pytest.fixture
def clients(ingest: None, mosquitto: Mosquitto, nodes: Nodes) -> Iterator[list[DeviceClient]]:
    address = ("127.0.0.1", mosquitto.ports[DEVICES_PORT])
    made = [DeviceClient(node.device.uid, node.secret, *address, tls=mosquitto.tls()) for node in nodes]
    for client in made:
        client.start()
    until(lambda: all(client.connected for client in made), "the devices are connected", 20)
    yield made
    for client in made:
        client.stop()


def test_a_frame_is_stored_and_confirmed(clients: list[DeviceClient], nodes: Nodes, say: Say) -> None:
    north, _ = clients
    north.send(time.time(), values={"spo2": 97.0})
    assert north.wait_until_confirmed(PATIENCE_S)
    begun = time.monotonic()
    north.send(time.time(), values={"spo2": 96.0})
    assert north.wait_until_confirmed(PATIENCE_S)
    say("frame to its confirmation", time.monotonic() - begun)
    assert sorted(stored("SELECT device_id, boot, seq FROM readings_frame")) == [
        (nodes[0].device.pk, north.boot, seq) for seq in (0, 1)
    ]


def test_doctor_finds_the_broker_and_ingest_well(clients: list[DeviceClient], mosquitto: Mosquitto) -> None:
    clients[0].send(time.time(), values={"spo2": 97.0})
    assert clients[0].wait_until_confirmed(PATIENCE_S)  # ingest is up
    command = mosquitto.manage("doctor", "doctor", "--json")

    def well() -> bool:
        done = subprocess.run(
            command.argv, env=command.env, cwd=command.cwd, check=False, capture_output=True, text=True
        )
        checks = json.loads(done.stdout)["checks"]
        return all(checks[name]["ok"] for name in CHECKED)

    until(well, f"well are {CHECKED}", PATIENCE_S)


def test_a_broker_killed_under_load_loses_nothing_that_was_confirmed_and_nothing_in_the_end(
    clients: list[DeviceClient], nodes: Nodes, mosquitto: Mosquitto, supervisor: Supervisor, say: Say
) -> None:
    def send(count: int) -> None:
        for _ in range(count):
            for client in clients:
                client.send(time.time(), values={"spo2": 97.0})
            time.sleep(0.02)

    send(50)
    mosquitto.kill(supervisor)
    send(20)
    begun = time.monotonic()
    mosquitto.wait_until_back(supervisor)
    send(50)
    assert all(client.wait_until_confirmed(PATIENCE_S) for client in clients)
    say("broker killed under load to everything confirmed", time.monotonic() - begun)
    rows = stored("SELECT device_id, boot, seq FROM readings_frame")
    assert len(rows) == len(set(rows)) == 2 * 120
