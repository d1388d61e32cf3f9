"""Rollups come out the same, to the last bit, whether their values lie in rows, in blocks, or in some of each."""

from datetime import timedelta
from typing import Any

from django.db import connections

from apps.core.tenancy import bind
from apps.readings import rollups
from apps.readings.merging import merge_frames
from apps.readings.models import LateMinute, Retention
from tests.factories import a_device, a_frame, derived
from tests.personas import Hospital, World
from tests.readings.stored import MIDNIGHT, START, At, at, count, rows

# The last bit of their sum depends on their order.
AWKWARD = [0.1, 0.7, 1e9 + 0.3, 97.3, 1 / 3, 5.5e-7, 88.88, 3.3]


def fill(hospital: Hospital, seconds: range, *, late: bool = False) -> None:
    device = a_device(hospital, f"{hospital.organization.slug}-{seconds.start}-{seconds.step}")
    for number, second in enumerate(seconds):
        value = AWKWARD[number % len(AWKWARD)]
        a_frame(hospital.alice, device, at(second), values={"glucose": value, "heart_rate": value}, late=late)
        if second % 3 and not late:
            derived(hospital.alice, device, at(second), {"heart_rate": value, "spo2": value})


def rolled(hospital: Hospital) -> list[Any]:
    rollups.roll_up(hospital.id, clock=At(MIDNIGHT))
    return [row for row in rows("readings_rollup", order="1, 2, 3, 4, 5") if row[0] == hospital.id]


def from_scratch(hospital: Hospital) -> list[Any]:
    """What rolling up gives of what is stored, had nothing been rolled up before."""
    with connections["migrator"].cursor() as cursor:
        for table in ("readings_rollup", "readings_rollupprogress", "readings_lateminute"):
            cursor.execute(f"DELETE FROM {table} WHERE organization_id = %s", [hospital.id])
    return rolled(hospital)


def test_merged_before_or_after_it_was_rolled_up(world: World) -> None:
    for hospital in (world.north, world.south):
        fill(hospital, range(0, 4000, 13))
    south = rolled(world.south)
    before = rolled(world.north)
    assert len(before) > 200
    merge_frames(world.north.id)
    assert from_scratch(world.north) == before
    assert rolled(world.south) == south


def test_late_frames_of_merged_minutes(world: World) -> None:
    fill(world.north, range(0, 4000, 13))
    rolled(world.north)
    merge_frames(world.north.id)
    fill(world.north, range(300, 2400, 7), late=True)
    after = rolled(world.north)
    merge_frames(world.north.id)
    fill(world.north, range(301, 2400, 11), late=True)
    assert rolled(world.north) != after
    assert rolled(world.north) == from_scratch(world.north)
    merge_frames(world.north.id)
    assert rolled(world.north) == from_scratch(world.north)


def test_of_late_frames_that_were_merged_before_they_were_rolled_up(world: World) -> None:
    fill(world.north, range(0, 600, 13))
    rolled(world.north)
    fill(world.north, range(3, 600, 7), late=True)
    merge_frames(world.north.id)
    assert count("readings_frame") == 0
    assert rolled(world.north) == from_scratch(world.north)


def test_a_minute_that_was_noted_twice_is_made_once(world: World) -> None:
    fill(world.north, range(0, 60, 7))
    before = rolled(world.north)
    with bind(world.north.id):
        for _ in range(3):
            LateMinute.objects.create(organization_id=world.north.id, patient_id=world.north.alice.pk, minute=START)
    assert rolled(world.north) == before


def test_a_minute_whose_values_were_let_go_keeps_its_rollup(world: World) -> None:
    """A late value of such a minute is all that is left of it: to make it anew would forget the others."""
    fill(world.north, range(0, 60, 7))
    before = rolled(world.north)
    with bind(world.north.id):
        Retention.objects.create(organization_id=world.north.id, values_days=(MIDNIGHT - START).days - 1)
    with connections["migrator"].cursor() as cursor:
        cursor.execute("DELETE FROM readings_frame")
        cursor.execute("DELETE FROM readings_derived")
    fill(world.north, range(1, 60, 50), late=True)
    assert rolled(world.north) == before
    with bind(world.north.id):
        assert not LateMinute.objects.exists()


def test_rolling_up_goes_through_a_long_silence_between_blocks(world: World) -> None:
    fill(world.north, range(0, 30))
    fill(world.north, range(86_400, 86_430))
    merge_frames(world.north.id)
    found = {row[4] for row in rolled(world.north) if row[3] == 1}
    assert found == {START, START + timedelta(days=1)}
