"""The broker seen from our side: does it let a device in, and a message down to one."""

import ssl
import threading
import time
from urllib.parse import unquote, urlparse

import paho.mqtt.client as mqtt
from django.conf import settings
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from apps.core.errors import Conflict

CONNECT_TIMEOUT_S = 5.0
PORT, TLS_PORT = 1883, 8883
MOSQUITTO = "mosquitto"


def holds_one_secret() -> bool:
    """Whether the broker keeps one secret of each device and no more, as Mosquitto's password file does."""
    return bool(settings.MQTT_BROKER == MOSQUITTO)


def encrypted(url: str) -> bool:
    return urlparse(url).scheme == "mqtts"


def tls_context() -> ssl.SSLContext | None:
    """How a device reaches this broker, where that is by TLS. Trusts what the system trusts, or SSL_CERT_FILE."""
    return ssl.create_default_context() if encrypted(settings.MQTT_URL) else None


def topic_of(uid: str) -> str:
    """What a device may write below."""
    return f"bl/v1/{uid}"


def client_for(url: str, *, client_id: str, clean_session: bool, manual_ack: bool = False) -> mqtt.Client:
    """A paho client with the account of an mqtt:// or mqtts:// URL; not yet connected."""
    address = urlparse(url)
    client = mqtt.Client(
        CallbackAPIVersion.VERSION2,
        client_id=client_id,
        protocol=mqtt.MQTTv311,
        clean_session=clean_session,
        manual_ack=manual_ack,
    )
    client.username_pw_set(unquote(address.username or ""), unquote(address.password or ""))
    if encrypted(url):
        client.tls_set()
    return client


def accepts(uid: str, secret: str) -> bool:
    """Whether the broker lets this device in with this secret, tried by signing in."""
    answer: list[bool] = []
    answered = threading.Event()
    client = mqtt.Client(
        CallbackAPIVersion.VERSION2,
        client_id=f"{uid}-check",
        protocol=mqtt.MQTTv311,
        reconnect_on_failure=False,  # or a refusal would be waited out before it is told
    )
    client.username_pw_set(uid, secret)
    if context := tls_context():
        client.tls_set_context(context)

    def on_connect(
        _client: mqtt.Client, _data: object, _flags: object, reason: ReasonCode, _properties: object
    ) -> None:
        answer.append(not reason.is_failure)
        answered.set()

    client.on_connect = on_connect
    client.on_disconnect = lambda *_arguments: answered.set()
    address = urlparse(settings.MQTT_URL)
    try:
        client.connect(address.hostname or "", address.port or (TLS_PORT if encrypted(settings.MQTT_URL) else PORT))
        client.loop_start()
        answered.wait(CONNECT_TIMEOUT_S)
    except OSError:
        return False
    finally:
        client.disconnect()
        client.loop_stop()
    return answer[:1] == [True]


def wait_until_accepted(uid: str, secret: str, *, timeout_s: float = 30.0) -> None:
    """Return once the broker lets the device in. Raises Conflict when it does not in time."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if accepts(uid, secret):
            return
        time.sleep(0.2)
    keeper = "the keeper of its credentials" if holds_one_secret() else "its gatekeeper"
    raise Conflict(f"The broker did not accept {uid} within {timeout_s:.0f} s: is it running, and {keeper}?")
