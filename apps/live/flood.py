"""How much a client may say."""

import time
from collections.abc import Callable
from typing import Final

BURST: Final = 20
PER_SECOND: Final = 2.0
PATIENCE: Final = 100
"""Messages beyond the limit that are answered with an error before the connection is closed."""


class Allowance:
    """A bucket of tokens: a message takes one, time brings new ones."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._left = float(BURST)
        self._at = monotonic()
        self._beyond = 0

    def take(self) -> bool:
        """Whether the next message is within the limit."""
        now = self._monotonic()
        self._left = min(float(BURST), self._left + (now - self._at) * PER_SECOND)
        self._at = now
        if self._left < 1:
            self._beyond += 1
            return False
        self._left -= 1
        return True

    @property
    def exhausted(self) -> bool:
        return self._beyond > PATIENCE
