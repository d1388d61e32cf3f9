"""(device, boot, seq) identifies a frame for ever: sent again, in whatever batch, it is stored once."""

import json
from datetime import UTC, datetime

from apps.ingest.pipeline import take
from apps.readings.waves import unpack
from tests.ingest.batches import BOOT, arrival, device, frame, intake, seqs_of, stored
from tests.personas import World


def test_a_frame_becomes_one_row_with_its_waves_and_values(world: World) -> None:
    node = device(world.north, world.north.alice)
    door, _ = intake()
    take([arrival(node.uid, frame(7, t=datetime(2026, 11, 20, tzinfo=UTC).timestamp()))], door)
    query = (
        "SELECT organization_id, patient_id, boot, seq, duration_s, waves, value_numbers, origin FROM readings_frame"
    )
    [(organization_id, patient_id, boot, seq, duration_s, waves, numbers, origin)] = stored(query)
    assert (organization_id, patient_id, boot, seq) == (world.north.id, world.north.alice.pk, BOOT, 7)
    assert (duration_s, numbers, origin) == (1.0, [97.0, 33.4], 0)
    [ecg] = unpack(bytes(waves))
    assert (ecg.code, ecg.rate_hz, ecg.scale, list(ecg.samples)) == ("ecg", 250.0, 2.5, [7] * 250)


def test_the_same_frame_twice_in_a_batch_is_stored_once(world: World) -> None:
    node = device(world.north, world.north.alice)
    door, _ = intake()
    take([arrival(node.uid, frame(0)), arrival(node.uid, frame(0)), arrival(node.uid, frame(1))], door)
    assert seqs_of(node.pk) == [0, 1]


def test_a_frame_repeated_in_a_later_batch_under_another_clock_is_stored_once(world: World) -> None:
    node = device(world.north, world.north.alice)
    door, _ = intake()
    take([arrival(node.uid, frame(0))], door)
    assert take([arrival(node.uid, frame(0, t=datetime(2026, 1, 1, tzinfo=UTC).timestamp()))], door) == []
    assert seqs_of(node.pk) == [0]


def test_the_same_seq_of_another_boot_is_another_frame(world: World) -> None:
    node = device(world.north, world.north.alice)
    door, _ = intake()
    take([arrival(node.uid, frame(0)), arrival(node.uid, frame(0, boot="00000002"))], door)
    assert seqs_of(node.pk) == [0, 0]


def test_the_acknowledgement_follows_the_ledger_duplicates_included(world: World) -> None:
    node = device(world.north, world.north.alice)
    door, sent = intake()
    take([arrival(node.uid, frame(seq)) for seq in (0, 1, 2, 5)], door)
    door, sent = intake()
    take([arrival(node.uid, frame(1))], door)
    [(topic, payload)] = sent
    assert topic == f"bl/v1/{node.uid}/down/ack"
    assert json.loads(payload) == {"boot": BOOT, "upto": 2, "also": [5]}


def test_what_the_device_has_given_up_is_counted_and_passed(world: World) -> None:
    node = device(world.north, world.north.alice)
    door, sent = intake()
    take([arrival(node.uid, frame(0)), arrival(node.uid, frame(10, oldest=10))], door)
    assert json.loads(sent[0][1]) == {"boot": BOOT, "upto": 10, "also": []}
    assert stored("SELECT given_up FROM ingest_ledger") == [(9,)]


def test_a_device_is_acknowledged_at_most_once_a_second(world: World) -> None:
    node = device(world.north, world.north.alice)
    door, sent = intake()
    for seq in range(5):
        take([arrival(node.uid, frame(seq))], door)
    assert len(sent) == 1
    assert door.acks.waiting
