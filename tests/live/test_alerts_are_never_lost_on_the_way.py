"""Alerts are read from the database by cursor: at once on a hint, in two seconds without one, and again on request."""

from asyncio import sleep, to_thread

import psycopg
import pytest
from django.db import connections

from apps.accounts.roles import Role
from apps.alerts import services
from apps.alerts.models import Alert
from apps.alerts.selectors import latest_cursor
from apps.alerts.services import acknowledge
from apps.core.tenancy import bind
from tests.alerts.rows import ago, breach, put_on, settle, show, tick
from tests.held_clock import HeldClock
from tests.live.client import Opener, cookie_of, live
from tests.personas import World


def recover(ward: World, clock: HeldClock) -> None:
    show(ward.north.alice, "spo2", 98, clock.now())
    tick(clock, ward.north.alice)


def test_an_alert_that_is_raised_reaches_who_watches(ward: World, clock: HeldClock) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.watch(cookie, unit=ward.north.ward.pk)
        await to_thread(breach, ward.north.alice, clock, value=88)
        alert = await client.until_alert(state="active")
        assert (alert["code"], alert["text"], alert["patient"]) == (
            "spo2_low",
            "SpO₂ 88 % < 90",
            str(ward.north.alice.pk),
        )
        await to_thread(recover, ward, clock)
        assert (await client.until_alert(state="resolved"))["id"] == alert["id"]
        assert "pending" not in {frame["alert"]["state"] for frame in client.of_type("alert")}

    cookie = cookie_of(ward.north, Role.CLINICIAN)
    live(scenario)


def test_an_acknowledgement_is_seen_by_the_other_screens(ward: World, clock: HeldClock) -> None:
    async def scenario(opener: Opener) -> None:
        clients = [await opener.watch(cookie, unit=north.ward.pk) for _ in range(2)]
        for client in clients:
            await client.until_alert(state="active")
        await to_thread(acknowledge_it)
        for client in clients:
            seen = await client.until_alert(state="acknowledged")
            assert seen["acknowledged_by"] == "Northgate Clinician"

    def acknowledge_it() -> None:
        with bind(north.id):
            acknowledge(actor=actor, alert_id=alert.pk, clock=clock)

    north = ward.north
    alert, actor = breach(north.alice, clock), north.actor(Role.CLINICIAN)
    cookie = cookie_of(north, Role.CLINICIAN)
    live(scenario)


def test_without_any_hint_it_comes_with_the_next_poll(
    ward: World, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.watch(cookie, unit=ward.north.ward.pk)
        await client.until_status("alarms")
        await to_thread(breach, ward.north.alice, clock)
        await client.until_alert(state="active")

    monkeypatch.setattr(services, "publish", lambda group, message: None)
    cookie = cookie_of(ward.north, Role.CLINICIAN)
    live(scenario)


def test_it_does_not_wait_for_a_transaction_that_runs_elsewhere(ward: World, clock: HeldClock) -> None:
    """Sent at once under a cursor that passes nothing, and again under its own once nothing can come before it."""

    async def scenario(opener: Opener) -> None:
        client = await opener.watch(cookie, unit=ward.north.ward.pk)
        await client.until_status("alarms")
        with psycopg.connect(**elsewhere) as writer:
            writer.execute("SELECT pg_current_xact_id()")
            await to_thread(breach, ward.north.alice, clock)
            await client.until_alert(state="active")
            await client.drain(3.0)
            assert [frame["cursor"] for frame in client.of_type("alert")] == [0]
        await client.until(lambda frame: frame["type"] == "alert" and frame["cursor"] > 0)

    parameters = connections["migrator"].get_connection_params()
    elsewhere = {name: parameters[name] for name in ("host", "port", "user", "password", "dbname")}
    cookie = cookie_of(ward.north, Role.CLINICIAN)
    live(scenario)


def test_open_alerts_come_with_the_snapshot(ward: World, clock: HeldClock) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.watch(cookie, unit=ward.north.ward.pk)
        assert (await client.until_alert())["state"] == "active"
        await client.drain()
        assert len(client.of_type("alert")) == 1

    breach(ward.north.alice, clock)
    settle(ward.north.id)
    cookie = cookie_of(ward.north, Role.CLINICIAN)
    live(scenario)


def test_a_cursor_resends_everything_after_it(ward: World, clock: HeldClock) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.watch(cookie, unit=ward.north.ward.pk)
        await client.until_status("alarms")
        assert client.of_type("alert") == []
        await client.say(op="resume", cursor=cursor)
        await client.until_alert(state="resolved")
        frames = client.of_type("alert")
        assert [frame["alert"]["state"] for frame in frames] == ["active", "resolved"]
        assert frames[0]["cursor"] < frames[1]["cursor"]
        await client.say(op="resume", cursor=frames[0]["cursor"])
        await client.until_alert(state="resolved")
        assert len(client.of_type("alert")) == 3

    with bind(ward.north.id):
        cursor = latest_cursor()
    breach(ward.north.alice, clock)
    with bind(ward.north.id):
        Alert.objects.update(priority="medium")
    recover(ward, clock)
    settle(ward.north.id)
    cookie = cookie_of(ward.north, Role.CLINICIAN)
    live(scenario)


def test_a_cursor_may_come_before_the_subscription(ward: World, clock: HeldClock) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.open(cookie)
        await client.say(op="resume", cursor=1)
        await client.say(op="subscribe", unit=str(ward.north.ward.pk))
        await client.until_alert(state="resolved")

    breach(ward.north.alice, clock)
    with bind(ward.north.id):
        Alert.objects.update(priority="medium")
    recover(ward, clock)
    settle(ward.north.id)
    cookie = cookie_of(ward.north, Role.CLINICIAN)
    live(scenario)


def test_a_text_that_changes_is_sent_under_the_cursor_of_its_alert(ward: World, clock: HeldClock) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.watch(cookie, unit=ward.north.ward.pk)
        await client.until_alert(text="SpO₂ 80 % < 85")
        await to_thread(breach, ward.north.alice, clock, value=78, seconds=1)
        await client.until_alert(text="SpO₂ 78 % < 85")
        first, second = client.of_type("alert")
        assert first["cursor"] == second["cursor"]

    breach(ward.north.alice, clock)
    settle(ward.north.id)
    cookie = cookie_of(ward.north, Role.CLINICIAN)
    live(scenario)


def test_alerts_of_other_units_and_organizations_stay_there(ward: World, clock: HeldClock) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.watch(cookie, unit=ward.north.ward.pk)
        for patient in (ward.north.charlie, ward.south.alice, ward.north.alice):
            await to_thread(breach, patient, clock)
        await client.until_alert(state="active")
        await client.drain()
        assert {frame["patient"] for frame in client.of_type("alert")} == {str(ward.north.alice.pk)}

    cookie = cookie_of(ward.north, Role.CLINICIAN)
    live(scenario)


def test_a_silent_device_is_told_by_name(ward: World, clock: HeldClock) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.watch(cookie, patient=ward.north.alice.pk)
        await sleep(0)
        await to_thread(tick, clock, ward.north.alice)
        alert = await client.until_alert(code="device_silent")
        assert (alert["text"], alert["kind"]) == ("No data from replay-119", "technical")

    put_on(ward.north.alice, "replay-119", since=ago(clock, hours=1), heard_at=ago(clock, seconds=16))
    cookie = cookie_of(ward.north, Role.PATIENT)
    live(scenario)
