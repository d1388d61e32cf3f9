"""The ingest process: batches from the broker to the database, whatever goes away meanwhile."""

import gc
import logging
import threading
import time
from contextlib import suppress
from datetime import timedelta

from django.conf import settings

from apps.core.clock import SYSTEM_CLOCK
from apps.ingest.arrival import Arrival
from apps.ingest.connection import connect
from apps.ingest.division import Division
from apps.ingest.heartbeat import beat
from apps.ingest.pipeline import Intake
from apps.ingest.salvage import PASSING, take_salvaging
from apps.ingest.subscriber import Subscriber
from apps.ingest.timekeeping import replay_known

logger = logging.getLogger(__name__)

IDLE_S = 0.5
ACKS_WAITING_S = 0.05
LONGEST_PAUSE_S = 5.0
HEARTBEAT_S = 2.0
# Another process may have learned a clock; what this one missed for longer it finds when it starts.
CLOCKS_LEARNED_WITHIN = timedelta(minutes=1)
# A batch is tens of thousands of objects, none of them in a cycle and all gone when it is done. Python would look
# through them for cycles again and again, for a third of the time that a frame costs; so it looks when this many stay.
GARBAGE = 100_000


class NameTaken(Exception):
    """Another ingest runs under this name."""


class IngestService:
    """One ingest under one name. Run as many as you like, each under its own."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._subscriber = Subscriber(settings.MQTT_URL, name, shared=settings.MQTT_SHARED)
        self._division = None if settings.MQTT_SHARED else Division(name)
        self._intake: Intake | None = None
        self._stop = threading.Event()
        self._heartbeat_at = 0.0
        self._lag_s = 0.0
        self._clocks_seen_to = False

    def stop(self) -> None:
        self._stop.set()

    def run(self) -> None:
        """Serve until stopped. Raises NameTaken if the name is in use."""
        self._open()
        gc.freeze()
        gc.set_threshold(GARBAGE)
        self._subscriber.start()
        try:
            while not self._stop.is_set():
                self._step()
        finally:
            self._leave()
            self._subscriber.stop()

    def _step(self) -> None:
        waiting = self._intake is not None and self._intake.acks.waiting
        batch = self._subscriber.batch(wait_s=ACKS_WAITING_S if waiting else IDLE_S)
        ours = self._division.share(batch) if self._division else batch
        if not ours or self._take_until_it_is_done(ours):
            self._subscriber.acknowledge(batch)
        if self._intake is None:
            return
        try:
            self._intake.acks.send_due()
            self._subscriber.flush()
            self._intake.statuses.write_if_due(self._intake.connection)
            self._beat(self._intake)
        except PASSING:
            self._close()

    def _take_until_it_is_done(self, batch: list[Arrival]) -> bool:
        """True once the batch is safe. False only when stopped meanwhile: then the broker keeps it."""
        pause_s = 0.1
        while not self._stop.is_set():
            try:
                take_salvaging(batch, self._intake or self._open())
            except PASSING as error:
                logger.warning("%d frames wait for the database: %s", len(batch), str(error).splitlines()[:1])
                self._close()
                self._stop.wait(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
            else:
                self._lag_s = (SYSTEM_CLOCK.now() - batch[0].received_at).total_seconds()
                return True
        return False

    def _open(self) -> Intake:
        """Connect and take the lock of the name, which is the connection's and ends with it."""
        connection = connect()
        deadline = time.monotonic() + 10
        while not connection.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [self._lock_name]).fetchone()[0]:  # type: ignore[index]
            if time.monotonic() > deadline:
                connection.close()
                raise NameTaken(f"an ingest called {self.name} runs already")
            time.sleep(0.2)
        if self._intake is None:
            self._intake = Intake(connection, self._subscriber.send)
        else:
            self._intake.connection = connection
        return self._intake

    @property
    def _lock_name(self) -> str:
        return f"bodylink-ingest-{self.name}"

    def _close(self) -> None:
        if self._intake is not None:
            self._intake.connection.close()
            self._intake = None

    def _beat(self, intake: Intake) -> None:
        """Every few seconds: a sign of life, the lease, and what has waited for its clock."""
        if time.monotonic() - self._heartbeat_at < HEARTBEAT_S:
            return
        self._heartbeat_at = time.monotonic()
        beat(self.name, connected=self._subscriber.connected, lag_s=self._lag_s)
        if self._division and (inherited := self._division.renew(intake.connection)):
            logger.info("%d frames of an ingest that is gone are taken by %s", len(inherited), self.name)
            self._take_until_it_is_done(inherited)
        since = SYSTEM_CLOCK.now() - CLOCKS_LEARNED_WITHIN if self._clocks_seen_to else None
        replay_known(intake.connection, intake.senders, since=since)
        self._clocks_seen_to = True

    def _leave(self) -> None:
        if self._division and self._intake:
            with suppress(*PASSING):
                self._division.leave(self._intake.connection)
