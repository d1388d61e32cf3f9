"""What those who keep house in the tables of measurements have in common: the door, the lock, the window, and time as
the blocks write it."""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection

STORAGE: Final = "storage"
"""The door (core.tenancy) behind which measurements may be deleted: merging and retention open it, and nothing else."""
WINDOW: Final = timedelta(minutes=15)
"""A block holds what began within one such stretch of the day (UTC)."""
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def microseconds(at: datetime) -> int:
    """Since 1970, UTC: exact, as PostgreSQL keeps a time."""
    return (at - EPOCH) // _MICROSECOND


def moment(t_us: int) -> datetime:
    """The inverse of `microseconds`."""
    return EPOCH + timedelta(microseconds=t_us)


def window_of(at: datetime) -> datetime:
    """The beginning of the window that a moment falls into."""
    return at - (at - EPOCH) % WINDOW


def hold_still(organization_id: UUID) -> None:
    """Until this transaction ends nothing of the organization is merged: for who reads rows and blocks in more than one
    statement. Any number may hold at once."""
    _lock("pg_advisory_xact_lock_shared", organization_id)


def move_alone(organization_id: UUID) -> None:
    """Until this transaction ends nobody else merges the organization's rows, or has it held still. Waits for them."""
    _lock("pg_advisory_xact_lock", organization_id)


def _lock(function: str, organization_id: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [f"bodylink storage {organization_id}"])
