"""The current value of each quantity of each patient: latest by event time, from one source at a time.

Two sources of one quantity do not take turns on the screen: the one that is shown stays until a better one speaks, or
until it has been silent for longer than the register expects. Whoever wants its place must be clearly good, not just
good enough, or a signal about the limit would come and go.
"""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from apps.core.tenancy import bound_organization_id
from apps.readings.models import CurrentValue
from apps.readings.origin import Origin
from apps.readings.quantities import REGISTER
from apps.readings.value import Value

HOLDS_FOR_INTERVALS = 5
HOLDS_AT_LEAST = timedelta(seconds=10)
GOOD_QUALITY = 0.5
CLEARLY_GOOD = 0.7
_SHOWN = ["value", "at", "origin", "source", "quality", "device_uid"]

# What was measured of the person comes before a recording, and a recording before a body that is made up.
_NOT_MEASURED = {Origin.REPLAYED: 1, Origin.SIMULATED: 2}

Key = tuple[UUID, str]


def keep_current(values: Iterable[Value]) -> None:
    """Bring the current values up to date with these, of any order and number."""
    offered = sorted(values, key=lambda value: value.at)
    if not offered:
        return
    shown = _shown({value.patient_id for value in offered})
    changed: dict[Key, CurrentValue] = {}
    for value in offered:
        key = (value.patient_id, value.code)
        if replaces(value, shown.get(key)):
            shown[key] = changed[key] = _row(value)
    CurrentValue.objects.bulk_create(
        [changed[key] for key in sorted(changed)],
        update_conflicts=True,
        unique_fields=["organization", "patient", "code"],
        update_fields=_SHOWN,
    )


def replaces(value: Value, shown: CurrentValue | Value | None) -> bool:
    """Whether a value takes the place of the one that is shown."""
    if shown is None:
        return True
    if value.at < shown.at:
        return False
    if of_one_source(value, shown):
        return True
    better = _rank(value, CLEARLY_GOOD) < _rank(shown, GOOD_QUALITY)
    return better or value.at - shown.at > _hold(value.code)


def of_one_source(value: Value, shown: CurrentValue | Value) -> bool:
    """A device that is replayed is not the source that it is by itself."""
    return (value.device_uid, value.source, value.origin) == (shown.device_uid, shown.source, shown.origin)


def _rank(of: Value | CurrentValue, good: float) -> tuple[bool, int, int]:
    """Lower is better: a signal of `good` quality before a poor one, a measured one before others, then
    the register's order."""
    return of.quality < good, _NOT_MEASURED.get(Origin(of.origin), 0), REGISTER[of.code].source_rank(of.source)


def _hold(code: str) -> timedelta:
    return max(HOLDS_AT_LEAST, timedelta(seconds=REGISTER[code].expected_interval_s * HOLDS_FOR_INTERVALS))


def _shown(patient_ids: set[UUID]) -> dict[Key, CurrentValue]:
    return {(row.patient_id, row.code): row for row in CurrentValue.objects.filter(patient_id__in=patient_ids)}


def _row(value: Value) -> CurrentValue:
    return CurrentValue(
        organization_id=bound_organization_id(),
        patient_id=value.patient_id,
        code=value.code,
        value=value.value,
        at=value.at,
        origin=int(value.origin),
        source=value.source,
        quality=value.quality,
        device_uid=value.device_uid,
    )
