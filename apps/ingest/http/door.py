"""The intakes of a web process: each an ingest connection of its own, lent to one request at a time.

A connection is opened when it is first needed. One that PostgreSQL has closed meanwhile (a restart) is replaced, and
the work is done again: whatever it is, exactly-once does not rest on doing it once.
"""

import logging
import os
import queue
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

import psycopg
from django.utils.connection import ConnectionDoesNotExist

from apps.ingest.arrival import Sender
from apps.ingest.connection import connect
from apps.ingest.http.failures import Unavailable
from apps.ingest.pipeline import Intake
from apps.ingest.salvage import PASSING
from apps.ingest.senders import Senders

logger = logging.getLogger(__name__)

MOST: Final = 4
"""How many requests of one process write at once; the others wait for their turn."""
WAIT_S: Final = 5.0

Result = TypeVar("Result")


class Door:
    def __init__(self, most: int = MOST) -> None:
        # The one used last is lent first: few connections are kept busy, and the rest is never opened.
        self._intakes: queue.LifoQueue[Intake | None] = queue.LifoQueue()
        for _ in range(most):
            self._intakes.put(None)

    def through(self, work: Callable[[Intake], Result]) -> Result:
        """Do the work with an intake; once more, over a new connection, if the database was away. Raises Unavailable
        when it still is, or when every intake is in use for long."""
        try:
            with self._lent() as intake:
                return work(intake)
        except PASSING as error:
            logger.warning("once more, over a new connection: %s", str(error).splitlines()[:1])
        try:
            with self._lent(anew=True) as intake:
                return work(intake)
        except PASSING as error:
            raise Unavailable from error

    @contextmanager
    def _lent(self, *, anew: bool = False) -> Iterator[Intake]:
        try:
            kept = self._intakes.get(timeout=WAIT_S)
        except queue.Empty as error:
            raise Unavailable from error
        intake = None
        try:
            if kept is not None and (anew or kept.connection.closed):
                kept.connection.close()
                kept = None
            intake = kept or _opened()
            yield intake
        except PASSING:
            if intake is not None:
                intake.connection.close()
            raise
        finally:
            self._intakes.put(None if intake is None or intake.connection.closed else intake)

    def close(self) -> None:
        """Close the connections that nobody uses at the moment; they are opened again when needed."""
        idle = []
        while not self._intakes.empty():
            idle.append(self._intakes.get())
        for intake in idle:
            if intake is not None:
                intake.connection.close()
            self._intakes.put(None)


class _AskedAnew(Senders):
    """Devices are read with every batch: a connection that may lie idle for long must not be one that is told things,
    or what it does not fetch would pile up in PostgreSQL."""

    def __init__(self, connection: psycopg.Connection) -> None:
        super().__init__(connection)
        connection.execute("UNLISTEN *")

    def of(self, uids: Collection[str]) -> dict[str, Sender]:
        self._known.clear()
        self._uids.clear()
        return super().of(uids)


def _opened() -> Intake:
    try:
        intake = Intake(connect(), _nothing_sent)
        intake.senders = _AskedAnew(intake.connection)
        return intake
    except ConnectionDoesNotExist as error:
        logger.error("frames by HTTP need DATABASE_INGEST_URL: see docs/configuration.md")
        raise Unavailable("This server takes no frames by HTTP.") from error


def _nothing_sent(_topic: str, _payload: bytes) -> None:
    """A device that comes by HTTP is told in the answer."""


DOOR: Final = Door()
os.register_at_fork(after_in_child=DOOR.__init__)  # type: ignore[misc]
