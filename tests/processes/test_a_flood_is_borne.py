"""Devices that send several times what ingest takes, and wait for nobody: memory stays bounded, nothing confirmed is
lost, and a device that behaves is soon answered as before."""

import pytest

from apps.demo.services.broker import MEMORY_AIM_MB, QUEUE_MAX_BYTES
from apps.demo.services.supervisor import Supervisor
from apps.devices.broker import wait_until_accepted
from apps.ingest.subscriber import QUEUED_READS, READ_BYTES
from tests.benchmarks.flooding import Flooded, flooded
from tests.benchmarks.load.bodies import BOOT
from tests.benchmarks.memory import broker_pid
from tests.benchmarks.population import hospital
from tests.ingest.batches import stored
from tests.processes.counts import count, say, tell
from tests.processes.load import Frame
from tests.services_plugin import SERVICES

DEVICES, FLOOD_S = 3, 8
LET_IN_WITHIN_S, NORMAL_WITHIN_S = 60.0, 30.0
# What has been read waits as bytes, each arrival again as much for Python; a batch that is decoded is some ten times as
# large as it came. None of it grows with the flood: while the queue is full nothing is read.
INGEST_GROWS_MB = 12 * QUEUED_READS * READ_BYTES / 1e6
# Its queue is on disk. At most all of that lies in its cache as well.
BROKER_MB = MEMORY_AIM_MB + QUEUE_MAX_BYTES / 1e6

pytestmark = pytest.mark.processes


def sent_and_confirmed(found: Flooded) -> tuple[set[Frame], set[Frame]]:
    sent = {(each.uid, BOOT, seq) for each in found.poured for seq in range(each.sent)}
    held = {(each.uid, BOOT, seq) for each in found.poured for seq in each.unconfirmed}
    return sent, sent - held


def test_a_flood(database: None, platform: Supervisor, broker: tuple[str, int]) -> None:
    calm, *senders = hospital("flood", DEVICES + 1).senders()
    assert SERVICES is not None
    ingest, of_broker = platform.pid("ingest"), broker_pid(SERVICES.layout.broker)
    assert ingest is not None
    wait_until_accepted(calm.uid, calm.secret, timeout_s=LET_IN_WITHIN_S)
    found = flooded(
        [[sender] for sender in senders],
        calm,
        broker,
        pids={"ingest": ingest, "broker": of_broker},
        committed=lambda: stored("SELECT count(*) FROM readings_frame")[0][0],
        seconds=FLOOD_S,
        patience_s=NORMAL_WITHIN_S,
    )
    query = """SELECT d.uid, f.boot, f.seq FROM readings_frame f JOIN devices_device d ON d.id = f.device_id
               WHERE f.boot = %s"""
    sent, confirmed = sent_and_confirmed(found)
    counts = count(sent, confirmed, [(uid, boot, seq) for uid, boot, seq in stored(query, [BOOT])])
    tell(f"a flood of {FLOOD_S} s, {found.taken} taken meanwhile", counts, found.normal_after_s)
    say(
        f"  the calm device, at worst: {found.calm_before_s:.2f} s before, {found.calm_while_s:.2f} s in the flood; "
        f"memory: ingest {found.memory.before['ingest']:.0f} to {found.memory.highest['ingest']:.0f} MB, "
        f"broker {found.memory.before['broker']:.0f} to {found.memory.highest['broker']:.0f} MB"
    )
    assert found.sent > found.taken, "ingest kept up with it"
    assert counts.confirmed > 0
    assert (counts.doubled, counts.lost, counts.strange) == (0, 0, 0)
    assert found.calm.client.unconfirmed == 0
    assert found.memory.growth_mb("ingest") < INGEST_GROWS_MB
    assert found.memory.highest["broker"] < BROKER_MB
    assert platform.pid("ingest") == ingest
    assert broker_pid(SERVICES.layout.broker) == of_broker
