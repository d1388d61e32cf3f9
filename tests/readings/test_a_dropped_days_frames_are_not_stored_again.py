"""The ledger keeps every frame's name for ever, also when its day is gone."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from apps.core.tenancy import bind
from apps.ingest.pipeline import take
from apps.readings.housekeeping import merge_all, retain_all
from apps.readings.models import Retention
from tests.ingest.batches import OPEN, arrival, device, frame, intake, seqs_of
from tests.personas import Hospital, World
from tests.readings.stored import MIDNIGHT, count, rows

LONG_AGO = MIDNIGHT - timedelta(days=20) + timedelta(hours=5)


@pytest.fixture(autouse=True)
def close_intakes() -> Iterator[None]:
    yield
    while OPEN:
        OPEN.pop().connection.close()


def keep(hospital: Hospital, days: int) -> None:
    with bind(hospital.id):
        Retention.objects.update_or_create(
            organization_id=hospital.id, defaults={"waves_days": days, "values_days": days}
        )


def has_partition() -> bool:
    return f"readings_frame_{LONG_AGO:%Y%m%d}" in {row[0] for row in rows("pg_class", columns="relname")}


def test_sent_again_after_it_was_merged_deleted_and_dropped(world: World) -> None:
    node = device(world.north, world.north.alice)
    door, _ = intake()
    batch = [arrival(node.uid, frame(seq, t=LONG_AGO.timestamp() + seq)) for seq in range(5)]
    assert len(take(batch, door)) == 5

    merge_all()
    assert take(batch, door) == []
    assert seqs_of(node.pk) == []

    keep(world.north, 10)
    retain_all()
    assert take(batch, door) == []
    assert (seqs_of(node.pk), count("readings_valueblock")) == ([], 0)

    keep(world.south, 10)
    retain_all()
    assert not has_partition()
    assert take(batch, door) == []
    assert seqs_of(node.pk) == []


def test_a_new_frame_of_a_dropped_day_is_stored_by_who_knew_the_day(world: World) -> None:
    """Whoever stored the day before it was dropped must not take its partition for granted."""
    node = device(world.north, world.north.alice)
    door, _ = intake()
    take([arrival(node.uid, frame(0, t=LONG_AGO.timestamp()))], door)
    keep(world.north, 10)
    keep(world.south, 10)
    retain_all()
    assert not has_partition()
    assert len(take([arrival(node.uid, frame(1, t=LONG_AGO.timestamp() + 1))], door)) == 1
    assert seqs_of(node.pk) == [1]
    retain_all()
    assert not has_partition()
