"""The handshake: cookie and Origin for pages, token for apps."""

import pytest

from apps.accounts.roles import Role
from apps.live.handshake import is_own_origin
from tests.live.client import Closed, Opener, cookie_of, live, session_token_of
from tests.personas import World


def test_a_page_opens_one_by_its_cookie(world: World) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.open(cookie)
        await client.say(op="ping")
        pong = await client.until_status("pong")
        assert pong["server_time"].endswith("Z")

    cookie = cookie_of(world.north, Role.CLINICIAN)
    live(scenario)


@pytest.mark.parametrize("origin", [b"https://evil.example", b"http://localhost:3000", b"null", b"", None])
def test_a_page_of_another_origin_is_refused_before_it_is_accepted(world: World, origin: bytes | None) -> None:
    async def scenario(opener: Opener) -> None:
        with pytest.raises(Closed):
            await opener.open(cookie, origin=origin)

    cookie = cookie_of(world.north, Role.CLINICIAN)
    live(scenario)


@pytest.mark.parametrize(
    ("origin", "host", "own"),
    [
        ("http://localhost:8000", "localhost:8000", True),
        ("http://127.0.0.1:8000", "localhost:8000", True),
        ("http://localhost", "localhost", True),
        ("http://localhost", "localhost:80", True),
        ("http://localhost:8000", "evil.example:8000", False),
        ("http://localhost:8000.evil.example", "localhost:8000", False),
        ("http://user@localhost:8000", "localhost:8000", False),
        ("ftp://localhost:8000", "localhost:8000", False),
    ],
)
def test_an_origin_is_own_at_an_allowed_host_and_the_same_port(origin: str, host: str, own: bool) -> None:
    assert is_own_origin(origin, host) is own


def test_a_trusted_origin_is_own(settings: object) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://screens.example"]  # type: ignore[attr-defined]
    assert is_own_origin("https://screens.example", "localhost:8000")


def test_behind_tls_a_page_without_it_is_not_ours(settings: object) -> None:
    settings.SESSION_COOKIE_SECURE = True  # type: ignore[attr-defined]
    assert not is_own_origin("http://localhost:8000", "localhost:8000")
    assert is_own_origin("https://localhost:8000", "localhost:8000")


def test_an_app_opens_one_by_its_token_without_an_origin(world: World) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.open(origin=None, subprotocols=["bodylink.v1", f"token.{token}"])
        assert client.answer == "bodylink.v1"
        await client.say(op="subscribe", unit=str(world.north.ward.pk))
        assert len((await client.until_status("subscribed"))["patients"]) == 2

    token = session_token_of(world.north, Role.CLINICIAN)
    live(scenario)


@pytest.mark.parametrize("token", ["", "nonsense", "x" * 500])
def test_a_wrong_token_is_closed_with_4401_after_it_was_accepted(world: World, token: str) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.open(origin=None, subprotocols=["bodylink.v1", f"token.{token}"])
        assert await client.until_closed() == 4401

    live(scenario)


def test_a_token_counts_before_a_cookie(world: World) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.open(cookie, origin=None, subprotocols=["bodylink.v1", "token.nonsense"])
        assert await client.until_closed() == 4401

    cookie = cookie_of(world.north, Role.CLINICIAN)
    live(scenario)


@pytest.mark.parametrize("cookie", [b"", b"sessionid=nonsense", b"sessionid", b"\xff=;;"])
def test_nobody_is_closed_with_4401(world: World, cookie: bytes) -> None:
    async def scenario(opener: Opener) -> None:
        assert await (await opener.open(cookie)).until_closed() == 4401

    live(scenario)


def test_an_organization_that_is_not_ones_own_is_closed_with_4403(world: World) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.open(cookie, query="?organization=southbank")
        assert await client.until_closed() == 4403

    cookie = cookie_of(world.north, Role.CLINICIAN)
    live(scenario)
