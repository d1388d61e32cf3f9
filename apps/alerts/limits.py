"""What a value says about the limits of its quantity. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from apps.alerts.facts import GOOD_ENOUGH, RANK, Condition, Evidence, Limit, Reading, Sensed
from apps.alerts.models import Kind, Priority
from apps.alerts.texts import limit_text
from apps.readings.freshness import Freshness
from apps.readings.quantities import REGISTER


def by_condition(limits: Iterable[Limit]) -> dict[str, list[Limit]]:
    """Limits by the code of their condition: `spo2_low` is one, whatever its priorities."""
    found: dict[str, list[Limit]] = {}
    for limit in limits:
        found.setdefault(f"{limit.quantity}_{limit.side.value}", []).append(limit)
    return found


def sense_limits(
    code: str,
    limits: Sequence[Limit],
    reading: Reading | None,
    alert: Condition | None,
    *,
    inhibited: bool,
    now: datetime,
) -> Sensed | None:
    """What the present says of the condition `code`, whose `limits` are all of one quantity and side.

    None where there is nothing to say and no alert open. `inhibited`: a technical condition of the very sensor makes
    the value meaningless. A limit's delay runs from the first value beyond it; a value on the right side of it ends
    that at once, unless its alert is on already: then it must come back by the hysteresis.
    """
    if not limits:
        return _sensed(code, Evidence.GONE, reason="its rule is off") if alert else None
    if reading is None or inhibited or reading.freshness is Freshness.LOST:
        return _sensed(code, Evidence.UNMEASURED) if alert else None
    if reading.freshness is not Freshness.LIVE or reading.quality < GOOD_ENOUGH:
        return _sensed(code, Evidence.UNCERTAIN) if alert else None
    breached = [
        limit for limit in limits if limit.breached_by(reading.value, held=bool(alert and alert.holds(limit.priority)))
    ]
    if not breached:
        return _sensed(code, Evidence.ABSENT) if alert else None
    return _breach(code, breached, reading, alert, now)


def _breach(code: str, breached: Sequence[Limit], reading: Reading, alert: Condition | None, now: datetime) -> Sensed:
    onsets: dict[Priority, datetime] = {}
    due: list[Limit] = []
    for limit in breached:
        held = alert is not None and alert.holds(limit.priority)
        onsets[limit.priority] = min(_onset(limit, reading, alert, held=held), now)
        if held or now - onsets[limit.priority] >= timedelta(seconds=limit.delay_s):
            due.append(limit)
    shown = max(due or breached, key=lambda limit: RANK[limit.priority])
    return Sensed(
        code=code,
        kind=Kind.PHYSIOLOGICAL,
        evidence=Evidence.PRESENT,
        onsets=onsets,
        due=shown.priority if due else None,
        value=reading.value,
        limit=shown.bound,
        unit=REGISTER[reading.code].unit,
        text=limit_text(reading.code, reading.value, shown),
    )


def _onset(limit: Limit, reading: Reading, alert: Condition | None, *, held: bool) -> datetime:
    """The first moment of the unbroken stretch beyond the limit. Several values may have come since the last
    evaluation: a worker that is late must neither forget when it began nor that it had ended in between."""
    first = reading.at
    for at, value in reversed(reading.course):
        if not limit.breached_by(value, held=held):
            return first
        first = at
    return (alert and alert.onsets.get(limit.priority)) or first


def _sensed(code: str, evidence: Evidence, reason: str = "") -> Sensed:
    return Sensed(code, Kind.PHYSIOLOGICAL, evidence, reason=reason)
