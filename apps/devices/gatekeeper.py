"""Answers the broker's question "is this device who it says?", and has those closed out whose credentials ended.

Reads as the ingest role: devices of every organization, and no patient.
"""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg_pool import AsyncConnectionPool

from apps.devices.brokers.nats_callout import CalloutService
from apps.devices.conninfo import ingest_conninfo
from apps.devices.services import REVOKED_CHANNEL

logger = logging.getLogger(__name__)

# A secret that expires makes no noise, and one that was revoked while we were away neither: look around this often.
SWEEP_S = 2.0
_GOOD = """
SELECT EXISTS (
    SELECT FROM devices_credential c JOIN devices_device d ON d.id = c.device_id
    WHERE d.uid = %s AND c.verifier = %s AND d.retired_at IS NULL
      AND c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > now()))
"""
_ENDED = """
SELECT d.uid, max(least(coalesce(c.revoked_at, 'infinity'), coalesce(c.expires_at, 'infinity')))
FROM devices_credential c JOIN devices_device d ON d.id = c.device_id
WHERE d.uid = ANY(%s) AND least(coalesce(c.revoked_at, 'infinity'), coalesce(c.expires_at, 'infinity')) <= now()
GROUP BY d.uid
"""


class Gatekeeper:
    """`callout_url`: nats://user:password@host:port of the broker's account for this; `seed`: its signing key."""

    def __init__(self, callout_url: str, seed: str) -> None:
        address = urlsplit(callout_url)
        autocommit = {"autocommit": True}
        self._pool = AsyncConnectionPool(ingest_conninfo(), min_size=1, max_size=4, open=False, kwargs=autocommit)
        self._callout = CalloutService(
            url=f"nats://{address.hostname}:{address.port}",
            user=unquote(address.username or ""),
            password=unquote(address.password or ""),
            signing_seed=seed,
            authenticate=self.authenticate,
        )

    async def run(self) -> None:
        """Serve until cancelled."""
        async with self._pool, asyncio.TaskGroup() as tasks:
            tasks.create_task(self._callout.run())
            tasks.create_task(self._for_ever(self._hear_revocations))
            tasks.create_task(self._for_ever(self._sweep))

    async def authenticate(self, uid: str, secret: str) -> bool:
        """Whether `secret` is a good credential of the device now."""
        verifier = hashlib.sha256(secret.encode()).hexdigest()
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_GOOD, [uid, verifier])).fetchone()
        return bool(row and row[0])

    async def _for_ever(self, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await work()
            except (psycopg.Error, TimeoutError, OSError) as error:
                logger.warning("the gatekeeper waits: %s", error)
                await asyncio.sleep(1)

    async def _hear_revocations(self) -> None:
        async with await psycopg.AsyncConnection.connect(ingest_conninfo(), autocommit=True) as connection:
            await connection.execute(f"LISTEN {REVOKED_CHANNEL}")
            async for notice in connection.notifies():
                closed = await self._callout.kick(notice.payload)
                logger.info("%s: credentials ended, %d connections closed", notice.payload, closed)

    async def _sweep(self) -> None:
        """Close connections that are older than the end of a credential of their device."""
        await asyncio.sleep(SWEEP_S)
        since = await self._callout.connected()
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(_ENDED, [list(since)])).fetchall()
        for uid, ended_at in rows:
            if since[uid] <= ended_at:
                await self._callout.kick(uid)
