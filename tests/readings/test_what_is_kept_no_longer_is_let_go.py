"""Each organization keeps what was measured for as long as its manager says, and the other's wishes are its own."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections

from apps.core.tenancy import bind
from apps.readings.expiry import expire
from apps.readings.housekeeping import retain_all
from apps.readings.merging import merge_frames
from apps.readings.models import Retention, Rollup
from apps.readings.partitions import drop_partitions
from apps.readings.retention import first_day_kept, retention
from apps.readings.rollup_blocks import merge_rollups
from tests.factories import a_device, a_frame, a_wave, derived
from tests.personas import Hospital, World
from tests.readings.stored import MIDNIGHT, count, rows

DAYS = (2, 3, 5, 9)
PARENTS = ("readings_frame", "readings_derived", "readings_block", "readings_valueblock")


def noon(days_ago: int) -> datetime:
    return MIDNIGHT - timedelta(days=days_ago) + timedelta(hours=12)


def fill(hospital: Hospital) -> None:
    """A frame, a derived row and rollups on each of some days."""
    device = a_device(hospital, f"{hospital.organization.slug}-node")
    for day in DAYS:
        a_frame(hospital.alice, device, noon(day), values={"spo2": 97.0}, waves=[a_wave("ecg", [day] * 250)])
        derived(hospital.alice, device, noon(day), {"heart_rate": 60.0})
    with bind(hospital.id):
        Rollup.objects.bulk_create(
            Rollup(
                organization_id=hospital.id,
                patient_id=hospital.alice.pk,
                quantity=20,
                minutes=minutes,
                start=noon(day),
                count=1,
                minimum=1.0,
                total=1.0,
                maximum=1.0,
            )
            for day in DAYS
            for minutes in (1, 15, 1440)
        )


def keep(hospital: Hospital, **days: int) -> None:
    with bind(hospital.id):
        Retention.objects.update_or_create(
            organization_id=hospital.id, defaults={f"{category}_days": number for category, number in days.items()}
        )


def days_of(table: str, hospital: Hospital, column: str = "start") -> list[int]:
    """How many days ago what a table holds of an organization began."""
    with connections["migrator"].cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE organization_id = %s", [hospital.id])
        return sorted({(MIDNIGHT.date() - row[0].date()).days for row in cursor.fetchall()})


def partitions(parent: str) -> set[int]:
    """How many days ago those partitions are that lie as far back as this test's."""
    names = [row[0] for row in rows("pg_class", columns="relname") if row[0].startswith(f"{parent}_20")]
    ages = {(MIDNIGHT.date() - date.fromisoformat(name[-8:])).days for name in names if name[-8:].isdigit()}
    return ages & set(DAYS)


@pytest.fixture
def filled(world: World) -> World:
    for hospital in (world.north, world.south):
        fill(hospital)
        merge_frames(hospital.id)
    return world


def test_each_category_for_as_long_as_it_is_wanted(filled: World) -> None:
    keep(filled.north, waves=3, values=4, rollups=5)
    gone = expire(filled.north.id)
    assert (gone.wave_blocks, gone.value_blocks, gone.rollups) == (2, 4, 3)
    assert days_of("readings_block", filled.north) == [2, 3]
    assert days_of("readings_valueblock", filled.north) == [2, 3]
    assert days_of("readings_rollup", filled.north) == [2, 3, 5]
    for table in ("readings_block", "readings_valueblock", "readings_rollup"):
        assert days_of(table, filled.south) == list(DAYS)
    assert expire(filled.north.id) == type(gone)()


def test_what_is_not_merged_yet_goes_too(world: World) -> None:
    fill(world.north)
    keep(world.north, waves=2, values=2)
    expire(world.north.id)
    assert days_of("readings_frame", world.north, "t") == []
    assert days_of("readings_block", world.north) == days_of("readings_valueblock", world.north) == [2]


def test_merged_rollups_go_with_their_day(filled: World) -> None:
    merge_rollups(filled.north.id)
    keep(filled.north, rollups=4)
    gone = expire(filled.north.id)
    assert (gone.rollups, gone.rollup_blocks) == (2, 4)  # a day is a row, its minutes and quarters are blocks
    assert days_of("readings_rollup", filled.north) == [2, 3]
    assert days_of("readings_rollupblock", filled.north) == [3]


def test_a_day_is_kept_whole(world: World) -> None:
    keep(world.north, waves=3)
    with bind(world.north.id):
        for hour in (0, 23):
            now = MIDNIGHT + timedelta(hours=hour)
            assert first_day_kept("waves", now=now) == MIDNIGHT - timedelta(days=3)


def test_a_day_that_nobody_wants_is_dropped_whole(filled: World) -> None:
    keep(filled.north, waves=2, values=3)
    keep(filled.south, waves=4, values=8)
    dropped = retain_all().dropped
    assert partitions("readings_block") == {2, 3}
    assert (
        partitions("readings_valueblock") == partitions("readings_frame") == partitions("readings_derived") == {2, 3, 5}
    )
    assert f"readings_block_{noon(5):%Y%m%d}" in dropped
    assert days_of("readings_block", filled.north) == [2]
    assert days_of("readings_block", filled.south) == [2, 3]
    assert days_of("readings_valueblock", filled.south) == [2, 3, 5]
    assert retain_all().dropped == []


def test_an_organization_that_said_nothing_keeps_for_the_usual_time(filled: World) -> None:
    keep(filled.north, waves=1, values=1)
    drop_partitions()
    assert partitions("readings_block") == set(DAYS)
    assert count("readings_retention", filled.south) == 1
    with bind(filled.south.id):
        found = retention()
        assert (found.waves_days, found.values_days, found.rollups_days) == (90, 730, 3650)


def test_nobody_can_have_more_dropped_than_is_due(filled: World) -> None:
    keep(filled.north, waves=1, values=1)
    keep(filled.south, waves=4, values=4)
    with connection.cursor() as cursor:
        for most in (0, 101):
            with pytest.raises(DatabaseError, match="at once"):
                cursor.execute("SELECT bodylink_drop_partitions(%s)", [most])
        cursor.execute("SELECT count(*) FROM bodylink_drop_partitions(3)")
        assert cursor.fetchone() == (3,)
    drop_partitions()
    assert all(partitions(parent) == {2, 3} for parent in PARENTS)
    with connections["ingest"].cursor() as cursor, pytest.raises(DatabaseError, match="permission denied"):
        cursor.execute("SELECT bodylink_drop_partitions(1)")


def test_less_than_a_day_is_no_retention(world: World) -> None:
    for category in ("waves", "values", "rollups"):
        with pytest.raises(IntegrityError, match="at_least_one"):
            keep(world.north, **{category: 0})


def test_a_partition_that_is_in_use_waits_for_the_next_turn(filled: World) -> None:
    keep(filled.north, waves=4, values=4)
    keep(filled.south, waves=4, values=4)
    reader: Any = connections["ingest"].copy()
    try:
        reader.set_autocommit(False)
        with reader.cursor() as cursor:
            cursor.execute("LOCK TABLE readings_frame IN ROW EXCLUSIVE MODE")
        assert not any("frame" in name for name in drop_partitions())
    finally:
        reader.close()
    assert any("frame" in name for name in drop_partitions())
    assert all(partitions(parent) == {2, 3} for parent in PARENTS)
