"""Authorisation is asked again on revocation and every minute; nothing is sent to who may no longer see it."""

from asyncio import to_thread

import pytest

from apps.accounts.models import Membership, MembershipUnit
from apps.accounts.roles import Role
from apps.core.publish import access_changed, flush, publish
from apps.core.tenancy import bind
from apps.live import consumers
from apps.patients.models import Patient, Share
from apps.readings.messages import patient_group, vitals_message
from tests.live.client import LiveClient, Opener, cookie_of, live, session_token_of, sign_out
from tests.personas import Hospital, World


def tell(hospital: Hospital, role: Role) -> None:
    access_changed(hospital.people[role].pk)
    flush()


def test_a_share_that_is_taken_back_closes_with_4403(world: World) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.watch(cookie, patient=north.alice.pk)
        await to_thread(take_back)
        await to_thread(tell, north, Role.CAREGIVER)
        assert await client.until_closed() == 4403

    def take_back() -> None:
        with bind(north.id):
            Share.objects.update(revoked_at=north.alice.created_at)

    north = world.north
    cookie = cookie_of(north, Role.CAREGIVER)
    live(scenario)


def test_a_unit_that_is_no_longer_ones_own_closes_with_4403(world: World) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.watch(cookie, unit=north.ward.pk)
        await to_thread(leave)
        await to_thread(tell, north, Role.CLINICIAN)
        assert await client.until_closed() == 4403

    def leave() -> None:
        with bind(north.id):
            MembershipUnit.objects.filter(unit=north.ward).update(unit=north.annex)

    north = world.north
    cookie = cookie_of(north, Role.CLINICIAN)
    live(scenario)


def test_a_changed_password_closes_with_4401(world: World) -> None:
    async def scenario(opener: Opener) -> None:
        clients = [
            await opener.watch(cookie, unit=north.ward.pk),
            await opener.open(origin=None, subprotocols=["bodylink.v1", f"token.{token}"]),
        ]
        await to_thread(sign_out, north, Role.CLINICIAN)
        await to_thread(tell, north, Role.CLINICIAN)
        for client in clients:
            assert await client.until_closed() == 4401

    north = world.north
    cookie, token = cookie_of(north, Role.CLINICIAN), session_token_of(north, Role.CLINICIAN)
    live(scenario)


def test_a_membership_that_ends_closes_with_4403(world: World) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.watch(cookie, unit=north.ward.pk)
        await to_thread(end)
        await to_thread(tell, north, Role.CLINICIAN)
        assert await client.until_closed() == 4403

    def end() -> None:
        with bind(north.id):
            Membership.objects.filter(user=north.people[Role.CLINICIAN]).delete()

    north = world.north
    cookie = cookie_of(north, Role.CLINICIAN)
    live(scenario)


def test_without_a_word_it_is_noticed_at_the_next_check(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.watch(cookie, unit=north.ward.pk)
        await to_thread(sign_out, north, Role.CLINICIAN)
        assert await client.until_closed() == 4401

    monkeypatch.setattr(consumers, "AGE_EVERY_S", 1)
    monkeypatch.setattr(consumers, "CHECK_EVERY_S", 1)
    north = world.north
    cookie = cookie_of(north, Role.CLINICIAN)
    live(scenario)


def test_a_patient_who_leaves_the_unit_leaves_the_stream(world: World) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.watch(cookie, unit=north.ward.pk)
        await client.until(lambda frame: frame["type"] == "twin" and frame["patient"] == str(north.bob.pk))
        await to_thread(move)
        await to_thread(tell, north, Role.CLINICIAN)
        assert (await client.until_status("subscribed"))["patients"] == [str(north.alice.pk)]
        await to_thread(publish_vitals)
        await client.until(lambda frame: frame["type"] == "vitals" and frame["patient"] == str(north.alice.pk))
        assert not [frame for frame in after(client) if frame.get("patient") == str(north.bob.pk)]

    def after(client: LiveClient) -> list[dict]:
        last = max(i for i, frame in enumerate(client.texts) if frame.get("state") == "subscribed")
        return client.texts[last:]

    def move() -> None:
        with bind(north.id):
            Patient.objects.filter(pk=north.bob.pk).update(unit=north.annex)

    def publish_vitals() -> None:
        for patient in (north.bob, north.alice):
            publish(patient_group(patient.pk), vitals_message(patient.pk, [VITAL]))
        flush()

    north = world.north
    cookie = cookie_of(north, Role.CLINICIAN)
    live(scenario)


def test_a_patient_who_comes_to_the_unit_comes_with_a_snapshot(world: World) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.watch(cookie, unit=north.ward.pk)
        await to_thread(move)
        await to_thread(tell, north, Role.CLINICIAN)
        assert str(north.charlie.pk) in (await client.until_status("subscribed"))["patients"]
        await client.until(lambda frame: frame["type"] == "twin" and frame["patient"] == str(north.charlie.pk))

    def move() -> None:
        with bind(north.id):
            Patient.objects.filter(pk=north.charlie.pk).update(unit=north.ward)

    north = world.north
    cookie = cookie_of(north, Role.CLINICIAN)
    live(scenario)


VITAL = {"code": "spo2", "value": 97.0, "unit": "%", "at": "2026-03-01T12:00:00.000Z", "age_s": 0.0, "state": "lost"}
