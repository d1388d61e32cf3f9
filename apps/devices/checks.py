"""Health of the way to the devices."""

from urllib.parse import unquote, urlparse

from django.conf import settings

from apps.core.health import Health, register
from apps.devices.broker import accepts, holds_one_secret
from apps.devices.keeper_life import last_beat


@register("broker")
def broker_lets_us_in() -> Health:
    address = urlparse(settings.MQTT_URL)
    user, password = unquote(address.username or ""), unquote(address.password or "")
    return Health(ok=accepts(user, password), detail=f"{address.hostname}:{address.port} as {user}")


@register("broker_refuses_strangers")
def broker_refuses_strangers() -> Health:
    let_in = accepts("doctor-stranger", "not-a-credential")
    return Health(ok=not let_in, detail="lets anybody in" if let_in else "refuses an unknown device")


@register("broker_credentials")
def broker_knows_who_may_come_in() -> Health:
    """Whether a Mosquitto is told of every change. Another broker asks, which the two checks above try."""
    if not holds_one_secret():
        return Health(ok=True, detail="the broker asks for each device")
    beat = last_beat()
    if beat is None:
        return Health(ok=False, detail="nobody keeps Mosquitto's credentials: does mosquitto_credentials run?")
    if not beat["told"]:
        return Health(ok=False, detail="Mosquitto was not told of the last change: does it run, and as whose user?")
    if beat["without"]:
        return Health(ok=False, detail=f"{beat['without']} devices need a new secret: the keeper's log names them")
    return Health(ok=True, detail=f"{beat['devices']} devices may come in")
