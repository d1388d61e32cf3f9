"""What somebody enters is on the open pages after the commit, what was in error is gone, and the score is told."""

from asyncio import to_thread
from typing import Any

from apps.accounts.roles import Role
from apps.core.clock import SYSTEM_CLOCK
from apps.core.publish import flush
from apps.core.tenancy import bind
from apps.live.ageing import Shown
from apps.scores.telling import tell_scores
from tests.api.test_observations_are_entered_by_hand import enter
from tests.api.test_what_was_entered_in_error_counts_for_nothing import mark
from tests.live.client import Opener, cookie_of, live
from tests.personas import World


def test_an_entry_and_its_withdrawal_reach_an_open_page(world: World) -> None:
    clinician, alice = world.north.client(Role.CLINICIAN), world.north.alice
    cookie = cookie_of(world.north, Role.CLINICIAN)

    async def scenario(opener: Opener) -> None:
        page = await opener.watch(cookie, patient=alice.pk)
        await page.drain()
        answer = await to_thread(enter, clinician, alice, {"code": "weight", "value": 71.5})
        await to_thread(flush)
        await page.drain()
        (vital,) = page.of_type("vitals")[-1]["vitals"]
        assert (vital["code"], vital["value"], vital["origin"]) == ("weight", 71.5, "manual")
        await to_thread(mark, clinician, alice, answer.json()["observations"][0]["id"])
        await to_thread(flush)
        await page.drain()
        (gone,) = page.of_type("vitals")[-1]["vitals"]
        assert (gone["code"], gone["value"], gone["state"], gone["at"]) == ("weight", None, "lost", vital["at"])

    live(scenario)


def test_the_score_comes_with_the_snapshot_and_when_it_changes(world: World) -> None:
    clinician, alice = world.north.client(Role.CLINICIAN), world.north.alice
    cookie = cookie_of(world.north, Role.CLINICIAN)

    def tick() -> None:
        with bind(world.north.id):
            tell_scores([alice.pk], now=SYSTEM_CLOCK.now())
        flush()

    async def scenario(opener: Opener) -> None:
        page = await opener.watch(cookie, unit=world.north.ward.pk)
        await page.drain()
        first = {frame["patient"]: frame["news2"] for frame in page.of_type("score")}
        assert set(first) == {str(alice.pk), str(world.north.bob.pk)}
        assert (first[str(alice.pk)]["lowest"], first[str(alice.pk)]["highest"]) == (0, 20)
        await to_thread(enter, clinician, alice, {"code": "consciousness", "value": "U"})
        await to_thread(tick)
        await page.drain()
        last: dict[str, Any] = page.of_type("score")[-1]
        assert (last["patient"], last["news2"]["lowest"]) == (str(alice.pk), 3)

    live(scenario)


def test_who_sees_no_clinical_data_is_told_no_score(world: World) -> None:
    cookie = cookie_of(world.north, Role.TECHNICIAN)

    async def scenario(opener: Opener) -> None:
        page = await opener.watch(cookie, patient=world.north.alice.pk)
        await page.drain()
        assert page.of_type("score") == []

    live(scenario)


def test_what_was_taken_back_does_not_age() -> None:
    shown = Shown()
    gone = {"code": "weight", "value": None, "at": "2026-03-01T12:00:00.000Z", "state": "lost", "age_s": 0.0}
    shown.note("alice", [gone])
    assert shown.aged(SYSTEM_CLOCK.now()) == {}
