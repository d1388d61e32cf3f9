"""The services BodyLink stands on: PostgreSQL in three roles, a Redis-protocol server, an MQTT broker, Celery."""

from typing import Any
from urllib.parse import urlparse

from django.core.exceptions import ImproperlyConfigured

from bodylink.settings.environment import env, required

_DATABASE_URLS = {
    "default": required("DATABASE_URL", "the application's PostgreSQL role, no superuser and no owner"),
    "migrator": env.str("DATABASE_MIGRATOR_URL", default=""),
    "ingest": env.str("DATABASE_INGEST_URL", default=""),
}

# An ASGI server gives each request a thread of its own, which a connection would not outlive: there they are pooled.
_POOL = env.int("DATABASE_POOL", default=0)


def _database(alias: str, url: str) -> dict[str, Any]:
    settings: dict[str, Any] = env.db_url_config(url)
    if settings["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured(f"the {alias} database is not PostgreSQL: isolation between tenants is PostgreSQL's")
    settings["ATOMIC_REQUESTS"] = alias == "default"
    settings["CONN_HEALTH_CHECKS"] = True
    settings["OPTIONS"] = {**settings.get("OPTIONS", {}), "connect_timeout": 5}
    if alias == "default" and _POOL:
        settings["OPTIONS"]["pool"] = {"min_size": 1, "max_size": _POOL, "timeout": 10}
    else:
        settings["CONN_MAX_AGE"] = 60
    return settings


DATABASES = {alias: _database(alias, url) for alias, url in _DATABASE_URLS.items() if url}
# The names that policies and grants are written for. A process that is not given a URL still knows the name.
DATABASE_ROLES = {
    "default": urlparse(_DATABASE_URLS["default"]).username or "",
    "migrator": urlparse(_DATABASE_URLS["migrator"]).username or env.str("DATABASE_MIGRATOR_ROLE", "bodylink_migrator"),
    "ingest": urlparse(_DATABASE_URLS["ingest"]).username or env.str("DATABASE_INGEST_ROLE", "bodylink_ingest"),
}
if len(set(DATABASE_ROLES.values())) != len(DATABASE_ROLES):
    raise ImproperlyConfigured("DATABASE_URL, DATABASE_MIGRATOR_URL and DATABASE_INGEST_URL name the same role")
DATABASE_ROUTERS = ["apps.core.routers.MigratorOnly"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = required("REDIS_URL", "a Redis-protocol server")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
CHANNEL_LAYERS = {
    "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}
}

MQTT_URL = required("MQTT_URL", "the broker with BodyLink's own account: mqtt://user:password@host:1883")
# Whose broker it is: "nats" asks our gatekeeper who a device is, "mosquitto" has a password file that we keep.
MQTT_BROKER = env.str("MQTT_BROKER", default="nats")
if MQTT_BROKER not in ("nats", "mosquitto"):
    raise ImproperlyConfigured(f'MQTT_BROKER is "{MQTT_BROKER}"; it is nats or mosquitto. See docs/configuration.md')
# Whether the broker divides a stream among its subscribers ($share: Mosquitto, EMQX). NATS does not, and does not say
# so.
MQTT_SHARED = env.bool("MQTT_SHARED", default=False)
# Where devices reach the broker, when that differs from where we do.
MQTT_PUBLIC_HOST = env.str("MQTT_PUBLIC_HOST", default=urlparse(MQTT_URL).hostname or "")
MQTT_PUBLIC_PORT = env.int(
    "MQTT_PUBLIC_PORT", default=urlparse(MQTT_URL).port or (8883 if urlparse(MQTT_URL).scheme == "mqtts" else 1883)
)
# The broker asks us who a device is (NATS auth callout): with which account we answer, nats://user:password@host:4222,
# and the seed of the key that signs the answers, 64 hexadecimal digits.
BROKER_CALLOUT_URL = env.str("BROKER_CALLOUT_URL", default="")
BROKER_CALLOUT_SEED = env.str("BROKER_CALLOUT_SEED", default="")

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
