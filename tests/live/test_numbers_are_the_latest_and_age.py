"""Vitals on the stream: merged by code, never an old one behind a new one, and grey without a word from the sensor."""

from asyncio import to_thread
from datetime import timedelta
from typing import Any

from apps.accounts.roles import Role
from apps.core.instants import utc_text
from apps.core.publish import flush, publish
from apps.core.tenancy import bind
from apps.live.ageing import Shown
from apps.live.outbox import Numbers
from apps.readings.current import current_values
from apps.readings.messages import patient_group, vitals_message
from apps.twin.services import advance
from tests.alerts.rows import show
from tests.held_clock import HeldClock
from tests.live.client import Opener, cookie_of, live
from tests.personas import World


def vital(code: str, value: float, at: str = "2026-03-01T12:00:00.000Z", state: str = "live") -> dict[str, Any]:
    return {"code": code, "value": value, "unit": "", "at": at, "age_s": 0.0, "state": state}


def test_of_several_values_of_a_quantity_the_latest_is_sent() -> None:
    numbers = Numbers()
    numbers.put_vitals("alice", [vital("spo2", 97), vital("heart_rate", 70)])
    numbers.put_vitals("alice", [vital("spo2", 96)])
    numbers.put_vitals("bob", [])
    ((kind, fields),) = numbers.take("now")
    assert (kind, fields["patient"], fields["at"]) == ("vitals", "alice", "now")
    assert {each["code"]: each["value"] for each in fields["vitals"]} == {"spo2": 96, "heart_rate": 70}
    assert numbers.take("now") == []


def test_what_is_subscribed_comes_before_everything_else() -> None:
    numbers = Numbers()
    numbers.put_vitals("alice", [vital("spo2", 97)])
    for _ in range(100):
        numbers.put_status(state="pong")
    numbers.put_subscribed(patients=["alice"])
    frames = numbers.take("now")
    assert frames[0] == ("status", {"state": "subscribed", "patients": ["alice"]})
    assert len(frames) < 50


def test_a_value_turns_stale_then_lost_without_anything_coming_in(clock: HeldClock) -> None:
    shown = Shown()
    shown.note("alice", [vital("spo2", 97, utc_text(clock.now()))])
    assert shown.aged(clock.now() + timedelta(seconds=4)) == {}
    (stale,) = shown.aged(clock.now() + timedelta(seconds=6))["alice"]
    assert (stale["state"], stale["age_s"]) == ("stale", 6.0)
    assert shown.aged(clock.now() + timedelta(seconds=7)) == {}
    (lost,) = shown.aged(clock.now() + timedelta(seconds=31))["alice"]
    assert lost["state"] == "lost"


def test_an_older_value_that_arrives_later_is_not_sent() -> None:
    shown = Shown()
    older, newer = vital("spo2", 90, "2026-03-01T12:00:00.900Z"), vital("spo2", 97, "2026-03-01T12:00:01.000Z")
    assert shown.note("alice", [newer]) == [newer]
    assert shown.note("alice", [older, vital("heart_rate", 70)]) == [vital("heart_rate", 70)]
    assert shown.note("alice", [newer]) == [newer]


def test_a_value_that_was_forgotten_does_not_age(clock: HeldClock) -> None:
    shown = Shown()
    shown.note("alice", [vital("spo2", 97, utc_text(clock.now()))])
    shown.forget("alice")
    assert shown.aged(clock.now() + timedelta(seconds=60)) == {}


def test_the_stream_says_when_a_value_turns_stale(world: World, clock: HeldClock) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.watch(cookie, patient=alice.pk)
        await client.until(lambda frame: frame["type"] == "vitals" and frame["vitals"][0]["state"] == "live")
        await client.until(lambda frame: frame["type"] == "vitals" and frame["vitals"][0]["state"] == "stale")

    alice = world.north.alice
    cookie = cookie_of(world.north, Role.PATIENT)
    clock.at = clock.now() - timedelta(seconds=3)
    show(alice, "spo2", 97, HeldClock().now() - timedelta(seconds=3))
    live(scenario)


def test_new_values_and_a_new_twin_reach_who_watches(world: World) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.watch(cookie, patient=alice.pk)
        await client.until(lambda frame: frame["type"] == "twin")
        await to_thread(measure)
        got = await client.until(lambda frame: frame["type"] == "vitals")
        assert got["vitals"] == [vital("heart_rate", 140)]
        twin = await client.until(lambda frame: frame["type"] == "twin")
        assert next(organ["status"] for organ in twin["organs"] if organ["organ"] == "heart") == "act"

    def measure() -> None:
        publish(patient_group(alice.pk), vitals_message(alice.pk, [vital("heart_rate", 140)]))
        show(alice, "heart_rate", 140, HeldClock().now())
        with bind(alice.organization_id):
            advance(patient_ids=[alice.pk], current=current_values([alice.pk]))
        flush()

    alice = world.north.alice
    cookie = cookie_of(world.north, Role.CLINICIAN)
    live(scenario)
