"""What Mosquitto lets a device do: speak for itself, hear what is meant for it, and take no more than its share."""

import socket
import ssl
import time
from contextlib import suppress

import pytest

from apps.demo.services.supervisor import Supervisor
from apps.ingest import mqtt
from tests.demo.services.process_tree import eventually
from tests.processes.mosquitto.broker import DEVICES_PORT, PASSWORD, PLATFORM, PLATFORM_PORT, Mosquitto
from tests.processes.mosquitto.conftest import Nodes

TOO_MUCH_BYTES, WITHIN_LIMITS_BYTES = 2_000_200, 300_000
SHARED = "$share/bodylink-ingest/bl/v1/+/up/frame"

pytestmark = pytest.mark.processes


def test_only_what_is_on_its_own_topic_arrives(mosquitto: Mosquitto, nodes: Nodes) -> None:
    north, south = nodes
    with mosquitto.ingest() as ingest, mosquitto.connect(north.device.uid, north.secret) as node:
        assert ingest.subscribe("bl/v1/+/up/#")
        for topic in (f"bl/v1/{south.device.uid}/up/frame", f"bl/v1/{south.device.uid}/down/ack", "bl/v1", "$SYS/x"):
            node.publish(topic, b"for somebody else")  # acknowledged all the same: PUBACK is no more than that
        assert node.publish(f"bl/v1/{north.device.uid}/up/frame", b"own")
        assert eventually(lambda: b"own" in ingest.payloads())
        assert ingest.received == [(f"bl/v1/{north.device.uid}/up/frame", b"own")]


def test_a_device_hears_its_own_answers_and_nobody_elses(mosquitto: Mosquitto, nodes: Nodes) -> None:
    north, south = nodes
    with (
        mosquitto.ingest(clean=True) as ingest,
        mosquitto.connect(north.device.uid, north.secret) as curious,
        mosquitto.connect(south.device.uid, south.secret) as other,
    ):
        # Mosquitto grants every subscription, and checks what it delivers.
        for topic in ("#", "+/#", "bl/v1/+/up/#", f"bl/v1/{south.device.uid}/down/#", "$SYS/#", "bl/v1/+/down/ack"):
            curious.subscribe(topic)
        assert other.publish(f"bl/v1/{south.device.uid}/up/frame", b"of the other")
        ingest.publish(f"bl/v1/{south.device.uid}/down/ack", b"to the other")
        ingest.publish(f"bl/v1/{north.device.uid}/down/ack", b"to the curious")
        assert eventually(lambda: b"to the curious" in curious.payloads())
        assert set(curious.payloads()) == {b"to the curious"}


def test_a_message_that_is_too_large_ends_the_connection(mosquitto: Mosquitto, nodes: Nodes) -> None:
    north, _ = nodes
    with mosquitto.connect(north.device.uid, north.secret) as node:
        assert node.publish(f"bl/v1/{north.device.uid}/up/frame", b"x" * WITHIN_LIMITS_BYTES)
        assert not node.publish(f"bl/v1/{north.device.uid}/up/frame", b"x" * TOO_MUCH_BYTES)
        assert node.lost.is_set()


def test_nobody_takes_anothers_session_by_its_client_id(mosquitto: Mosquitto, nodes: Nodes) -> None:
    north, south = nodes
    with (
        mosquitto.ingest() as ingest,
        mosquitto.connect(south.device.uid, south.secret, client_id=south.device.uid) as other,
        mosquitto.connect(north.device.uid, north.secret, client_id="bodylink-ingest-test"),
        mosquitto.connect(north.device.uid, north.secret, client_id=south.device.uid) as again,
    ):
        assert again.accepted
        time.sleep(0.5)
        assert not ingest.lost.is_set()
        assert not other.lost.is_set()


def test_the_queue_of_ingest_survives_a_killed_broker(
    mosquitto: Mosquitto, supervisor: Supervisor, nodes: Nodes
) -> None:
    north, _ = nodes
    with mosquitto.ingest() as away:
        assert away.subscribe("bl/v1/+/up/#")
    sent = [b"frame %d" % number for number in range(200)]
    with mosquitto.connect(north.device.uid, north.secret) as node:
        assert all(node.publish(f"bl/v1/{north.device.uid}/up/frame", payload) for payload in sent)
        time.sleep(2.5)  # what came within the last second may be lost with the broker
        mosquitto.kill(supervisor)
    mosquitto.wait_until_back(supervisor)
    with mosquitto.ingest() as back:
        assert back.session_present
        assert eventually(lambda: set(back.payloads()) >= set(sent))


def test_ingests_share_what_comes(mosquitto: Mosquitto, nodes: Nodes) -> None:
    north, _ = nodes
    with (
        mosquitto.ingest(client_id="one", clean=True) as one,
        mosquitto.ingest(client_id="two", clean=True) as two,
        mosquitto.connect(north.device.uid, north.secret) as node,
    ):
        assert one.subscribe(SHARED)
        assert two.subscribe(SHARED)
        sent = [b"%d" % number for number in range(20)]
        assert all(node.publish(f"bl/v1/{north.device.uid}/up/frame", payload) for payload in sent)
        assert eventually(lambda: sorted(one.payloads() + two.payloads()) == sorted(sent))
        assert one.received
        assert two.received


def test_a_group_whose_name_is_known_can_be_joined_by_a_device_which_takes_frames_from_ingest(
    mosquitto: Mosquitto, nodes: Nodes
) -> None:
    """Why the name of our group is a secret. Should this fail one day, Mosquitto checks subscriptions."""
    north, south = nodes
    with (
        mosquitto.ingest(client_id="one", clean=True) as ingest,
        mosquitto.connect(south.device.uid, south.secret) as thief,
        mosquitto.connect(north.device.uid, north.secret) as node,
    ):
        assert ingest.subscribe(SHARED)
        assert thief.subscribe(SHARED)
        for number in range(20):
            assert node.publish(f"bl/v1/{north.device.uid}/up/frame", b"%d" % number)
        time.sleep(1)
        assert thief.received == []
        assert len(ingest.received) < 20


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize("port", [DEVICES_PORT, PLATFORM_PORT])
def test_below_tls_1_2_there_is_no_connection(mosquitto: Mosquitto, supervisor: Supervisor, port: int) -> None:
    def shake_hands(context: ssl.SSLContext) -> str | None:
        with socket.create_connection(("127.0.0.1", mosquitto.ports[port]), timeout=5) as plain:
            return context.wrap_socket(plain, server_hostname="127.0.0.1").version()

    context = mosquitto.tls()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError, match=r"(?i)alert protocol version"):
        shake_hands(context)
    context.maximum_version = context.minimum_version = ssl.TLSVersion.TLSv1_2
    assert shake_hands(context) == "TLSv1.2"
    with pytest.raises(ssl.SSLCertVerificationError):  # who does not know the authority does not trust it
        shake_hands(ssl.create_default_context())


@pytest.mark.parametrize("port", [DEVICES_PORT, PLATFORM_PORT])
def test_in_the_clear_there_is_no_connection(mosquitto: Mosquitto, supervisor: Supervisor, port: int) -> None:
    with socket.create_connection(("127.0.0.1", mosquitto.ports[port]), timeout=5) as plain:
        plain.sendall(mqtt.connect("somebody", PLATFORM, PASSWORD, clean=True, keepalive_s=20))
        with suppress(ConnectionResetError):
            assert not plain.recv(1024).startswith(bytes([mqtt.CONNACK]))
