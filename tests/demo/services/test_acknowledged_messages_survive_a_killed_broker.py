"""PUBACK means: the broker has it, also after kill -9, also while ingest is away."""

import os
import signal
import socket
from urllib.parse import urlsplit

from apps.demo.services.embedded import Endpoints, RunningServices
from apps.demo.services.supervisor import Supervisor
from tests.demo.services.conftest import Connect, Doorkeeper
from tests.demo.services.mqtt_client import Client
from tests.demo.services.process_tree import eventually


def test_what_was_acknowledged_while_ingest_was_away_arrives_after_kill_9_of_the_broker(
    connect: Connect, doorkeeper: Doorkeeper, embedded: RunningServices
) -> None:
    password = urlsplit(embedded.endpoints.mqtt_url).password

    def ingest_returns(clean: bool = False) -> Client:
        return connect("ingest", password, client_id="bodylink:ingest-test", clean=clean)

    away = ingest_returns()
    assert away.subscribe("bl/v1/+/up/#")
    away.__exit__()
    alice = connect("dev-alice", "first")
    sent = [b"frame %d" % number for number in range(200)]
    for payload in sent:
        assert alice.publish("bl/v1/dev-alice/up/frame", payload)

    killed = embedded.supervisor.pid("broker")
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    assert eventually(lambda: _came_back(embedded.supervisor, "broker", killed))
    assert eventually(lambda: _answers(embedded.endpoints))
    back = ingest_returns()
    assert back.session_present
    assert eventually(lambda: set(back.payloads()) >= set(sent))

    # The callout service has found the new broker by itself.
    doorkeeper.call(doorkeeper.service.wait_connected())
    assert connect("dev-alice", "first").publish("bl/v1/dev-alice/up/frame", b"afterwards")
    assert eventually(lambda: b"afterwards" in back.payloads())
    ingest_returns(clean=True)  # ends the lasting session


def _came_back(supervisor: Supervisor, name: str, former: int) -> bool:
    supervisor.tick()
    return supervisor.pid(name) not in (None, former)


def _answers(endpoints: Endpoints) -> bool:
    try:
        socket.create_connection((endpoints.mqtt_host, endpoints.mqtt_port)).close()
    except OSError:
        return False
    return True
