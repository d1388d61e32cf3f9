"""Rollups equal what the readings themselves say, whenever these arrived and however often rolling up was tried."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection

from apps.core.tenancy import bind
from apps.patients.models import Patient
from apps.readings import rollups, tasks
from apps.readings.models import LateMinute, Rollup, RollupProgress
from apps.readings.quantities import REGISTER, by_number
from tests.factories import a_device, a_frame, derived
from tests.personas import Hospital, World

START = datetime.now(UTC).replace(hour=23, minute=40, second=0, microsecond=0) - timedelta(days=2)


class At:
    """A clock that stands still."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


def roll_up(hospital: Hospital, minutes: float) -> None:
    """As it would be so many minutes after the start."""
    rollups.roll_up(hospital.id, clock=At(START + timedelta(minutes=minutes)))


def rolled(hospital: Hospital, patient: Patient) -> dict[tuple[int, str, datetime], tuple[int, float, float, float]]:
    with bind(hospital.id):
        return {
            (row.minutes, by_number(row.quantity).code, row.start): (row.count, row.minimum, row.total, row.maximum)
            for row in Rollup.objects.filter(patient_id=patient.pk)
        }


def summary(values: list[float]) -> Any:
    return pytest.approx((len(values), min(values), sum(values), max(values)))


def minutes_of(
    hospital: Hospital, patient: Patient, code: str = "spo2"
) -> dict[datetime, tuple[int, float, float, float]]:
    return {start: row for (minutes, of, start), row in rolled(hospital, patient).items() if (minutes, of) == (1, code)}


def fill(hospital: Hospital, patient: Patient, seconds: range) -> dict[datetime, float]:
    """A value at each of these seconds after the start, none of them alike."""
    device = a_device(hospital, f"{hospital.organization.slug}-{seconds.start}")
    values = {START + timedelta(seconds=second): 90 + second % 97 / 10 for second in seconds}
    for at, value in values.items():
        a_frame(patient, device, at, values={"spo2": value})
    return values


def expected(values: dict[datetime, float]) -> dict[tuple[int, str, datetime], Any]:
    """The rollups by the plainest arithmetic there is."""
    buckets: dict[tuple[int, str, datetime], list[float]] = defaultdict(list)
    for at, value in values.items():
        for minutes in (1, 15, 1440):
            buckets[minutes, "spo2", at - (at - datetime(1970, 1, 1, tzinfo=UTC)) % timedelta(minutes=minutes)].append(
                value
            )
    return {key: summary(values) for key, values in buckets.items()}


def test_minutes_quarters_and_days_across_midnight(world: World) -> None:
    values = fill(world.north, world.north.alice, range(0, 45 * 60, 7))
    roll_up(world.north, 60)
    found = rolled(world.north, world.north.alice)
    assert found == expected(values)
    assert len({start for minutes, _, start in found if minutes == 1440}) == 2


def test_a_minute_waits_until_it_is_closed(world: World) -> None:
    fill(world.north, world.north.alice, range(0, 180, 10))
    roll_up(world.north, 2.4)
    assert minutes_of(world.north, world.north.alice) == {}
    roll_up(world.north, 2.5)
    assert set(minutes_of(world.north, world.north.alice)) == {START}
    roll_up(world.north, 4.6)
    assert len(minutes_of(world.north, world.north.alice)) == 3


def test_doing_it_again_changes_nothing(world: World) -> None:
    values = fill(world.north, world.north.alice, range(0, 600, 11))
    for minutes in (3, 5, 5, 12, 20, 20):
        roll_up(world.north, minutes)
    assert rolled(world.north, world.north.alice) == expected(values)


def test_late_data_is_taken_in(world: World) -> None:
    values = fill(world.north, world.north.alice, range(0, 600, 13))
    roll_up(world.north, 20)
    hub = a_device(world.north, "hub-late")
    for second in range(3, 1000, 29):  # within minutes that had data, and in some that had none
        at = START + timedelta(seconds=second + 0.5)
        values[at] = 40.0 + second / 100
        a_frame(world.north.alice, hub, at, values={"spo2": values[at]}, late=True)
    roll_up(world.north, 20)
    assert rolled(world.north, world.north.alice) == expected(values)
    with bind(world.north.id):
        assert not LateMinute.objects.exists()


def test_late_data_before_everything_else_is_taken_in(world: World) -> None:
    values = fill(world.north, world.north.alice, range(300, 600, 20))
    roll_up(world.north, 20)
    at = START - timedelta(hours=3)
    values[at] = 42.0
    a_frame(world.north.alice, a_device(world.north, "hub-late"), at, values={"spo2": 42.0}, late=True)
    roll_up(world.north, 20)
    assert rolled(world.north, world.north.alice) == expected(values)


