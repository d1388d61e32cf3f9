"""Waiting for what other processes do. How long it took is never asserted; only that it happened in time."""

import time
from collections.abc import Callable

EVERY_S = 0.1


def until(condition: Callable[[], object], what: str, within_s: float) -> None:
    """Return when the condition is true. What it raises meanwhile counts as not yet: a service that is away fails in
    many ways. AssertionError, with the last of these, when it takes longer."""
    deadline, last = time.monotonic() + within_s, "it was never true"
    while time.monotonic() < deadline:
        try:
            if condition():
                return
        except Exception as error:  # noqa: BLE001 - see above
            last = repr(error)
        time.sleep(EVERY_S)
    raise AssertionError(f"not within {within_s:g} s: {what} ({last})")
