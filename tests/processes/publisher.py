"""A device that sends payloads as it is told, many in flight, and hears what it is told."""

import json
import threading
from collections.abc import Iterable
from typing import Any, Self

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from apps.devices.services import Provisioned
from tests.waiting import until

IN_FLIGHT = 200
PATIENCE_S = 120.0


class Publisher:
    """Connected while entered. `upto`: the last that `down/ack` said of each boot."""

    def __init__(self, who: Provisioned, broker: tuple[str, int]) -> None:
        self.upto: dict[str, int] = {}
        self._uid = who.device.uid
        self._broker = broker
        self._taken = threading.Semaphore(0)
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=f"{self._uid}-publisher", protocol=mqtt.MQTTv311
        )
        self._client.username_pw_set(self._uid, who.secret)
        self._client.max_inflight_messages_set(IN_FLIGHT)
        self._client.on_publish = lambda *_: self._taken.release()
        self._client.on_message = self._on_message

    def __enter__(self) -> Self:
        self._client.connect(*self._broker)
        self._client.loop_start()
        until(self._client.is_connected, f"{self._uid} is connected", PATIENCE_S)
        self._client.subscribe(f"bl/v1/{self._uid}/down/ack", qos=1)
        return self

    def __exit__(self, *_exc: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def publish(self, payloads: Iterable[bytes]) -> int:
        """Send them all; how many the broker has taken."""
        sent = 0
        for payload in payloads:
            self._client.publish(f"bl/v1/{self._uid}/up/frame", payload, qos=1)
            sent += 1
        return sum(self._taken.acquire(timeout=PATIENCE_S) for _ in range(sent))

    def _on_message(self, _client: Any, _data: Any, message: mqtt.MQTTMessage) -> None:
        told = json.loads(message.payload)
        self.upto[told["boot"]] = told["upto"]
