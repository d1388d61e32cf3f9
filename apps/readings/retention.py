"""Retention: how long an organization keeps what was measured. Its manager says so in the admin.

Days are whole days of UTC, counted after the one that something was measured on.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Final, Literal

from apps.core.tenancy import bound_organization_id
from apps.readings.models import Retention

Category = Literal["waves", "values", "rollups"]
CATEGORIES: Final[tuple[Category, ...]] = ("waves", "values", "rollups")


def retention() -> Retention:
    """That of the organization in force; as it is by default, where nobody has said otherwise."""
    return Retention.objects.first() or Retention(organization_id=bound_organization_id())


def settled_retention() -> Retention:
    """The same as a row, which is made where there is none."""
    organization_id = bound_organization_id()
    settled, _ = Retention.objects.get_or_create(organization_id=organization_id)
    return settled


def first_day_kept(category: Category, *, now: datetime) -> datetime:
    """Midnight before which the organization in force wants nothing of a category any more."""
    days: int = getattr(retention(), f"{category}_days")
    return datetime.combine(now.astimezone(UTC).date() - timedelta(days=days), time(), UTC)
