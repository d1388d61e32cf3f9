"""The lossy live path: a hint or a wave to whoever watches, over the channel layer.

`publish` is called by the writing action itself. It takes effect after the commit, returns at once and never raises:
when Redis is away, or slower than we are, messages are dropped, counted, and one line of log says so per outage.
What must not be lost does not travel here; the live stream reads alerts from the database.
"""

import asyncio
import logging
import os
import threading
from collections import Counter, deque
from collections.abc import Mapping
from concurrent.futures import Future
from functools import partial
from typing import Any, Final
from uuid import UUID

from channels.layers import get_channel_layer
from django.db import DEFAULT_DB_ALIAS, connections, transaction

logger = logging.getLogger(__name__)

QUEUE_LENGTH: Final = 4096
SEND_TIMEOUT_S: Final = 2.0
RETRY_AFTER_S: Final = 0.5

Message = dict[str, Any]


def publish(group: str, message: Message, *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Send `message` to a group: after the commit where `using` is in a transaction (never, if it is rolled back),
    else now. `message["type"]` names the consumer's handler."""
    send = partial(_publisher().put, group, message)
    if connections[using].in_atomic_block:
        transaction.on_commit(send, using=using, robust=True)
    else:
        send()


def user_group(user_id: UUID) -> str:
    """The group of a person's own live connections."""
    return f"user.{user_id}"


def access_changed(user_id: UUID) -> None:
    """Let a person's live connections check at once what they may still see. Call it where access is taken away."""
    publish(user_group(user_id), {"type": "live.access"})


def counts() -> Mapping[str, int]:
    """What became of this process's messages: `sent`, `failed` (Redis away), `dropped` (the queue was full)."""
    return dict(_publisher().counts)


def flush(timeout_s: float = 5.0) -> None:
    """Wait until what was published before is sent or given up."""
    _publisher().flush(timeout_s)


class Publisher:
    """One thread with an event loop of its own, and a bounded queue to it whose oldest messages give way.

    `async_to_sync(group_send)` would start a loop for every message, at 4.6 times the cost.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._queue: deque[tuple[str, Message] | Future[None]] = deque(maxlen=QUEUE_LENGTH)
        self._wake = asyncio.Event()
        self._awake = False
        self._away = False
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._run, name="publish", daemon=True).start()

    def put(self, group: str, message: Message) -> None:
        if len(self._queue) == QUEUE_LENGTH:
            self.counts["dropped"] += 1
        self._append((group, message))

    def flush(self, timeout_s: float) -> None:
        done: Future[None] = Future()
        self._append(done)
        done.result(timeout_s)

    def _append(self, item: tuple[str, Message] | Future[None]) -> None:
        self._queue.append(item)
        if not self._awake:  # waking the loop costs a system call: once per burst is enough
            self._awake = True
            self._loop.call_soon_threadsafe(self._wake.set)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._send_for_ever())

    async def _send_for_ever(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            self._awake = False
            while self._queue:
                await self._send(self._queue.popleft())

    async def _send(self, item: tuple[str, Message] | Future[None]) -> None:
        if isinstance(item, Future):
            item.set_result(None)
            return
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await get_channel_layer().group_send(*item)
        except Exception as error:  # noqa: BLE001  whatever the layer raises must not end the thread
            self.counts["failed"] += 1
            if not self._away:
                logger.warning("the live path is away, its messages are dropped: %r", error)
            self._away = True
            await asyncio.sleep(RETRY_AFTER_S)
        else:
            self.counts["sent"] += 1
            if self._away:
                logger.warning("the live path is back; %s", dict(self.counts))
            self._away = False


_lock = threading.Lock()
_own: Publisher | None = None


def _publisher() -> Publisher:
    """The publisher of this process, made when first needed: a thread does not live on in a forked worker."""
    global _own  # noqa: PLW0603  one per process is the point
    with _lock:
        if _own is None:
            _own = Publisher()
        return _own


def _forget() -> None:
    global _own, _lock
    _own, _lock = None, threading.Lock()


os.register_at_fork(after_in_child=_forget)
