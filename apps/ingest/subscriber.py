"""The MQTT side of ingest: arrivals in, acknowledgements out.

A persistent session and manual acknowledgement: what was not committed when this process dies, the broker sends
again. The broker's in-flight limit is the back-pressure: it sends no more than it has acknowledgements for, so the
queue here is bounded by it.
"""

import logging
import queue
from urllib.parse import urlparse

import paho.mqtt.client as mqtt
from paho.mqtt.reasoncodes import ReasonCode

from apps.core.clock import SYSTEM_CLOCK
from apps.devices.broker import client_for
from apps.ingest.arrival import Arrival, Receipt

logger = logging.getLogger(__name__)
TOPIC = "bl/v1/+/up/frame"
QOS = 1
BATCH = 2_000
QUEUE = 10_000


class Subscriber:
    """One subscription under one stable client id."""

    def __init__(self, url: str, name: str) -> None:
        self._address = urlparse(url)
        self._queue: queue.Queue[Arrival] = queue.Queue(QUEUE)
        self._client = client_for(url, client_id=f"bodylink-ingest-{name}", clean_session=False, manual_ack=True)
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message
        self._client.on_disconnect = self._on_disconnect
        self._client.reconnect_delay_set(min_delay=1, max_delay=5)
        self._connection = 0  # counts them: packet ids start anew with each

    def start(self) -> None:
        """Connect, now or whenever the broker is there, and for ever again."""
        self._client.connect_async(self._address.hostname or "", self._address.port or 1883, keepalive=20)
        self._client.loop_start()

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    @property
    def connected(self) -> bool:
        return self._client.is_connected()

    def batch(self, *, wait_s: float) -> list[Arrival]:
        """What has arrived: a single frame at once, a flood in large batches. Empty after `wait_s` without any."""
        try:
            arrivals = [self._queue.get(timeout=wait_s)]
        except queue.Empty:
            return []
        while len(arrivals) < BATCH:
            try:
                arrivals.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return arrivals

    def acknowledge(self, arrivals: list[Arrival]) -> None:
        """Tell the broker that these are committed. A packet id of a former connection may by now be another
        message's: what came by one is redelivered, and acknowledged then."""
        for arrival in arrivals:
            if arrival.receipt is not None and arrival.receipt.connection == self._connection:
                self._client.ack(arrival.receipt.packet_id, QOS)

    def send(self, topic: str, payload: bytes) -> None:
        """To a device. At most once: it repeats what was not confirmed."""
        self._client.publish(topic, payload, qos=0)

    def _on_connect(
        self, client: mqtt.Client, _data: object, _flags: object, reason: ReasonCode, _properties: object
    ) -> None:
        if reason.is_failure:
            logger.error("the broker refuses ingest: %s", reason)
            return
        self._connection += 1
        client.subscribe(TOPIC, qos=QOS)
        logger.info("subscribed to %s", TOPIC)

    def _on_disconnect(
        self, _client: mqtt.Client, _data: object, _flags: object, reason: ReasonCode, _properties: object
    ) -> None:
        logger.warning("the broker is gone: %s", reason)

    def _on_message(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        uid = message.topic.split("/", 3)[2]
        receipt = Receipt(self._connection, message.mid)
        try:
            self._queue.put_nowait(Arrival(uid, message.topic, bytes(message.payload), SYSTEM_CLOCK.now(), receipt))
        except queue.Full:
            # Only redeliveries can fill it, while the database is away. Unacknowledged, it comes again.
            logger.debug("the queue is full: %s left to the broker", message.topic)
