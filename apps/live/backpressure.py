"""Makes `send` wait for a slow client under Daphne, as it does under the other ASGI servers.

Daphne hands every message to Twisted's transport, which buffers without end; the application would never know that a
client does not read. Here the transport's own signals (it is a consumer with a high-water mark) hold `send` back, and
the kernel is told to take no more unsent bytes than two seconds of a ward's waves.
"""

import asyncio
import socket
from functools import partial
from typing import Any, Final

from daphne.server import Server

from apps.live.handshake import Application, Receive, Scope, Send

UNSENT_BYTES: Final = 64 * 1024


class Gate:
    """A producer in Twisted's sense (IPushProducer): told to pause when the buffer is full, to resume when empty."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()

    def pauseProducing(self) -> None:  # noqa: N802  Twisted's name
        self._open.clear()

    def resumeProducing(self) -> None:  # noqa: N802
        self._open.set()

    def stopProducing(self) -> None:  # noqa: N802
        """The connection is gone: nothing that waits for it may wait for ever."""
        self._open.set()

    async def passed(self) -> None:
        await self._open.wait()


class Paced:
    """ASGI middleware: `send` waits while the client's buffer is full. Only closing never waits."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = _transport_of(send)
        if transport is None:
            await self._application(scope, receive, send)
            return
        gate = Gate()
        _guard(transport, gate)

        async def send_when_it_fits(message: dict[str, Any]) -> None:
            if message["type"] == "websocket.send":
                await gate.passed()
            await send(message)

        await self._application(scope, receive, send_when_it_fits)


def _transport_of(send: Send) -> Any:
    """Twisted's transport behind Daphne's `send`; None under another server."""
    if isinstance(send, partial) and isinstance(getattr(send.func, "__self__", None), Server):
        return send.args[0].transport
    return None


def _guard(transport: Any, gate: Gate) -> None:
    """Put the gate in the place of the HTTP channel, which has given the connection away with the upgrade."""
    transport.unregisterProducer()
    transport.registerProducer(gate, True)
    handle = transport.getHandle()
    if isinstance(handle, socket.socket) and hasattr(socket, "TCP_NOTSENT_LOWAT"):
        handle.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
