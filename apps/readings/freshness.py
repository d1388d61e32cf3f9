"""How old a value may be before it is shown grey, and before it is not shown at all.

A value is `live` for three of its expected intervals (never less than 5 s), then `stale` up to ten of them (never less
than 30 s), then `lost`: a page shows `--` instead of it. The interval is the register's, per quantity; of what a person
entered it is two hours at least, for nobody enters a temperature every ten seconds.
"""

from datetime import datetime
from enum import StrEnum

from apps.readings.origin import Origin

LIVE_INTERVALS, LIVE_AT_LEAST_S = 3.0, 5.0
STALE_INTERVALS, STALE_AT_LEAST_S = 10.0, 30.0
BY_HAND_INTERVAL_S = 7_200.0


class Freshness(StrEnum):
    LIVE = "live"
    STALE = "stale"
    LOST = "lost"


def age_s(at: datetime, now: datetime) -> float:
    """How old a value of `at` is, in seconds. What a clock puts a little into the future is new."""
    return max(0.0, (now - at).total_seconds())


def interval_s(expected_interval_s: float, origin: str) -> float:
    """How often a value of this origin (its label) is expected, of a quantity that sensors give so often."""
    return max(expected_interval_s, BY_HAND_INTERVAL_S) if origin == Origin.MANUAL.label else expected_interval_s


def live_for_s(expected_interval_s: float) -> float:
    return max(LIVE_INTERVALS * expected_interval_s, LIVE_AT_LEAST_S)


def stale_for_s(expected_interval_s: float) -> float:
    """The age in seconds beyond which a value is lost."""
    return max(STALE_INTERVALS * expected_interval_s, STALE_AT_LEAST_S)


def freshness(expected_interval_s: float, *, at: datetime, now: datetime) -> Freshness:
    """The state at `now` of a value of `at`, of a quantity that is expected every `expected_interval_s` seconds."""
    age = age_s(at, now)
    if age <= live_for_s(expected_interval_s):
        return Freshness.LIVE
    if age <= stale_for_s(expected_interval_s):
        return Freshness.STALE
    return Freshness.LOST
