"""A whole day of a device comes late, at once, out of order, half of it twice, and then again under another clock: each
frame is stored once, at the time under which it came first, and the rollups say what the stored frames say."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.ingest.pipeline import Intake, take
from apps.ingest.subscriber import BATCH
from apps.readings import rollups
from apps.readings.merging import merge_frames
from apps.readings.quantities import REGISTER
from tests.ingest.batches import arrival, device, frame, intake, seqs_of, stored
from tests.ingest.late_day import END, FAST_BY, FRAMES, START, in_batches, jumbled, moment, payload, value
from tests.personas import Hospital, World
from tests.readings.stored import readings

NEVER_CAME = set(range(7, FRAMES, 17))
"""What the first delivery leaves out."""
ON_TIME_EVERY = timedelta(minutes=5)
WIDTHS = (1, 15, 1440)

Buckets = dict[tuple[int, datetime], Any]


def deliver(uid: str, seqs: Collection[int], door: Intake, *, seed: int, fast_by: timedelta = timedelta()) -> list[int]:
    """In batches as ingest takes them. The seqs that were new."""
    payloads = (payload(seq, fast_by=fast_by) for seq in jumbled(seqs, seed=seed))
    batches = in_batches(payloads, BATCH)
    return [new.seq for batch in batches for new in take([arrival(uid, each) for each in batch], door)]


def a_day_on_time(hospital: Hospital, door: Intake) -> dict[datetime, float]:
    """Of another device on the same patient, already rolled up."""
    node = device(hospital, hospital.alice, uid="node-on-time")
    moments = [START + ON_TIME_EVERY * number for number in range(timedelta(days=1) // ON_TIME_EVERY)]
    for seq, at in enumerate(moments):
        take([arrival(node.uid, frame(seq, t=at.timestamp(), values={"spo2": 99.5}), at=at)], door)
    rollups.roll_up(hospital.id)
    return dict.fromkeys(moments, 99.5)


def rolled_up(hospital: Hospital) -> Buckets:
    rollups.roll_up(hospital.id)
    query = """SELECT minutes, start, count, minimum, total, maximum FROM readings_rollup
               WHERE patient_id = %s AND quantity = %s"""
    rows = stored(query, [hospital.alice.pk, REGISTER["spo2"].number])
    return {(minutes, start): summary for minutes, start, *summary in rows}


def from_scratch(values: Iterable[tuple[datetime, float]]) -> Buckets:
    """By the plainest arithmetic there is."""
    buckets: dict[tuple[int, datetime], list[float]] = defaultdict(list)
    for at, number in values:
        for minutes in WIDTHS:
            start = at - (at - datetime(1970, 1, 1, tzinfo=UTC)) % timedelta(minutes=minutes)
            buckets[minutes, start].append(number)
    return {
        key: pytest.approx([len(numbers), min(numbers), sum(numbers), max(numbers)]) for key, numbers in buckets.items()
    }


def all_stored(hospital: Hospital) -> list[tuple[datetime, float]]:
    """Every value of the patient, wherever it lies."""
    first = START - FAST_BY - timedelta(minutes=1)
    return [(row.at, row.value) for row in readings(hospital, hospital.alice, start=first, end=END)]


def test_a_late_day_and_the_same_day_again_under_a_corrected_clock(world: World) -> None:
    door, _ = intake()
    expected = list(a_day_on_time(world.north, door).items())
    late = device(world.north, world.north.alice, uid="node-late")

    came = set(range(FRAMES)) - NEVER_CAME
    assert sorted(deliver(late.uid, came, door, seed=1)) == sorted(came)
    assert seqs_of(late.pk) == sorted(came)
    expected += [(moment(seq), value(seq)) for seq in came]
    assert sorted(all_stored(world.north)) == sorted(expected)
    assert rolled_up(world.north) == from_scratch(expected)

    # By the time the device's clock is right, what came first lies in blocks.
    merge_frames(world.north.id)
    assert len(seqs_of(late.pk)) < len(came) / 2
    assert sorted(deliver(late.uid, range(FRAMES), door, seed=2, fast_by=FAST_BY)) == sorted(NEVER_CAME)
    assert deliver(late.uid, range(FRAMES), door, seed=3) == []
    expected += [(moment(seq, fast_by=FAST_BY), value(seq)) for seq in NEVER_CAME]
    assert sorted(all_stored(world.north)) == sorted(expected)
    assert rolled_up(world.north) == from_scratch(expected)
    [received] = stored("SELECT received::text FROM ingest_ledger WHERE device_id = %s", [late.pk])
    assert received == (f"{{[0,{FRAMES})}}",)
