"""What deleting rows leaves of a past day's table and indexes is emptied, if nothing of anybody's is in it."""

from datetime import timedelta
from typing import Any

from django.db import connections

from apps.readings.merging import merge_frames
from apps.readings.partitions import empty_partitions
from tests.factories import a_device, a_frame, a_wave
from tests.personas import Hospital, World
from tests.readings.stored import MIDNIGHT, count

DAY = MIDNIGHT - timedelta(days=2)
PARTITION = f"readings_frame_{DAY:%Y%m%d}"


def fill(hospital: Hospital) -> None:
    """Some megabytes."""
    device = a_device(hospital, f"{hospital.organization.slug}-node")
    for second in range(20):
        a_frame(
            hospital.alice,
            device,
            DAY + timedelta(seconds=second),
            waves=[a_wave("ecg", [second] * 50_000, rate_hz=5e4)],
        )


def size() -> int:
    with connections["migrator"].cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size(%s)", [PARTITION])
        found: int = cursor.fetchone()[0]
        return found


def test_once_everything_in_it_is_merged(world: World) -> None:
    fill(world.north)
    fill(world.south)
    merge_frames(world.north.id)
    full = size()
    assert full > 2**20
    assert empty_partitions() == []
    assert count("readings_frame", world.south) == 20
    merge_frames(world.south.id)
    assert empty_partitions() == [PARTITION]
    assert size() < full / 10
    assert empty_partitions() == []


def test_not_while_somebody_uses_it(world: World) -> None:
    fill(world.north)
    merge_frames(world.north.id)
    reader: Any = connections["ingest"].copy()
    try:
        reader.set_autocommit(False)
        with reader.cursor() as cursor:
            cursor.execute("LOCK TABLE readings_frame IN ROW EXCLUSIVE MODE")
        assert empty_partitions() == []
    finally:
        reader.close()
    assert empty_partitions() == [PARTITION]


def test_it_takes_late_frames_afterwards(world: World) -> None:
    fill(world.north)
    merge_frames(world.north.id)
    empty_partitions()
    a_frame(world.north.alice, a_device(world.north, "hub-late"), DAY, values={"spo2": 97.0})
    assert count("readings_frame") == 1
