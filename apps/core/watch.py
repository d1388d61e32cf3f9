"""Who is being looked at: ingest sends out the waves of these patients and of no others.

A live connection marks its patients in Redis and repeats it; a mark that is not repeated runs out.
"""

import logging
import time
from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

KEY: Final = "bodylink:watched"
LASTS_S: Final = 30.0
CACHED_S: Final = 1.0
PATIENCE_S: Final = 0.25

_redis = redis.Redis.from_url(
    settings.REDIS_URL, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S, retry=Retry(NoBackoff(), 0)
)


def watch(patient_ids: Iterable[UUID]) -> None:
    """Mark patients as looked at for the next 30 s. Without Redis nothing happens; there is no live path then."""
    now = time.time()
    marks = {patient_id.bytes: now + LASTS_S for patient_id in patient_ids}
    if not marks:
        return
    try:
        with _redis.pipeline(transaction=False) as pipeline:
            pipeline.zadd(KEY, marks)
            pipeline.zremrangebyscore(KEY, "-inf", now)
            pipeline.execute()
    except redis.RedisError as error:
        logger.warning("cannot say who is being looked at: %r", error)


class Watched:
    """What one process knows of the marks, at most a second old. While Redis is away it goes by what it last read,
    each mark until its end."""

    def __init__(self) -> None:
        self._until: dict[UUID, float] = {}
        self._asked_at = float("-inf")
        self._away = False

    def __call__(self) -> set[UUID]:
        if time.monotonic() - self._asked_at >= CACHED_S:
            self._ask()
            self._asked_at = time.monotonic()
        now = time.time()
        return {patient_id for patient_id, until in self._until.items() if until > now}

    def _ask(self) -> None:
        try:
            marks: Any = _redis.zrangebyscore(KEY, time.time(), "+inf", withscores=True)
        except redis.RedisError as error:
            if not self._away:
                logger.warning("cannot ask who is being looked at, going by the last answer: %r", error)
            self._away = True
        else:
            self._until = {UUID(bytes=member): until for member, until in marks}
            self._away = False


watched = Watched()
"""`watched() -> set[UUID]`: the patients that somebody looks at now."""
