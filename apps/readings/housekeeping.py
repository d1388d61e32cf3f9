"""The periodic work on the tables of measurements, for every organization in turn. Celery's beat sends it (`tasks.py`),
a command of the same name does it by hand.

All of it may be interrupted and repeated. What is limited in time takes the organizations in another order every time,
so that none is always the last.
"""

import logging
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from math import inf
from typing import TypeVar
from uuid import UUID

from django.db import DatabaseError

from apps.accounts.selectors import organization_ids
from apps.readings import partitions, rollups
from apps.readings.expiry import Expired, expire
from apps.readings.merging import MERGE_AFTER, Merged, merge_frames
from apps.readings.rollup_blocks import merge_rollups

logger = logging.getLogger(__name__)
Result = TypeVar("Result")


@dataclass
class Moved:
    """What merging did: frames and derived rows, rollups, and the partitions of past days that it emptied."""

    merged: Merged = field(default_factory=Merged)
    rollups: int = 0
    emptied: list[str] = field(default_factory=list)


@dataclass
class Kept:
    """What retention let go: blocks and rollups that were deleted, partitions that were dropped."""

    expired: Expired = field(default_factory=Expired)
    dropped: list[str] = field(default_factory=list)


def roll_up_all() -> int:
    """How many minutes were made."""
    return sum(_for_each("rolling up", rollups.roll_up))


def merge_all(*, older_than: timedelta = MERGE_AFTER, seconds: float = inf) -> Moved:
    """Merge what is old enough."""
    until, moved = time.monotonic() + seconds, Moved()

    def merge(organization_id: UUID) -> None:
        moved.merged += merge_frames(organization_id, older_than=older_than, until=until)
        moved.rollups += merge_rollups(organization_id, until=until)

    for _ in _for_each("merging", merge):
        pass
    moved.emptied = partitions.empty_partitions()
    return moved


def retain_all(*, seconds: float = inf) -> Kept:
    """Whole days first: what is dropped need not be deleted."""
    until, kept = time.monotonic() + seconds, Kept(dropped=partitions.drop_partitions())
    for expired in _for_each("the retention of", lambda organization_id: expire(organization_id, until=until)):
        kept.expired += expired
    return kept


def _for_each(what: str, work: Callable[[UUID], Result]) -> Iterator[Result]:
    """The trouble of one organization is no other's."""
    ids = organization_ids()
    for organization_id in random.sample(ids, len(ids)):
        try:
            yield work(organization_id)
        except DatabaseError:
            logger.exception("%s organization %s failed; it is tried again with the next turn", what, organization_id)
