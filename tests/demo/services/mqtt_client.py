"""A small MQTT client for tests: what it was told, what it received."""

import socket
import ssl
import threading
from typing import Any, Self

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from apps.demo.services.embedded import Endpoints
from tests.demo.services.process_tree import eventually


class Client:
    """Connected, or refused, when it has been constructed. A context manager that disconnects."""

    def __init__(
        self,
        endpoints: Endpoints,
        username: str,
        password: str,
        *,
        client_id: str = "",
        clean: bool = True,
        will: tuple[str, bytes] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.received: list[tuple[str, bytes]] = []
        self.accepted: bool | None = None
        self.session_present = False
        self.lost = threading.Event()
        self._granted: dict[int, bool] = {}
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=clean, reconnect_on_failure=False
        )
        self._client.username_pw_set(username, password)
        if tls is not None:
            self._client.tls_set_context(tls)
        if will:
            self._client.will_set(will[0], will[1], qos=1)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message
        self._client.connect(endpoints.mqtt_host, endpoints.mqtt_port)
        self._client.loop_start()
        assert eventually(lambda: self.accepted is not None), "the broker did not answer"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def subscribe(self, topic: str) -> bool:
        """Whether the broker granted it."""
        _, number = self._client.subscribe(topic, qos=1)
        assert number is not None
        assert eventually(lambda: number in self._granted), "no SUBACK"
        return self._granted[number]

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Whether the broker acknowledged it (PUBACK), and did not close the connection, be it in the midst of it."""
        message = self._client.publish(topic, payload, qos=1, retain=retain)

        def acknowledged() -> bool:
            # Of a message that met a closed connection paho raises where it is asked whether it is published.
            return message.rc == mqtt.MQTT_ERR_SUCCESS and message.is_published()

        return eventually(lambda: acknowledged() or self.lost.is_set()) and acknowledged()

    def break_off(self) -> None:
        """End the connection as a crash does: without a word."""
        sock = self._client.socket()
        assert isinstance(sock, socket.socket)
        sock.shutdown(socket.SHUT_RDWR)
        self._client.loop_stop()

    def payloads(self) -> list[bytes]:
        return [payload for _, payload in self.received]

    def _on_connect(self, _client: Any, _data: Any, flags: Any, reason: Any, _properties: Any) -> None:
        self.session_present = flags.session_present
        self.accepted = not reason.is_failure

    def _on_disconnect(self, *_args: Any) -> None:
        self.lost.set()

    def _on_subscribe(self, _client: Any, _data: Any, number: int, reasons: Any, _properties: Any) -> None:
        self._granted[number] = not any(reason.is_failure for reason in reasons)

    def _on_message(self, _client: Any, _data: Any, message: mqtt.MQTTMessage) -> None:
        self.received.append((message.topic, bytes(message.payload)))
