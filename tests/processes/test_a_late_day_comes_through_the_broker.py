"""A day of frames, delivered at once, out of order and half of it twice, then again under a corrected clock: through
the real broker and the real ingest each is stored once."""

import time

import pytest

from apps.core.tenancy import bind
from apps.demo.services.supervisor import Supervisor
from apps.devices.services import bind_device, provision
from tests.ingest.batches import BOOT, stored
from tests.ingest.late_day import FAST_BY, FRAMES, START, jumbled, payload
from tests.personas import World
from tests.processes.counts import count, tell
from tests.processes.publisher import PATIENCE_S, Publisher
from tests.waiting import until

pytestmark = pytest.mark.processes


def test_a_late_day_twice(world: World, platform: Supervisor, broker: tuple[str, int]) -> None:
    with bind(world.north.id):
        made = provision(model="Node", uid="node-late")
        bind_device(device=made.device, patient=world.north.alice, since=START - 2 * FAST_BY)
    first, again = jumbled(range(FRAMES), seed=1), jumbled(range(FRAMES), seed=2)
    with Publisher(made, broker) as device:
        assert device.publish(payload(seq) for seq in first) == len(first)
        began_s = time.monotonic()
        until(lambda: device.upto.get(BOOT) == FRAMES - 1, "the day is confirmed", PATIENCE_S)
        recovered_s = time.monotonic() - began_s
        assert device.publish(payload(seq, fast_by=FAST_BY) for seq in again) == len(again)
        assert device.publish([payload(FRAMES)]) == 1
        until(lambda: device.upto[BOOT] == FRAMES, "what followed is confirmed", PATIENCE_S)
    rows = stored("SELECT boot, seq, min(t), count(*) FROM readings_frame GROUP BY 1, 2 ORDER BY 2")
    sent = {("node-late", BOOT, seq) for seq in range(FRAMES + 1)}
    counts = count(sent, sent, [("node-late", boot, seq) for boot, seq, _, times in rows for _ in range(times)])
    tell(f"a late day in {len(first) + len(again) + 1} deliveries", counts, recovered_s)
    assert counts.whole, counts
    assert (rows[0][2], rows[0][3]) == (START, 1)
