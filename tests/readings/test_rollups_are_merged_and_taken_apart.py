"""Trends read the same whether the days of their rollups are rows or blocks, and late data finds its way into both."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError

from apps.core.tenancy import bind
from apps.readings import rollup_blocks, rollups
from apps.readings.models import Rollup
from apps.readings.quantities import REGISTER
from apps.readings.rollup_blocks import merge_rollups
from apps.readings.selectors import trends
from tests.factories import a_device, a_frame
from tests.personas import Hospital, World
from tests.readings.stored import MIDNIGHT, START, At, at, buckets, count, rows

FIRST = MIDNIGHT - timedelta(days=6)
LAST = MIDNIGHT - timedelta(days=1)


def put(hospital: Hospital, code: str, minutes: int, starts: list[datetime]) -> None:
    with bind(hospital.id):
        Rollup.objects.bulk_create(
            Rollup(
                organization_id=hospital.id,
                patient_id=hospital.alice.pk,
                quantity=REGISTER[code].number,
                minutes=minutes,
                start=start,
                count=1 + number % 60,
                minimum=number / 7,
                total=number * 1.1,
                maximum=number * 3.3,
            )
            for number, start in enumerate(starts)
        )


def some_days(hospital: Hospital) -> None:
    """Six days: a dense quantity, a sparse one, and one that is not asked for in every test."""
    quarters = [FIRST + timedelta(minutes=15 * number) for number in range(6 * 96)]
    put(hospital, "spo2", 15, quarters[:-7])
    put(hospital, "glucose", 15, quarters[5::91])
    put(hospital, "heart_rate", 1, [FIRST + timedelta(minutes=number) for number in range(1430, 1450)])
    put(hospital, "spo2", 1440, [FIRST + timedelta(days=day) for day in range(6)])


def seen(hospital: Hospital) -> Any:
    spans = [(FIRST, MIDNIGHT), (FIRST + timedelta(hours=7.1), LAST - timedelta(hours=5)), (LAST, MIDNIGHT)]
    return [
        buckets(hospital, hospital.alice, minutes, start=start, end=end)
        for minutes in (1, 15, 1440)
        for start, end in spans
    ]


@pytest.mark.parametrize("page", [50, 333, 5000])
def test_every_page_is_the_same_before_and_after(world: World, monkeypatch: pytest.MonkeyPatch, page: int) -> None:
    monkeypatch.setattr(trends, "PAGE_SIZE", page)
    for hospital in (world.north, world.south):
        some_days(hospital)
    before = seen(world.north)
    assert merge_rollups(world.north.id) == 4 * 96 + 5 + 20
    assert count("readings_rollup", world.south) == 3 * 96 - 7 + 3 * 96 + 7 + 20 + 6
    assert count("readings_rollupblock", world.south) == 0
    assert seen(world.north) == before == seen(world.south)
    assert merge_rollups(world.north.id) == 0


def test_young_days_and_whole_days_stay_rows(world: World) -> None:
    some_days(world.north)
    merge_rollups(world.north.id)
    left = rows("readings_rollup", columns="minutes, start", order="2")
    assert {start for minutes, start in left if minutes == 1440} == {FIRST + timedelta(days=day) for day in range(6)}
    assert min(start for minutes, start in left if minutes == 15) == MIDNIGHT - timedelta(days=2)


def test_a_late_minute_of_a_merged_day_is_taken_in(world: World) -> None:
    node = a_device(world.north, "node-0001")
    for second in range(0, 5400, 17):
        a_frame(world.north.alice, node, at(second), values={"spo2": 90 + second % 97 / 10})
    rollups.roll_up(world.north.id, clock=At(MIDNIGHT))
    assert merge_rollups(world.north.id, clock=At(MIDNIGHT + timedelta(days=1))) > 0
    assert count("readings_rollupblock") == 4
    a_frame(world.north.alice, node, at(61.5), values={"spo2": 40.0}, late=True)
    rollups.roll_up(world.north.id, clock=At(MIDNIGHT))
    # The day of the late value is rows again, the next one is a block still.
    assert count("readings_rollupblock") == 2
    end = START + timedelta(hours=3)
    found = {
        minutes: buckets(world.north, world.north.alice, minutes, start=START, end=end) for minutes in (1, 15, 1440)
    }
    assert found[1][1].minimum == 40.0
    assert (found[15][0].minimum, found[15][0].count) == (40.0, 54)
    assert [bucket.minimum for bucket in found[1440]] == [40.0, 90.0]
    merge_rollups(world.north.id, clock=At(MIDNIGHT + timedelta(days=1)))
    assert found == {
        minutes: buckets(world.north, world.north.alice, minutes, start=START, end=end) for minutes in (1, 15, 1440)
    }


def test_a_stop_in_the_middle_leaves_the_day_as_it_was(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    some_days(world.north)
    before = seen(world.north)
    whole: Callable[..., bytes] = rollup_blocks._block
    calls: list[int] = []

    def fails_within_the_second_day(*args: Any) -> bytes:
        calls.append(1)
        if len(calls) == 5:
            raise DatabaseError
        return whole(*args)

    monkeypatch.setattr(rollup_blocks, "_block", fails_within_the_second_day)
    with pytest.raises(DatabaseError):
        merge_rollups(world.north.id)
    assert count("readings_rollupblock") == 3
    assert seen(world.north) == before
    merge_rollups(world.north.id)
    assert seen(world.north) == before
