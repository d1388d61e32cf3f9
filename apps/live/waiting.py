"""Waiting for something, but not for ever."""

import asyncio
from contextlib import suppress


async def until_set(event: asyncio.Event, timeout_s: float) -> None:
    """Until the event is set, or the time is up."""
    with suppress(TimeoutError):
        async with asyncio.timeout(timeout_s):
            await event.wait()
