"""The sign of life of Mosquitto's keeper, for `doctor`: while it is dead, a revocation would count for nothing, and
nobody would notice."""

import json
import logging
import time
from typing import Any, Final

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

KEY: Final = "bodylink:mosquitto-keeper"
KEPT_S: Final = 30
SILENT_AFTER_S: Final = 10.0
# The keeper has better to do than to wait for Redis.
PATIENCE_S: Final = 0.25

_redis = redis.Redis.from_url(
    settings.REDIS_URL, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S, retry=Retry(NoBackoff(), 0)
)


def beat(*, told: bool, devices: int, without: int) -> None:
    """`told`: whether the broker knows all of it. `without`: devices whose secrets it cannot be given."""
    sign = {"at": time.time(), "told": told, "devices": devices, "without": without}
    try:
        _redis.set(KEY, json.dumps(sign), ex=KEPT_S)
    except redis.RedisError as error:
        logger.warning("no sign of life could be given: %s", error)


def last_beat() -> dict[str, Any] | None:
    """None where no keeper has lived lately. Raises RedisError."""
    content: Any = _redis.get(KEY)
    sign: dict[str, Any] = json.loads(content) if content else {}
    return sign if sign and time.time() - sign["at"] < SILENT_AFTER_S else None
