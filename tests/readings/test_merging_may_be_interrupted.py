"""A frame is in its table or in a block, whatever happens meanwhile and whoever else is at work."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections

from apps.core.tenancy import bind
from apps.readings import stretch
from apps.readings.merging import merge_frames
from apps.readings.storage import STORAGE, hold_still, window_of
from apps.readings.stretch import Moved, Stretch
from tests.factories import a_device, a_frame, a_wave, derived
from tests.personas import Hospital, World
from tests.readings.stored import START, at, count, readings, waves


def fill(hospital: Hospital, seconds: range) -> None:
    device = a_device(hospital, f"{hospital.organization.slug}-{seconds.start}")
    for second in seconds:
        a_frame(hospital.alice, device, at(second), values={"spo2": 97.0}, waves=[a_wave("ecg", [second] * 250)])
        derived(hospital.alice, device, at(second), {"heart_rate": 60.0})


def seen(hospital: Hospital) -> Any:
    end = at(7200)
    return (
        readings(hospital, hospital.alice, start=START, end=end),
        waves(hospital, hospital.alice, start=START, end=end),
    )


@contextmanager
def half_way(hospital: Hospital) -> Iterator[Moved]:
    """A worker that has moved the first stretch and has not committed."""
    moved = threading.Event()
    go_on = threading.Event()
    results: list[Moved] = []

    def work() -> None:
        try:
            with bind(hospital.id, door=STORAGE):
                results.append(Stretch(hospital.id, hospital.alice.pk, window_of(START)).move())
                moved.set()
                go_on.wait(30)
        finally:
            connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    assert moved.wait(30)
    try:
        yield results[0]
    finally:
        go_on.set()
        worker.join()


@pytest.mark.parametrize("failing", ["_put_waves", "_put_frames", "_move_derived", "_put_values"])
def test_a_stop_in_the_middle_leaves_the_rows(world: World, monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    fill(world.north, range(850, 950))  # two windows
    before = seen(world.north)
    whole, calls = getattr(Stretch, failing), []

    def fails_the_second_time(*args: Any) -> Any:
        calls.append(args)
        if len(calls) == 2:
            raise DatabaseError
        return whole(*args)

    monkeypatch.setattr(stretch.Stretch, failing, fails_the_second_time)
    with pytest.raises(DatabaseError):
        merge_frames(world.north.id)
    assert seen(world.north) == before
    merge_frames(world.north.id)
    assert count("readings_frame") == count("readings_derived") == 0
    assert seen(world.north) == before


def test_it_stops_when_its_time_is_over_and_goes_on_with_the_next_turn(world: World) -> None:
    fill(world.north, range(0, 30))
    assert merge_frames(world.north.id, until=0.0).frames == 0
    assert merge_frames(world.north.id).frames == 30


def test_who_inserts_is_not_kept_waiting(world: World) -> None:
    fill(world.north, range(0, 30))
    with half_way(world.north) as moved:
        assert moved == Moved(frames=30, derived=30)
        with connections["ingest"].cursor() as cursor:
            cursor.execute("SET lock_timeout = '1s'")
        fill(world.north, range(30, 40))
    with connections["ingest"].cursor() as cursor:
        cursor.execute("RESET lock_timeout")
    assert count("readings_frame") == 10
    assert merge_frames(world.north.id).frames == 10
    assert len(readings(world.north, world.north.alice, start=START, end=at(60))) == 80


def test_who_reads_meanwhile_sees_everything_once(world: World) -> None:
    fill(world.north, range(0, 30))
    before = seen(world.north)
    with half_way(world.north):
        assert seen(world.north) == before
    assert count("readings_frame") == 0
    assert seen(world.north) == before


def test_a_second_worker_waits_and_doubles_nothing(world: World) -> None:
    fill(world.north, range(0, 30))
    before = seen(world.north)
    found: list[Any] = []

    def second() -> None:
        try:
            found.append(merge_frames(world.north.id))
        finally:
            connection.close()

    worker = threading.Thread(target=second)
    with half_way(world.north):
        worker.start()
        worker.join(0.5)
        assert worker.is_alive()
    worker.join()
    assert found[0].frames == 0
    assert seen(world.north) == before


def test_while_somebody_holds_still_nothing_moves(world: World) -> None:
    fill(world.north, range(0, 30))
    with bind(world.north.id):
        hold_still(world.north.id)
        worker = threading.Thread(target=lambda: (merge_frames(world.north.id), connection.close()))
        worker.start()
        worker.join(0.5)
        assert worker.is_alive()
        assert count("readings_frame") == 30
    worker.join()
    assert count("readings_frame") == 0
