"""Frames of a clock that cannot be true wait, are stored at their true time once it is known, and by nobody's hand."""

import json
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from apps.core.tenancy import bind
from apps.devices.services import bind_device
from apps.ingest.arrival import Arrival
from apps.ingest.pipeline import take
from apps.ingest.timekeeping import replay_known
from tests.ingest.batches import BOOT, arrival, device, frame, intake, seqs_of, stored
from tests.personas import World

NOW = time.time() - 600.0
TIMES = "SELECT seq, extract(epoch FROM t)::float8, device_t FROM readings_frame ORDER BY seq"


def came(uid: str, seq: int, *, off_s: float, measured_s: float, late_s: float = 0.2, boot: str = BOOT) -> Arrival:
    """A frame of one second that began at `measured_s` by true time, by a clock that shows `off_s` less."""
    at = datetime.fromtimestamp(measured_s + 1.0 + late_s, UTC)
    return arrival(uid, frame(seq, t=measured_s - off_s, boot=boot), at=at)


def waiting() -> int:
    [(count,)] = stored("SELECT count(*) FROM ingest_quarantined WHERE reason = 'clock'")
    return int(count)


@pytest.mark.parametrize("off_s", [NOW - 12.0, -3600.0, -40.0], ids=["1970", "an hour", "forty seconds"])
def test_live_frames_tell_by_how_much_and_all_of_them_are_stored(world: World, off_s: float) -> None:
    node = device(world.north, world.north.alice)
    door, _ = intake()
    for seq in range(8):
        take([came(node.uid, seq, off_s=off_s, measured_s=NOW + seq)], door)
    assert waiting() == 4  # as many as it takes to know
    replay_known(door.connection, door.senders)
    assert waiting() == 0
    rows = stored(TIMES)
    assert [seq for seq, _, _ in rows] == list(range(8))
    for seq, t, device_t in rows:
        assert t == pytest.approx(NOW + seq, abs=0.5)
        assert device_t == pytest.approx(NOW + seq - off_s)
    starts = [t for _, t, _ in rows]
    assert [round(b - a, 3) for a, b in pairwise(starts)] == [1.0] * 7


def test_a_memory_emptied_at_once_tells_nothing_and_waits_until_the_clock_is_set(world: World) -> None:
    node = device(world.north, world.north.alice)
    door, _ = intake()
    before = [came(node.uid, seq, off_s=NOW - 77.0, measured_s=NOW + seq, late_s=50.0 - seq) for seq in range(50)]
    take(before, door)
    assert (waiting(), stored()) == (50, [])
    take([came(node.uid, 50, off_s=0.0, measured_s=NOW + 50)], door)
    replay_known(door.connection, door.senders)
    assert seqs_of(node.pk) == list(range(51))
    assert all(t == pytest.approx(NOW + seq, abs=0.01) for seq, t, _ in stored(TIMES))


def test_the_same_frames_again_under_a_true_clock_are_stored_once(world: World) -> None:
    node = device(world.north, world.north.alice)
    door, _ = intake()
    take([came(node.uid, seq, off_s=NOW, measured_s=NOW + seq, late_s=50.0 - seq) for seq in range(50)], door)
    take([came(node.uid, seq, off_s=0.0, measured_s=NOW + seq, late_s=90.0 - seq) for seq in range(50)], door)
    replay_known(door.connection, door.senders)
    assert waiting() == 0
    assert stored(TIMES) == [(seq, pytest.approx(NOW + seq), pytest.approx(float(seq))) for seq in range(50)]


def test_a_clock_that_was_set_is_believed_again(world: World) -> None:
    node = device(world.north, world.north.alice)
    door, _ = intake()
    for seq in range(6):
        take([came(node.uid, seq, off_s=-3600.0, measured_s=NOW + seq)], door)
    for seq in range(6, 16):
        take([came(node.uid, seq, off_s=0.0, measured_s=NOW + seq)], door)
    replay_known(door.connection, door.senders)
    late = [seq for seq, t, _ in stored(TIMES) if abs(t - NOW - seq) > 1.0]
    assert set(late) <= {6}  # by itself it could as well be an hour late
    assert len(seqs_of(node.pk)) == 16


def test_another_process_goes_by_what_was_learned(world: World) -> None:
    node = device(world.north, world.north.alice)
    (one, _), (other, _) = intake(), intake()
    take([came(node.uid, 100, off_s=NOW, measured_s=NOW + 100, boot="other")], other)  # it knows the device already
    for seq in range(5):
        take([came(node.uid, seq, off_s=NOW, measured_s=NOW + seq)], one)
    take([came(node.uid, 5, off_s=NOW, measured_s=NOW + 5)], other)
    assert 5 in seqs_of(node.pk)


def test_near_a_change_of_who_wears_it_a_corrected_frame_waits_for_a_person(world: World) -> None:
    node = device(world.north)
    changed = NOW + 3.0
    with bind(world.north.id):
        bind_device(device=node, patient=world.north.alice, since=datetime.fromtimestamp(NOW - 3600, UTC))
        bind_device(device=node, patient=world.north.bob, since=datetime.fromtimestamp(changed, UTC))
    door, _ = intake()
    for seq in range(10):
        take([came(node.uid, seq, off_s=NOW, measured_s=NOW + seq)], door)
    replay_known(door.connection, door.senders)
    rows = stored("SELECT seq, patient_id FROM readings_frame ORDER BY seq")
    assert rows == [
        *((seq, world.north.alice.pk) for seq in (0, 1)),
        *((seq, world.north.bob.pk) for seq in (5, 6, 7, 8, 9)),
    ]
    details = stored("SELECT detail FROM ingest_quarantined WHERE reason = 'clock'")
    assert len(details) == 3


def test_the_device_is_asked_once_a_minute_to_set_its_clock(world: World) -> None:
    node = device(world.north, world.north.alice)
    door, sent = intake()
    for seq in range(6):
        take([came(node.uid, seq, off_s=NOW, measured_s=NOW + seq)], door)
    [command] = [json.loads(payload) for topic, payload in sent if topic == f"bl/v1/{node.uid}/down/command"]
    assert command["command"] == "time-sync"
    assert command["t"] == pytest.approx(time.time(), abs=30.0)


def test_a_clock_that_is_right_is_never_asked_about_or_corrected(world: World) -> None:
    node = device(world.north, world.north.alice)
    door, sent = intake()
    hours = timedelta(hours=20).total_seconds()
    take([came(node.uid, seq, off_s=0.0, measured_s=NOW - hours + seq, late_s=hours - seq) for seq in range(20)], door)
    take([came(node.uid, 20 + seq, off_s=0.0, measured_s=NOW + seq) for seq in range(5)], door)
    assert len(seqs_of(node.pk)) == 25
    assert stored("SELECT * FROM ingest_clock") == []
    assert not [topic for topic, _ in sent if topic.endswith("/command")]
