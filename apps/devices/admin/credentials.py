"""The one page on which a secret is seen: rendered in the answer to the request that made it, kept nowhere."""

import shlex
from dataclasses import dataclass
from urllib.parse import urlparse

from django.conf import settings

from apps.devices.broker import topic_of
from apps.devices.models import Device


@dataclass(frozen=True, slots=True)
class Access:
    """What a device needs in order to speak."""

    host: str
    port: int
    encrypted: bool
    username: str
    password: str
    topic_up: str
    topic_down: str
    example: str


def access_for(device: Device, secret: str) -> Access:
    encrypted = urlparse(settings.MQTT_URL).scheme == "mqtts"
    topic = f"{topic_of(device.uid)}/up/frame"
    return Access(
        host=settings.MQTT_PUBLIC_HOST,
        port=settings.MQTT_PUBLIC_PORT,
        encrypted=encrypted,
        username=device.uid,
        password=secret,
        topic_up=topic,
        topic_down=f"{topic_of(device.uid)}/down/#",
        example=_mosquitto_pub(uid=device.uid, secret=secret, topic=topic, encrypted=encrypted),
    )


def _mosquitto_pub(*, uid: str, secret: str, topic: str, encrypted: bool) -> str:
    """A first frame for a POSIX shell. The shell's clock makes each run a boot of its own, or the second would be
    taken for a repetition of the first."""
    words = ["mosquitto_pub", "-h", settings.MQTT_PUBLIC_HOST, "-p", str(settings.MQTT_PUBLIC_PORT)]
    words += ["--tls-use-os-certs"] if encrypted else []
    words += ["-q", "1", "-i", uid, "-u", uid, "-P", secret, "-t", topic]
    message = '{"boot":"hand-\'$(date +%s)\'","seq":0,"t":\'$(date +%s)\',"values":{"skin_temperature":33.4}}'
    return f"{shlex.join(words)} -m '{message}'"
