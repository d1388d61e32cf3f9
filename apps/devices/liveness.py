"""Whether a device is heard. Its status is written every two seconds, so a few of those may be missing."""

from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Q

from apps.devices.models import Device

SILENT_AFTER = timedelta(seconds=15)


class Liveness(StrEnum):
    NEVER_HEARD = "never heard"
    LIVE = "live"
    SILENT = "silent"
    RETIRED = "retired"


def liveness(device: Device, *, now: datetime) -> Liveness:
    if device.retired_at is not None:
        return Liveness.RETIRED
    status = getattr(device, "status", None)
    if status is None:
        return Liveness.NEVER_HEARD
    return Liveness.LIVE if now - status.last_seen_at <= SILENT_AFTER else Liveness.SILENT


def having(wanted: Liveness, *, now: datetime) -> Q:
    """The condition on devices that `liveness` answers with `wanted`."""
    if wanted is Liveness.RETIRED:
        return Q(retired_at__isnull=False)
    heard_since = now - SILENT_AFTER
    conditions = {
        Liveness.NEVER_HEARD: Q(status__isnull=True),
        Liveness.LIVE: Q(status__last_seen_at__gte=heard_since),
        Liveness.SILENT: Q(status__last_seen_at__lt=heard_since),
    }
    return Q(retired_at__isnull=True) & conditions[wanted]
