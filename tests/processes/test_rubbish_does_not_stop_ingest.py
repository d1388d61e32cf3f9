"""10,000 malformed payloads and one of 10 MB: ingest lives, each is quarantined with a reason, a good frame arrives."""

import time
from typing import Any

import pytest

from apps.core.tenancy import bind
from apps.demo.device_client import DeviceClient
from apps.demo.services.supervisor import Supervisor
from apps.devices.services import provision
from tests.demo.services.mqtt_client import Client
from tests.ingest.batches import seqs_of, stored
from tests.personas import World
from tests.processes.counts import say
from tests.processes.publisher import PATIENCE_S, Publisher
from tests.processes.rubbish import BOOT, KINDS, rubbish
from tests.services_plugin import SERVICES
from tests.waiting import until

PAYLOADS = 10_000
TOO_MUCH_BYTES = 10_000_000

pytestmark = pytest.mark.processes


def in_quarantine(uid: str) -> int:
    return int(stored("SELECT coalesce(sum(count), 0) FROM ingest_quarantined WHERE device_uid = %s", [uid])[0][0])


def test_ten_thousand_malformed_payloads_and_one_of_10_mb(
    world: World, platform: Supervisor, broker: tuple[str, int]
) -> None:
    assert SERVICES is not None
    endpoints: Any = SERVICES.endpoints
    with bind(world.north.id):
        made = provision(model="Broken node", uid="node-broken")
    ingest = platform.pid("ingest")

    with Publisher(made, broker) as broken:
        arrived = broken.publish(rubbish(PAYLOADS))
    assert arrived == PAYLOADS
    until(lambda: in_quarantine(made.device.uid) >= arrived, "all rubbish is in quarantine", PATIENCE_S)
    with Client(endpoints, made.device.uid, made.secret) as greedy:
        assert not greedy.publish(f"bl/v1/{made.device.uid}/up/frame", b"\xa1" * TOO_MUCH_BYTES)
        assert greedy.lost.is_set()

    good = DeviceClient(made.device.uid, made.secret, *broker)
    good.start()
    until(lambda: good.connected, "the device is connected", 20)
    good.send(time.time(), values={"spo2": 97.0})
    assert good.wait_until_confirmed(PATIENCE_S)
    good.stop()

    assert (made.device.pk, good.boot, 0) in stored()
    assert platform.pid("ingest") == ingest
    assert in_quarantine(made.device.uid) == arrived
    reasons = {reason for (reason,) in stored("SELECT DISTINCT reason FROM ingest_quarantined")}
    assert len(reasons) >= len(KINDS) // 2
    assert all(reasons)
    say(f"{PAYLOADS} payloads of rubbish, {arrived} of them in quarantine, by {len(reasons)} reasons")
    # The frames that only lacked a number kept their place.
    numberless = [seq for device, boot, seq in stored() if boot == BOOT]
    assert sorted(numberless) == list(range(5, PAYLOADS, len(KINDS)))
    assert seqs_of(made.device.pk)
