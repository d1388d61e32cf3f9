"""A subscription gives what the policy's table gives, and says nothing of the rest."""

import uuid
from typing import Any

import pytest

from apps.accounts.roles import Role
from apps.audit.models import AuditEvent
from apps.core.tenancy import bind
from apps.patients.models import Patient
from apps.patients.services import break_glass
from tests.alerts.rows import ago, breach, put_on, settle, show, tick
from tests.held_clock import HeldClock
from tests.live.client import Opener, cookie_of, live
from tests.personas import World


def closed_with(world: World, role: Role, **target: Any) -> int:
    """How the connection of a person of Northgate ends that wants this."""
    ended: list[int] = []

    async def scenario(opener: Opener) -> None:
        client = await opener.open(cookie)
        await client.say(op="subscribe", **{kind: str(value) for kind, value in target.items()})
        ended.append(await client.until_closed())
        assert client.of_type("vitals") == client.of_type("alert") == []

    cookie = cookie_of(world.north, role)
    live(scenario)
    return ended[0]


def test_the_neighbours_unit_and_patient_are_not_there(world: World) -> None:
    south = world.south
    for target in ({"unit": south.ward.pk}, {"patient": south.alice.pk}):
        assert closed_with(world, Role.CLINICIAN, **target) == 4403


def test_what_does_not_exist_is_answered_just_so(world: World) -> None:
    for kind in ("unit", "patient"):
        assert closed_with(world, Role.CLINICIAN, **{kind: uuid.uuid4()}) == 4403


def test_another_unit_and_its_patient_are_not_the_clinicians(world: World) -> None:
    north = world.north
    assert closed_with(world, Role.CLINICIAN, unit=north.annex.pk) == 4403
    assert closed_with(world, Role.CLINICIAN, patient=north.charlie.pk) == 4403


def test_a_patient_sees_nobody_else(world: World) -> None:
    assert closed_with(world, Role.PATIENT, patient=world.north.bob.pk) == 4403
    assert closed_with(world, Role.PATIENT, unit=world.north.ward.pk) == 4403


@pytest.mark.parametrize("role", [Role.MANAGER, Role.PRIVACY_OFFICER])
def test_who_sees_no_clinical_data_sees_no_stream(world: World, role: Role) -> None:
    assert closed_with(world, role, unit=world.north.ward.pk) == 4403
    assert closed_with(world, role, patient=world.north.alice.pk) == 4403


@pytest.mark.parametrize("role", [Role.PATIENT, Role.CAREGIVER, Role.CLINICIAN])
def test_who_may_see_a_patient_gets_a_snapshot_first(world: World, clock: HeldClock, role: Role) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.open(cookie)
        await client.say(op="subscribe", patient=str(alice.pk))
        await client.until(lambda frame: frame["type"] == "twin")
        subscribed, vitals, twin = client.texts
        assert (subscribed["state"], subscribed["patients"]) == ("subscribed", [str(alice.pk)])
        assert (vitals["type"], vitals["patient"]) == ("vitals", str(alice.pk))
        assert vitals["vitals"][0].items() >= {"code": "spo2", "value": 97.0, "unit": "%", "state": "live"}.items()
        assert len(twin["organs"]) == 9
        assert [frame["seq"] for frame in client.texts] == [1, 2, 3]

    alice = world.north.alice
    show(alice, "spo2", 97, clock.now())
    cookie = cookie_of(world.north, role)
    live(scenario)


def test_simulated_people_are_named_as_such(world: World) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.open(cookie)
        await client.say(op="subscribe", unit=str(world.north.ward.pk))
        subscribed = await client.until_status("subscribed")
        assert subscribed["simulated"] == [str(world.north.bob.pk)]
        assert len(subscribed["patients"]) == 2

    with bind(world.north.id):
        Patient.objects.filter(pk=world.north.bob.pk).update(simulated=True)
    cookie = cookie_of(world.north, Role.CLINICIAN)
    live(scenario)


def test_a_broken_glass_opens_the_stream(world: World) -> None:
    async def scenario(opener: Opener) -> None:
        await opener.watch(cookie, patient=north.charlie.pk)

    north = world.north
    with bind(north.id):
        break_glass(actor=north.actor(Role.CLINICIAN), patient_id=north.charlie.pk, reason="found unconscious")
    cookie = cookie_of(north, Role.CLINICIAN)
    live(scenario)


def test_a_technician_gets_technical_alerts_and_nothing_clinical(ward: World, clock: HeldClock) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.watch(cookie, unit=north.ward.pk)
        alert = await client.until_alert()
        assert (alert["code"], alert["kind"]) == ("device_silent", "technical")
        await client.drain()
        assert len(client.of_type("alert")) == 1
        assert client.of_type("vitals") == client.of_type("twin") == client.binaries == []

    north = ward.north
    breach(north.bob, clock)
    put_on(north.alice, "node-1", since=ago(clock, hours=1), heard_at=ago(clock, minutes=1))
    tick(clock, north.alice)
    settle(north.id)
    cookie = cookie_of(north, Role.TECHNICIAN)
    live(scenario)


def test_watching_is_noted_in_the_audit_trail(world: World) -> None:
    async def scenario(opener: Opener) -> None:
        await opener.watch(cookie, unit=world.north.ward.pk)

    cookie = cookie_of(world.north, Role.CLINICIAN)
    live(scenario)
    with bind(world.north.id):
        read = AuditEvent.objects.filter(action="read", detail__door="live")
        assert {event.patient_id for event in read} == {world.north.alice.pk, world.north.bob.pk}
