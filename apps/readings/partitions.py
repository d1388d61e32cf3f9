"""The partitions of each day: made ahead, emptied, dropped. What is done to tables is done by definer functions."""

import logging
from datetime import date, timedelta

from django.db import OperationalError, connection

from apps.core.clock import SYSTEM_CLOCK, Clock

logger = logging.getLogger(__name__)
DAYS_AHEAD = 3


def make_partitions(*, clock: Clock = SYSTEM_CLOCK) -> list[date]:
    """Make those of yesterday, today and the next days. Others are made when something of theirs arrives."""
    today = clock.now().date()
    days = [today + timedelta(days=day) for day in range(-1, DAYS_AHEAD + 1)]
    for day in days:
        ensure_partition(day)
    return days


def ensure_partition(day: date) -> None:
    """Make the partitions of a day, where they are missing. Not within a transaction that has more to do: the making
    is one worker's at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT bodylink_make_partitions(%s)", [day])


def drop_partitions() -> list[str]:
    """Drop the days that no organization wants any more, one by one; their names."""
    return _one_by_one("SELECT bodylink_drop_partitions(1)")


def empty_partitions() -> list[str]:
    """Give back the room of past days whose frames are all merged; the partitions' names."""
    return _one_by_one("SELECT bodylink_empty_partitions(1)")


def _one_by_one(statement: str) -> list[str]:
    """Each in a transaction of its own, so that no lock is held for long, until there is none left. Whoever is in the
    way is waited for by the next turn, not by everybody else."""
    names: list[str] = []
    while True:
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                rows = cursor.fetchall()
        except OperationalError as error:
            logger.info("a partition is in use, the next turn will find it: %s", error)
            return names
        if not rows:
            return names
        names += [row[0] for row in rows]
