"""A device writes on its own topics only, and only as long as its credential is good."""

import time
from typing import Any

import pytest

from apps.core.tenancy import bind
from apps.demo.device_client import DeviceClient
from apps.demo.services.supervisor import Supervisor
from apps.devices.models import Credential
from apps.devices.services import Provisioned, provision, revoke
from apps.ingest.wire import encode
from tests.demo.services.mqtt_client import Client
from tests.ingest.batches import frame, stored
from tests.personas import World
from tests.services_plugin import SERVICES
from tests.waiting import until

LET_IN_WITHIN_S, CLOSED_WITHIN_S = 30.0, 5.0

pytestmark = pytest.mark.processes


@pytest.fixture
def nodes(world: World, platform: Supervisor) -> tuple[Provisioned, Provisioned]:
    """One device of each hospital, both let in by the gatekeeper."""
    made = []
    for hospital, uid in ((world.north, "node-north"), (world.south, "node-south")):
        with bind(hospital.id):
            made.append(provision(model="Node", uid=uid))
        let_in(made[-1])
    return made[0], made[1]


def connect(who: Provisioned) -> Client:
    """A connection, or a refusal of one."""
    assert SERVICES is not None
    endpoints: Any = SERVICES.endpoints
    return Client(endpoints, who.device.uid, who.secret)


def let_in(who: Provisioned) -> None:
    """Wait until the gatekeeper answers for a device."""

    def accepted() -> bool:
        with connect(who) as client:
            return client.accepted is True

    until(accepted, f"{who.device.uid} is let in", LET_IN_WITHIN_S)


def known(uid: str) -> tuple[int, int, int]:
    """How many frames, ledger pages and quarantined payloads there are of a device."""
    tables = {"readings_frame": "device_id", "ingest_ledger": "device_id", "ingest_quarantined": "device_id"}
    query = "SELECT count(*) FROM {} t JOIN devices_device d ON d.id = t.{} WHERE d.uid = %s"
    counts = [stored(query.format(table, column), [uid])[0][0] for table, column in tables.items()]
    return counts[0], counts[1], counts[2]


def test_a_frame_on_a_foreign_topic_changes_nothing(
    nodes: tuple[Provisioned, Provisioned], broker: tuple[str, int]
) -> None:
    north, south = nodes
    payload = encode(frame(0, t=time.time()), cbor=True)
    for topic in (f"bl/v1/{south.device.uid}/up/frame", f"bl/v1/{south.device.uid}/down/ack"):
        with connect(north) as meddler:
            meddler.publish(topic, payload)
    # Once a frame sent afterwards has come through, those before it would have.
    own = DeviceClient(north.device.uid, north.secret, *broker)
    own.start()
    until(lambda: own.connected, "the device is connected", 20)
    own.send(time.time(), values={"spo2": 97.0})
    assert own.wait_until_confirmed(30)
    own.stop()
    assert known(south.device.uid) == (0, 0, 0)
    assert known(north.device.uid) == (1, 1, 0)


def test_a_revoked_credential_closes_the_connection_and_opens_none(
    world: World, nodes: tuple[Provisioned, Provisioned]
) -> None:
    north, south = nodes
    with connect(north) as revoked, connect(south) as untouched:
        assert revoked.accepted
        with bind(world.north.id):
            revoke(credentials=list(Credential.objects.select_related("device").filter(device=north.device)))
        until(revoked.lost.is_set, "the connection is closed", CLOSED_WITHIN_S)
        with connect(north) as again:
            assert again.accepted is False
        assert not untouched.lost.is_set()
        assert untouched.publish(f"bl/v1/{south.device.uid}/up/frame", b"anything")
