"""One line of log per outage of Redis from the channel layer, which else prints a traceback each second of it."""

import logging
import time
from collections.abc import Callable
from typing import Final

import redis

AGAIN_AFTER_S: Final = 60.0


class OnceInAWhile(logging.Filter):
    """Of what could not reach Redis lets one line through a minute, without its traceback; all else as it is."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._monotonic = monotonic
        self._next = float("-inf")

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, (redis.ConnectionError, redis.TimeoutError, OSError)):
            return True
        if self._monotonic() < self._next:
            return False
        self._next = self._monotonic() + AGAIN_AFTER_S
        record.msg, record.args = "the channel layer cannot reach Redis: %s", (type(error).__name__,)
        record.exc_info = None
        return True
