"""The watchdog: every shard of the patients on screen has been ticked within five seconds, or the screen says so."""

from datetime import timedelta

import pytest
from django.db import connections

from apps.accounts.roles import Role
from apps.live import consumers
from apps.live.reading import Watchdog
from tests.held_clock import HeldClock
from tests.live.client import Opener, cookie_of, live
from tests.personas import Hospital, World


def ticked(hospital: Hospital, number: int, *, seconds_ago: float | None) -> None:
    now = HeldClock().now()
    at = None if seconds_ago is None else now - timedelta(seconds=seconds_ago)
    with connections["migrator"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO ingest_shard (organization_id, number, due_at, ticked_at, state) "
            "VALUES (%s, %s, %s, %s, '{}') "
            "ON CONFLICT (organization_id, number) DO UPDATE SET ticked_at = excluded.ticked_at",
            [hospital.id, number, now, at],
        )


def told(world: World) -> tuple[bool, str]:
    heard: list[tuple[bool, str]] = []

    async def scenario(opener: Opener) -> None:
        client = await opener.watch(cookie, unit=world.north.ward.pk)
        status = await client.until_status("alarms")
        heard.append((status["ok"], status["detail"]))

    cookie = cookie_of(world.north, Role.CLINICIAN)
    live(scenario)
    return heard[0]


def test_a_tick_of_just_now_is_well(world: World) -> None:
    ticked(world.north, 0, seconds_ago=1)
    assert told(world) == (True, "")


def test_a_tick_of_long_ago_is_not(world: World) -> None:
    ticked(world.north, 0, seconds_ago=6)
    assert told(world) == (False, "the alarm engine has stopped")


@pytest.mark.parametrize("shards", [[], [0]])
def test_none_at_all_is_not(world: World, shards: list[int]) -> None:
    for number in shards:
        ticked(world.north, number, seconds_ago=None)
    assert told(world) == (False, "the alarm engine has not started")


def test_one_shard_that_stands_still_is_not_covered_up_by_another(world: World) -> None:
    with connections["migrator"].cursor() as cursor:
        cursor.execute("UPDATE patients_patient SET shard = 1 WHERE id = %s", [world.north.bob.pk])
    ticked(world.north, 0, seconds_ago=1)
    ticked(world.north, 1, seconds_ago=60)
    assert told(world)[0] is False


def test_the_neighbours_ticks_are_not_ours(world: World) -> None:
    ticked(world.south, 0, seconds_ago=1)
    assert told(world)[0] is False


def test_a_change_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.watch(cookie, unit=world.north.ward.pk)
        assert (await client.until_status("alarms"))["ok"] is True
        assert (await client.until_status("alarms"))["ok"] is False

    monkeypatch.setattr(consumers, "POLL_EVERY_S", 0.5)
    ticked(world.north, 0, seconds_ago=3)
    cookie = cookie_of(world.north, Role.CLINICIAN)
    live(scenario)


def test_it_is_said_again_every_so_often_so_that_silence_tells() -> None:
    now = [0.0]
    watchdog = Watchdog(10.0, lambda: now[0])
    said = []
    for _ in range(31):
        said.append(watchdog.is_news(""))
        now[0] += 1.0
    assert said == [index % 10 == 0 for index in range(31)]
    assert watchdog.is_news("stopped")


def test_a_unit_without_patients_has_nothing_to_alarm(world: World) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.watch(cookie, unit=world.north.ward.pk)
        assert (await client.until_status("alarms"))["ok"] is True

    with connections["migrator"].cursor() as cursor:
        cursor.execute(
            "UPDATE patients_patient SET unit_id = %s WHERE organization_id = %s",
            [world.north.annex.pk, world.north.id],
        )
    cookie = cookie_of(world.north, Role.CLINICIAN)
    live(scenario)
