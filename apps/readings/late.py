"""Minutes that got data after they may have been rolled up: `rollups.py` makes them again, and tells of it whoever has
gone by them as they were."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from uuid import UUID

from apps.core.tenancy import bound_organization_id
from apps.readings.models import LateMinute

# Minutes are rolled up a minute and a half after their end; what is written later than this may be too late for it.
LATE_AFTER_S = 60.0

Minutes = Collection[tuple[UUID, datetime]]
"""Patient and beginning of the minute."""
_listeners: list[Callable[[Minutes], None]] = []


def is_late(t: datetime, *, now: datetime) -> bool:
    """Whether a value of time `t` that is written now may come after its minute was rolled up."""
    return (now - t).total_seconds() > LATE_AFTER_S


def note_late_minutes(moments: Iterable[tuple[UUID, datetime]]) -> None:
    """Have the minutes of these (patient, time) rolled up again, in the transaction that writes their values."""
    minutes = sorted({(patient_id, t.replace(second=0, microsecond=0)) for patient_id, t in moments})
    LateMinute.objects.bulk_create(
        LateMinute(organization_id=bound_organization_id(), patient_id=patient_id, minute=minute)
        for patient_id, minute in minutes
    )


def goes_by_minutes(listener: Callable[[Minutes], None]) -> None:
    """Register who is to be told, in the transaction that makes them, of minutes that were made anew."""
    _listeners.append(listener)


def tell_made_anew(minutes: Minutes) -> None:
    for listener in _listeners:
        listener(minutes)
