"""Where a device's next wave begins, when it comes without a time: where the last one ended, as long as that is true.

Moments of arrival jitter by the network's delay, and a wave that does not begin where the one before ended starts every
detector anew: stamped by arrival alone there would never be a heart rate. So a wave whose arrival lies within half its
length (a second at most) of where it would end if it followed on, follows on. Any other begins by its arrival, and
what lies between is a gap.

This is kept in the cache; while that is away, waves are stamped by their arrival.
"""

import logging
from typing import Final
from uuid import UUID

from django.core.cache import cache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

MOST_S: Final = 1.0
KEPT_S: Final = 120


def end_of_wave(device_id: UUID, *, arrived_s: float, lasts_s: float) -> float:
    """When a wave that has just arrived ended, epoch seconds."""
    try:
        last_end_s = cache.get(_key(device_id))
    except (RedisError, OSError):
        logger.debug("waves are stamped by arrival: the cache is away")
        return arrived_s
    if last_end_s is None:
        return arrived_s
    end_s = float(last_end_s) + lasts_s
    return end_s if abs(arrived_s - end_s) <= min(MOST_S, lasts_s / 2) else arrived_s


def note_end(device_id: UUID, end_s: float) -> None:
    """A wave that ended then has been stored."""
    try:
        cache.set(_key(device_id), end_s, timeout=KEPT_S)
    except (RedisError, OSError):
        logger.debug("where a wave ended is not remembered: the cache is away")


def _key(device_id: UUID) -> str:
    return f"data-ingest:end:{device_id}"
