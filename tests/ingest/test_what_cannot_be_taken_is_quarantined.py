"""What cannot be taken is kept with its reason, counted and bounded; the good around it is not lost."""

import random

from apps.ingest.pipeline import take
from apps.ingest.quarantine import MAX_PAYLOADS_PER_DEVICE
from tests.ingest.batches import arrival, device, frame, intake, seqs_of, stored
from tests.personas import World


def test_rubbish_is_kept_and_a_good_frame_of_the_same_batch_arrives(world: World) -> None:
    node = device(world.north, world.north.alice)
    door, _ = intake()
    take([arrival(node.uid, b"\xff\x00rubbish"), arrival(node.uid, frame(0))], door)
    [(reason, payload, count)] = stored("SELECT reason, payload, count FROM ingest_quarantined")
    assert (reason, bytes(payload), count) == ("format", b"\xff\x00rubbish", 1)
    assert seqs_of(node.pk) == [0]


def test_the_same_rubbish_again_only_counts(world: World) -> None:
    node = device(world.north)
    door, _ = intake()
    take([arrival(node.uid, b"rubbish"), arrival(node.uid, b"rubbish")], door)
    take([arrival(node.uid, b"rubbish")], door)
    assert stored("SELECT count FROM ingest_quarantined") == [(3,)]


def test_a_flood_of_different_rubbish_is_bounded_and_counted(world: World) -> None:
    node = device(world.north)
    door, _ = intake()
    noise = random.Random(1)
    for _ in range(10):
        take([arrival(node.uid, b"{" + noise.randbytes(40)) for _ in range(100)], door)
    [(kept,)] = stored("SELECT count(*) FROM ingest_quarantined WHERE reason <> 'overflow'")
    [(counted,)] = stored("SELECT count FROM ingest_quarantined WHERE reason = 'overflow'")
    assert kept == MAX_PAYLOADS_PER_DEVICE
    assert kept + counted == 1000


def test_one_bad_channel_does_not_lose_the_good_ones(world: World) -> None:
    node = device(world.north, world.north.alice)
    door, _ = intake()
    take([arrival(node.uid, frame(0, values={"spo2": 97.0, "core_temperature": float("300")}))], door)
    assert stored("SELECT value_numbers FROM readings_frame") == [([97.0],)]
    assert stored("SELECT reason FROM ingest_quarantined") == [("channel-range",)]


def test_a_frame_with_an_unbelievable_clock_waits_in_quarantine_and_is_confirmed(world: World) -> None:
    node = device(world.north, world.north.alice)
    door, sent = intake()
    take([arrival(node.uid, frame(0, t=12.0))], door)
    assert stored() == []
    assert stored("SELECT reason FROM ingest_quarantined") == [("clock",)]
    assert b'"upto":0' in sent[0][1]


def test_what_quarantine_has_no_room_for_is_not_confirmed(world: World) -> None:
    node = device(world.north, world.north.alice)
    door, sent = intake()
    take([arrival(node.uid, frame(seq, t=12.0)) for seq in range(MAX_PAYLOADS_PER_DEVICE + 5)], door)
    assert f'"upto":{MAX_PAYLOADS_PER_DEVICE - 1},'.encode() in sent[0][1]
    assert b'"also":[]' in sent[0][1]
