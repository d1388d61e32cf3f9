"""A client that errs is told so and stays; one that floods is closed."""

import asyncio
import json

import pytest

from apps.accounts.roles import Role
from apps.live import consumers
from apps.live.flood import BURST, PATIENCE, Allowance
from apps.live.protocol import BadMessageError, Ping, Resume, Wanted, understand
from tests.live.client import Opener, cookie_of, live
from tests.personas import World

UUID = "0b2a1b9e-6f0b-4d0e-9f6c-0d1c2b3a4f5e"
BAD = [
    "",
    "hello",
    "[]",
    "null",
    '"ping"',
    "{}",
    '{"op": "shout"}',
    '{"op": "ping", "x": 1}',
    '{"op": "subscribe"}',
    '{"op": "subscribe", "unit": "1"}',
    '{"op": "subscribe", "unit": 7}',
    '{"op": "subscribe", "patient": null}',
    f'{{"op": "subscribe", "unit": "{UUID}", "patient": "{UUID}"}}',
    '{"op": "resume"}',
    '{"op": "resume", "cursor": -1}',
    '{"op": "resume", "cursor": "5"}',
    '{"op": "resume", "cursor": true}',
    '{"op": "resume", "cursor": 1.5}',
    '{"op": "resume", "cursor": 99999999999999999999}',
    '{"op": ["ping"]}',
    "[" * 1000,
    '{"op": "ping", "pad": "' + "x" * 5000 + '"}',
]


@pytest.mark.parametrize("text", BAD)
def test_it_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(BadMessageError) as refused:
        understand(text)
    assert str(refused.value)


def test_what_the_protocol_knows_is_understood() -> None:
    assert understand('{"op": "ping"}') == Ping()
    assert understand('{"op": "resume", "cursor": 0}') == Resume(0)
    wanted = understand(json.dumps({"op": "subscribe", "unit": UUID}))
    assert isinstance(wanted, Wanted)
    assert (wanted.kind, str(wanted.id)) == ("unit", UUID)


def test_the_connection_outlives_it(world: World) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.open(cookie)
        for text in BAD[1:8]:
            await client.send_to(text_data=text)
            assert (await client.until_status("error"))["detail"]
        await client.send_to(bytes_data=b"\x00\xff")
        await client.until_status("error")
        await client.say(op="ping")
        await client.until_status("pong")

    cookie = cookie_of(world.north, Role.CLINICIAN)
    live(scenario)


def test_too_many_subscriptions_are_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.watch(cookie, unit=world.north.ward.pk)
        await client.say(op="subscribe", patient=str(world.north.alice.pk))
        assert (await client.until_status("error"))["detail"] == "1 subscriptions at most"
        await client.say(op="subscribe", unit=str(world.north.ward.pk))
        await client.until_status("subscribed")

    monkeypatch.setattr(consumers, "MAX_WANTED", 1)

    cookie = cookie_of(world.north, Role.CLINICIAN)
    live(scenario)


def test_who_floods_is_told_and_then_closed(world: World) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.open(cookie)
        for _ in range(BURST + PATIENCE + 10):
            await client.say(op="ping")
        assert await client.until_closed() == 4429
        assert "slow down" in {frame.get("detail") for frame in client.texts}

    cookie = cookie_of(world.north, Role.CLINICIAN)
    live(scenario)


def test_an_allowance_comes_back_with_time() -> None:
    now = [0.0]
    allowance = Allowance(lambda: now[0])
    assert all(allowance.take() for _ in range(BURST))
    assert not allowance.take()
    now[0] += 1.0
    assert allowance.take()
    assert not allowance.exhausted


def test_a_page_that_pings_every_five_seconds_never_meets_the_limit() -> None:
    now = [0.0]
    allowance = Allowance(lambda: now[0])
    for _ in range(1000):
        now[0] += 5.0
        assert allowance.take()


def test_a_closed_connection_says_nothing_more(world: World) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.open(cookie)
        await client.say(op="subscribe", patient=UUID)
        assert await client.until_closed() == 4403
        await client.say(op="ping")
        await asyncio.sleep(0.2)
        assert await client.receive_nothing()

    cookie = cookie_of(world.north, Role.CLINICIAN)
    live(scenario)
