"""A device as the contract wants it: it keeps every frame until `down/ack`, and repeats what was not confirmed.

Simulated bodies, replayed recordings and the tests speak through it. `docs/mqtt.md` shows the same in thirty lines.
"""

import json
import secrets
import ssl
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from apps.ingest.wire import encode

REPEAT_AFTER_S = 3.0
REPEATED_AT_ONCE = 200
KEPT_FRAMES = 20_000


class DeviceClient:
    """One device's connection under one boot. Thread-safe: paho's network thread confirms while the owner sends."""

    def __init__(
        self,
        uid: str,
        secret: str,
        host: str,
        port: int,
        *,
        boot: str | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.uid = uid
        self.boot = boot or secrets.token_hex(4)
        self._seq = 0
        self._held: OrderedDict[int, tuple[bytes, float]] = OrderedDict()
        self._lock = threading.Lock()
        self._address = (host, port)
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"{uid}-{self.boot}", protocol=mqtt.MQTTv311)
        self._client.username_pw_set(uid, secret)
        if tls is not None:
            self._client.tls_set_context(tls)
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message
        self._client.reconnect_delay_set(min_delay=1, max_delay=5)
        self._client.max_queued_messages_set(KEPT_FRAMES)

    def start(self) -> None:
        """Connect, now or when the broker is there, and again whenever it was lost."""
        self._client.connect_async(*self._address, keepalive=20)
        self._client.loop_start()

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    @property
    def connected(self) -> bool:
        return self._client.is_connected()

    @property
    def unconfirmed(self) -> int:
        """How many frames are still this device's alone to keep."""
        return len(self._held)

    def send(
        self,
        t: float,
        *,
        waves: Mapping[str, Mapping[str, Any]] | None = None,
        values: Mapping[str, float] | None = None,
        battery: Mapping[str, Any] | None = None,
        flags: Sequence[str] = (),
    ) -> int:
        """Publish the next frame and keep it; returns its seq. `waves` and `values` as the contract writes them."""
        with self._lock:
            seq, self._seq = self._seq, self._seq + 1
            frame: dict[str, Any] = {"boot": self.boot, "seq": seq, "oldest": next(iter(self._held), seq), "t": t}
            for key, content in (("waves", waves), ("values", values), ("battery", battery), ("flags", list(flags))):
                if content:
                    frame[key] = content
            payload = encode(frame, cbor=True)
            self._held[seq] = (payload, time.monotonic())
            if len(self._held) > KEPT_FRAMES:
                self._held.popitem(last=False)  # the next frame's `oldest` says so
        self._publish(payload)
        return seq

    def repeat_due(self) -> int:
        """Publish again what has not been confirmed for a while; returns how many."""
        if not self.connected:
            return 0
        now = time.monotonic()
        with self._lock:
            due = [s for s, (_, sent_at) in self._held.items() if now - sent_at > REPEAT_AFTER_S][:REPEATED_AT_ONCE]
            for seq in due:
                self._held[seq] = (self._held[seq][0], now)
            payloads = [self._held[seq][0] for seq in due]
        for payload in payloads:
            self._publish(payload)
        return len(payloads)

    def wait_until_confirmed(self, timeout_s: float) -> bool:
        """Repeat until everything is confirmed. False if that took too long."""
        deadline = time.monotonic() + timeout_s
        while self._held and time.monotonic() < deadline:
            self.repeat_due()
            time.sleep(0.05)
        return not self._held

    def _publish(self, payload: bytes) -> None:
        if self.connected:
            self._client.publish(f"bl/v1/{self.uid}/up/frame", payload, qos=1)

    def _on_connect(
        self, client: mqtt.Client, _data: object, _flags: object, reason: ReasonCode, _properties: object
    ) -> None:
        if not reason.is_failure:
            client.subscribe(f"bl/v1/{self.uid}/down/#", qos=1)

    def _on_message(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        if not message.topic.endswith("/down/ack"):
            return
        acknowledgement = json.loads(message.payload)
        if acknowledgement["boot"] != self.boot:
            return
        with self._lock:
            for seq in [s for s in self._held if s <= acknowledgement["upto"]]:
                del self._held[seq]
            for seq in acknowledgement["also"]:
                self._held.pop(seq, None)
