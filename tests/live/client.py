"""A client of the live stream, in the process of the test but through the whole ASGI application."""

import asyncio
import contextlib
import json
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from struct import Struct
from threading import Barrier
from typing import Any
from uuid import UUID

from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.db import connections

from apps.accounts.models import User
from apps.accounts.roles import Role
from apps.core.tenancy import SIGN_IN, bind
from apps.live.routing import application
from tests.personas import Hospital

PATH = "/ws/v1/live/"
PATIENCE_S = 20
THREADS = 4
FRAME, SEGMENT = Struct("<BBHI"), Struct("<16sHBBdfffI")


class Closed(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


class LiveClient(WebsocketCommunicator):
    """Keeps all frames it got: `texts` decoded, `binaries` as they came."""

    def __init__(self, path: str, headers: list[tuple[bytes, bytes]], subprotocols: list[str]) -> None:
        super().__init__(application, path, headers, subprotocols)
        self.texts: list[dict[str, Any]] = []
        self.binaries: list[bytes] = []

    async def say(self, **message: Any) -> None:
        await self.send_to(text_data=json.dumps(message))

    async def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The next text frame that is wanted; others are kept."""
        while True:
            frame = await self.next_frame()
            if isinstance(frame, dict) and wanted(frame):
                return frame

    async def until_status(self, state: str) -> dict[str, Any]:
        return await self.until(lambda frame: frame["type"] == "status" and frame["state"] == state)

    async def until_alert(self, **wanted: Any) -> dict[str, Any]:
        frame = await self.until(lambda frame: frame["type"] == "alert" and wanted.items() <= frame["alert"].items())
        return frame["alert"]

    async def until_closed(self) -> int:
        with contextlib.suppress(TimeoutError):
            try:
                while True:
                    await self.next_frame()
            except Closed as closed:
                return closed.code
        raise AssertionError("the connection stayed open")

    async def next_frame(self) -> dict[str, Any] | bytes:
        message = await self.receive_output(PATIENCE_S)
        if message["type"] == "websocket.close":
            raise Closed(message.get("code", 1000))
        if message.get("text") is not None:
            self.texts.append(json.loads(message["text"]))
            return self.texts[-1]
        self.binaries.append(message["bytes"])
        return message["bytes"]

    async def drain(self, seconds: float = 0.5) -> None:
        """Take what comes in a while."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    await self.next_frame()

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        return [frame for frame in self.texts if frame["type"] == kind]


def cookie_of(hospital: Hospital, role: Role) -> bytes:
    cookies = hospital.client(role).cookies
    return f"sessionid={cookies['sessionid'].value}".encode()


def session_token_of(hospital: Hospital, role: Role) -> str:
    """An app's session token is the key of its session."""
    token: str = hospital.client(role).cookies["sessionid"].value
    return token


class Opener:
    """Opens connections, and closes them when the test is over."""

    def __init__(self, client: type[LiveClient]) -> None:
        self._client = client
        self._open: list[Any] = []

    async def open(
        self,
        cookie: bytes = b"",
        *,
        origin: bytes | None = b"http://localhost:8000",
        subprotocols: list[str] | None = None,
        query: str = "",
    ) -> Any:
        headers = [(b"host", b"localhost:8000")]
        headers += [(b"origin", origin)] if origin is not None else []
        headers += [(b"cookie", cookie)] if cookie else []
        client = self._client(PATH + query, headers, subprotocols or [])
        accepted, client.answer = await client.connect(PATIENCE_S)
        if not accepted:
            raise Closed(client.answer or 0)
        self._open.append(client)
        return client

    async def watch(self, cookie: bytes, **target: Any) -> Any:
        """A connection that has subscribed, with its snapshot on the way."""
        client = await self.open(cookie)
        await client.say(op="subscribe", **{kind: str(value) for kind, value in target.items()})
        await client.until_status("subscribed")
        return client

    async def close(self) -> None:
        for client in self._open:
            with contextlib.suppress(Exception, asyncio.CancelledError):
                await client.disconnect(timeout=PATIENCE_S)


def live(scenario: Callable[[Opener], Coroutine[Any, Any, None]], *, client: type[LiveClient] = LiveClient) -> None:
    """Run a scenario in an event loop of its own, whose threads leave no database connection behind."""
    threads = ThreadPoolExecutor(THREADS)

    async def run() -> None:
        asyncio.get_running_loop().set_default_executor(threads)
        opener = Opener(client)
        try:
            await scenario(opener)
        finally:
            await opener.close()
            await get_channel_layer().flush()
            together = Barrier(THREADS)
            await asyncio.gather(*(asyncio.to_thread(_disconnect, together) for _ in range(THREADS)))

    asyncio.run(run())


def _disconnect(together: Barrier) -> None:
    """In every thread of the pool: none goes on before all are here."""
    together.wait(PATIENCE_S)
    connections.close_all()


def segments(frame: bytes) -> list[tuple[UUID, int, int, int, float, float, list[int]]]:
    """Patient, quantity number, dtype, origin, start, rate and samples of each segment, decoded by the book."""
    version, _, count, _ = FRAME.unpack_from(frame)
    assert version == 1
    found, at = [], FRAME.size
    for _ in range(count):
        patient, number, dtype, origin, start, rate, _scale, _offset, n = SEGMENT.unpack_from(frame, at)
        at += SEGMENT.size
        letter, width = {0: ("h", 2), 1: ("H", 2), 2: ("i", 4)}[dtype]
        samples = list(Struct(f"<{n}{letter}").unpack_from(frame, at))
        at += n * width + -n * width % 4
        found.append((UUID(bytes=patient), number, dtype, origin, start, rate, samples))
    assert at == len(frame)
    return found


def sign_out(hospital: Hospital, role: Role) -> None:
    """End every session of a person, as a changed password does."""
    user = hospital.people[role]
    with bind(hospital.id, user_id=user.pk, door=SIGN_IN):
        account = User.objects.get(pk=user.pk)
        account.set_password("another horse, another battery")
        account.save(update_fields=["password"])
