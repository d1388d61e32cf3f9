"""Health of the way to the devices."""

from urllib.parse import unquote, urlparse

from django.conf import settings

from apps.core.health import Health, register
from apps.devices.broker import accepts


@register("broker")
def broker_lets_us_in() -> Health:
    address = urlparse(settings.MQTT_URL)
    user, password = unquote(address.username or ""), unquote(address.password or "")
    return Health(ok=accepts(user, password), detail=f"{address.hostname}:{address.port} as {user}")


@register("broker_refuses_strangers")
def broker_refuses_strangers() -> Health:
    let_in = accepts("doctor-stranger", "not-a-credential")
    return Health(ok=not let_in, detail="lets anybody in" if let_in else "refuses an unknown device")
