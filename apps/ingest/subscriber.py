"""The MQTT side of ingest: arrivals in, acknowledgements out.

A persistent session and acknowledgement by hand: what was not committed when this process dies, the broker sends
again. The broker's in-flight limit is the back-pressure: it sends no more than it has acknowledgements for; and while
the queue here is full nothing is read.

The connection lives in a thread with an event loop of its own, so that it goes on while a batch is with the database.
"""

import asyncio
import hashlib
import logging
import queue
import ssl
import threading
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import unquote, urlsplit

from apps.core.clock import SYSTEM_CLOCK
from apps.ingest import mqtt
from apps.ingest.arrival import Arrival, Receipt

logger = logging.getLogger(__name__)
TOPIC = "bl/v1/+/up/frame"
QOS = 1
BATCH = 1_000
READ_BYTES = 256 * 1024
QUEUED_READS = 64
QUEUE_FULL_S = 0.01
KEEPALIVE_S = 20
PATIENCE_S = 10.0
PAUSE_S = 1.0
PORT, TLS_PORT = 1883, 8883


class Subscriber:
    """One subscription under one stable client id. `acknowledge` and `send` take effect with the next `flush`."""

    def __init__(self, url: str, name: str, *, shared: bool = False) -> None:
        self._address = urlsplit(url)
        self._client_id = f"bodylink-ingest-{name}"
        alone, divided = TOPIC, f"$share/{_group(unquote(self._address.password or ''))}/{TOPIC}"
        self._topic, self._other_topic = (divided, alone) if shared else (alone, divided)
        self._arrived: queue.Queue[list[Arrival]] = queue.Queue(QUEUED_READS)
        self._acknowledged: list[Receipt] = []
        self._messages: list[bytes] = []
        self._connection = 0  # counts them: packet ids start anew with each
        self._writer: asyncio.StreamWriter | None = None
        self._subscribed = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="mqtt", daemon=True)

    def start(self) -> None:
        """Connect, now or whenever the broker is there, and for ever again."""
        self._task = self._loop.create_task(self._serve_for_ever())
        self._thread.start()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(PATIENCE_S)

    @property
    def connected(self) -> bool:
        return self._subscribed

    def batch(self, *, wait_s: float) -> list[Arrival]:
        """What has arrived: a single frame at once, a flood in large batches. Empty after `wait_s` without any."""
        arrivals: list[Arrival] = []
        with suppress(queue.Empty):
            arrivals += self._arrived.get(timeout=wait_s)
            while len(arrivals) < BATCH:
                arrivals += self._arrived.get_nowait()
        return arrivals

    def acknowledge(self, arrivals: Iterable[Arrival]) -> None:
        """Tell the broker that these are committed."""
        self._acknowledged += [arrival.receipt for arrival in arrivals if arrival.receipt is not None]

    def send(self, topic: str, payload: bytes) -> None:
        """To a device. At most once: it repeats what was not confirmed."""
        self._messages.append(mqtt.publish(topic, payload))

    def flush(self) -> None:
        """Hand both over to the connection."""
        if self._acknowledged or self._messages:
            self._loop.call_soon_threadsafe(self._write, self._acknowledged, self._messages)
            self._acknowledged, self._messages = [], []

    # What follows runs in the connection's thread.

    def _run(self) -> None:
        with suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._task)
        self._loop.close()

    def _write(self, acknowledged: Iterable[Receipt], messages: Iterable[bytes]) -> None:
        """A packet id of a former connection may by now be another message's: what came by one is redelivered, and
        acknowledged then."""
        if self._writer is not None:
            current = (each for each in acknowledged if each.connection == self._connection)
            pubacks = [mqtt.puback(receipt.packet_id) for receipt in current]
            self._writer.write(b"".join((*pubacks, *messages)))

    async def _serve_for_ever(self) -> None:
        while True:
            try:
                await self._serve()
            except OSError as error:  # a timeout is one
                logger.warning("the broker is gone: %s", str(error) or type(error).__name__)
            except Exception:
                logger.exception("the connection to the broker failed")
            await asyncio.sleep(PAUSE_S)

    async def _serve(self) -> None:
        """One connection, until it ends with an exception."""
        reader, writer = await self._open()
        self._connection += 1
        self._writer = writer
        user, password = unquote(self._address.username or ""), unquote(self._address.password or "")
        writer.write(mqtt.connect(self._client_id, user, password, clean=False, keepalive_s=KEEPALIVE_S))
        self._ping_later(writer)
        try:
            await self._read(reader)
        finally:
            self._writer, self._subscribed = None, False
            writer.write(mqtt.DISCONNECT)
            writer.close()

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        context = ssl.create_default_context() if self._address.scheme == "mqtts" else None
        port = self._address.port or (TLS_PORT if context else PORT)
        async with asyncio.timeout(PATIENCE_S):
            return await asyncio.open_connection(self._address.hostname, port, ssl=context, limit=READ_BYTES)

    def _ping_later(self, writer: asyncio.StreamWriter) -> None:
        if not writer.is_closing():
            self._loop.call_later(KEEPALIVE_S / 2, self._ping, writer)

    def _ping(self, writer: asyncio.StreamWriter) -> None:
        if not writer.is_closing():
            writer.write(mqtt.PING)
        self._ping_later(writer)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        rest = b""
        while True:
            async with asyncio.timeout(2 * KEEPALIVE_S):  # it answers our pings at least
                data = await reader.read(READ_BYTES)
            if not data:
                raise ConnectionError("it hung up")
            rest = await self._take(rest + data)

    async def _take(self, data: bytes) -> bytes:
        """Take every packet that is whole; returns the rest."""
        arrivals, now, end = [], SYSTEM_CLOCK.now(), 0
        for first_byte, begin, end in mqtt.packets(data):
            kind = first_byte & mqtt.TYPE
            if kind == mqtt.PUBLISH:
                topic, payload, packet_id = mqtt.message(data, first_byte, begin, end)
                receipt = None if packet_id is None else Receipt(self._connection, packet_id)
                arrivals.append(Arrival(topic.split("/", 3)[2], topic, payload, now, receipt))
            elif kind in (mqtt.CONNACK, mqtt.SUBACK):
                self._go_on(kind, data[end - 1])
        if arrivals:
            while self._arrived.full():
                await asyncio.sleep(QUEUE_FULL_S)
            self._arrived.put_nowait(arrivals)
        return data[end:]

    def _go_on(self, kind: int, code: int) -> None:
        """Connected: subscribe. Subscribed: it begins."""
        if kind == mqtt.CONNACK and code == mqtt.ACCEPTED and self._writer is not None:
            # A session remembers what it was subscribed to when the setting was another.
            self._writer.write(mqtt.unsubscribe(self._other_topic) + mqtt.subscribe(self._topic, qos=QOS))
        elif kind == mqtt.SUBACK and code < mqtt.REFUSED:
            self._subscribed = True
            logger.info("subscribed to %s", self._topic)
        else:
            raise ConnectionRefusedError(f"it refuses ingest, code {code}")


def _group(password: str) -> str:
    """The name under which ingests share a stream, and a secret: Mosquitto lets any client join a group that it knows
    of, and what is then a stranger's turn is denied to it and gone."""
    return hashlib.sha256(f"bodylink ingest {password}".encode()).hexdigest()[:32]