def test_a_late_minute_that_has_not_been_rolled_up_waits_for_its_turn(world: World) -> None:
    fill(world.north, world.north.alice, range(0, 60, 10))
    roll_up(world.north, 3)
    at = START + timedelta(minutes=5)
    a_frame(world.north.alice, a_device(world.north, "hub-late"), at, values={"spo2": 42.0}, late=True)
    roll_up(world.north, 4)
    with bind(world.north.id):
        assert LateMinute.objects.count() == 1
    roll_up(world.north, 10)
    assert minutes_of(world.north, world.north.alice)[at][0] == 1
    with bind(world.north.id):
        assert not LateMinute.objects.exists()


def test_a_stop_in_the_middle_loses_and_doubles_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    values = fill(world.north, world.north.alice, range(0, 40 * 60, 17))
    whole = rollups._make_coarser
    calls: list[int] = []

    def fails_once(*args: Any, **kwargs: Any) -> None:
        calls.append(1)
        if len(calls) == 4:  # of the second step, after its minutes and quarters were written
            raise DatabaseError
        whole(*args, **kwargs)

    monkeypatch.setattr(rollups, "_make_coarser", fails_once)
    with pytest.raises(DatabaseError):
        roll_up(world.north, 50)
    assert len(minutes_of(world.north, world.north.alice)) == 15
    roll_up(world.north, 50)
    assert rolled(world.north, world.north.alice) == expected(values)


def test_a_long_silence_is_passed_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[UUID] = []
    step = rollups._step
    monkeypatch.setattr(rollups, "_step", lambda *args: (steps.append(args[0]), step(*args))[1])
    values = fill(world.north, world.north.alice, range(0, 60, 10))
    values |= fill(world.north, world.north.alice, range(86_400, 86_460, 10))
    roll_up(world.north, 3 * 1440)
    assert rolled(world.north, world.north.alice) == expected(values)
    assert len(steps) < 10


def test_what_was_derived_counts_too(world: World) -> None:
    device = a_device(world.north, "node-0001")
    for second in range(60):
        derived(world.north.alice, device, START + timedelta(seconds=second), {"heart_rate": 60.0 + second})
    roll_up(world.north, 5)
    found = minutes_of(world.north, world.north.alice, "heart_rate")
    assert found == {START: summary([60.0 + second for second in range(60)])}


@pytest.mark.parametrize(("code", "kept"), [("heart_rate", 70.0), ("spo2", 95.0)])
def test_of_two_sources_the_registers_choice_is_kept_not_a_mixture(world: World, code: str, kept: float) -> None:
    assert (REGISTER[code].source_priority[0] == "sensor") is (code == "spo2")
    device = a_device(world.north, "node-0001")
    for second in range(60):
        at = START + timedelta(seconds=second)
        a_frame(world.north.alice, device, at, values={code: 95.0})
        derived(world.north.alice, device, at, {code: 70.0})
    a_frame(world.north.alice, device, START + timedelta(seconds=61), values={code: 95.0})
    roll_up(world.north, 5)
    found = minutes_of(world.north, world.north.alice, code)
    assert found[START] == summary([kept] * 60)
    assert found[START + timedelta(minutes=1)] == summary([95.0])


def test_each_organization_for_itself(world: World) -> None:
    north = fill(world.north, world.north.alice, range(0, 120, 10))
    south = fill(world.south, world.south.alice, range(1, 120, 10))
    tasks.roll_up()
    assert rolled(world.north, world.north.alice) == expected(north)
    assert rolled(world.south, world.south.alice) == expected(south)


def test_the_trouble_of_one_organization_is_no_others(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {h.id: fill(h, h.alice, range(0, 60, 10)) for h in (world.north, world.south)}
    whole = rollups.roll_up

    def fails_for_north(organization_id: UUID) -> int:
        if organization_id == world.north.id:
            raise DatabaseError
        return whole(organization_id)

    monkeypatch.setattr(rollups, "roll_up", fails_for_north)
    tasks.roll_up()
    assert rolled(world.south, world.south.alice) == expected(values[world.south.id])
    assert rolled(world.north, world.north.alice) == {}


def test_another_workers_turn_is_left_to_it(world: World) -> None:
    fill(world.north, world.north.alice, range(0, 60, 10))
    roll_up(world.north, 3)
    fill(world.north, world.north.alice, range(61, 120, 10))
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT set_config('bodylink.organization', %s, true)", [str(world.north.id)])
            cursor.execute("SELECT 1 FROM readings_rollupprogress FOR UPDATE")
        roll_up(world.north, 10)
        assert len(minutes_of(world.north, world.north.alice)) == 1
    finally:
        other.rollback()  # a connection that is only closed keeps its locks for a moment
        other.close()
    roll_up(world.north, 10)
    assert len(minutes_of(world.north, world.north.alice)) == 2


def test_where_nothing_was_measured_nothing_is_written(world: World) -> None:
    roll_up(world.north, 60)
    with bind(world.north.id):
        assert not RollupProgress.objects.exists()
