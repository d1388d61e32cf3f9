"""The signs of life of the processes that take frames, for `doctor` and the page of ingest's health."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from django.core.cache import cache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
KEPT_S: Final = 30
NAMED_S: Final = 24 * 3600.0
WINDOW_S: Final = 60.0
REMEMBERED: Final = 20_000
MQTT, HTTP = "mqtt", "http"


class Meter:
    """What one process took in the last minute: a batch is (when, how many frames, its lag in seconds)."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._began_at = monotonic()
        self._batches: deque[tuple[float, int, float]] = deque(maxlen=REMEMBERED)
        self._lock = threading.Lock()

    def note(self, frames: int, lag_s: float) -> None:
        """A batch was committed, so long after its first frame had arrived."""
        with self._lock:
            self._batches.append((self._monotonic(), frames, lag_s))

    def figures(self) -> dict[str, float]:
        """`frames_per_s`, `batches_per_s`, and of all frames the 99th percentile of the lag, `lag_p99_s`."""
        now = self._monotonic()
        with self._lock:
            while self._batches and self._batches[0][0] <= now - WINDOW_S:
                self._batches.popleft()
            batches = list(self._batches)
        lasted_s = min(WINDOW_S, max(1.0, now - self._began_at))
        frames = sum(batch[1] for batch in batches)
        return {
            "frames_per_s": frames / lasted_s,
            "batches_per_s": len(batches) / lasted_s,
            "lag_p99_s": _percentile([(lag_s, count) for _, count, lag_s in batches], 0.99 * frames),
        }


def _percentile(lags: list[tuple[float, int]], rank: float) -> float:
    """The lag that so many frames did not exceed."""
    seen = 0
    for lag_s, count in sorted(lags):
        seen += count
        if seen >= rank:
            return lag_s
    return 0.0


METER: Final = Meter()
"""This process's."""


def beat(name: str, *, connected: bool, lag_s: float, door: str = MQTT) -> None:
    """Leave a sign of life. While Redis is away there is none, and nothing else happens."""
    now = time.time()
    try:
        cache.set(_key(door, name), {"at": now, "connected": connected, "lag_s": lag_s, **METER.figures()}, KEPT_S)
        named = {known: at for known, at in cache.get(_names(door), {}).items() if at > now - NAMED_S}
        cache.set(_names(door), {**named, name: now}, timeout=None)
    except (RedisError, OSError):
        logger.debug("no sign of life of %s: the cache is away", name)


def heartbeats(door: str = MQTT) -> dict[str, dict[str, Any]]:
    """The latest sign of each process by name: `at` (epoch seconds), `connected`, `lag_s` from arrival to commit of the
    last batch, and the figures of Meter. Raises RedisError while Redis is away."""
    names = sorted(cache.get(_names(door), {}))
    beats = cache.get_many([_key(door, name) for name in names])
    return {name: beats[_key(door, name)] for name in names if _key(door, name) in beats}


def silent(door: str = MQTT) -> list[str]:
    """The names that left signs within the last day, and leave none now."""
    beating = heartbeats(door)
    return [name for name in sorted(cache.get(_names(door), {})) if name not in beating]


def _key(door: str, name: str) -> str:
    return f"ingest:{door}:{name}"


def _names(door: str) -> str:
    return f"ingest:names:{door}"
