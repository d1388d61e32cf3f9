"""The signs of life of the ingest processes, for `doctor` and the screens."""

import logging
import time
from typing import Any

from django.core.cache import cache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
KEPT_S = 30
_NAMES = "ingest:names"


def beat(name: str, *, connected: bool, lag_s: float) -> None:
    """Leave a sign of life. While Redis is away there is none, and nothing else happens."""
    try:
        cache.set(f"ingest:{name}", {"at": time.time(), "connected": connected, "lag_s": lag_s}, timeout=KEPT_S)
        cache.set(_NAMES, sorted({*cache.get(_NAMES, []), name}), timeout=None)
    except (RedisError, OSError):
        logger.debug("no sign of life of %s: the cache is away", name)


def heartbeats() -> dict[str, dict[str, Any]]:
    """The latest sign of each ingest by name: `at` (epoch seconds), `connected`, `lag_s` from arrival to commit."""
    beats = cache.get_many([f"ingest:{name}" for name in cache.get(_NAMES, [])])
    return {key.removeprefix("ingest:"): found for key, found in beats.items()}
