"""Reading what the alarm engine wants to know of a shard, and putting its answers onto rows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Func, Q

from apps.alerts.facts import GOOD_ENOUGH, Condition, DeviceFacts, Limit, PatientFacts, Reading, Side
from apps.alerts.limits import by_condition
from apps.alerts.models import Alert, Kind, Priority, Rule, State
from apps.core.arrays import any_of
from apps.core.instants import utc_text
from apps.devices.models import Binding
from apps.readings.current import Current, Currents
from apps.readings.freshness import freshness
from apps.readings.quantities import REGISTER, Form
from apps.readings.quantity import HAND, SENSOR
from apps.readings.value import Value

WAVES: Final = [code for code, quantity in REGISTER.items() if quantity.form is Form.WAVE]
_DEVICE: Final = (
    "patient_id",
    "device_id",
    "device__uid",
    "device__label",
    "period__startswith",
    "device__status__last_seen_at",
    "device__status__flags",
    "device__status__battery_percent",
    "device__status__charging",
)


@dataclass(frozen=True, slots=True)
class Gathered:
    """`facts` by patient; `rows` are the open alerts, locked, by id."""

    facts: Mapping[UUID, PatientFacts]
    rows: Mapping[UUID, Alert]


def gather(patient_ids: Sequence[UUID], current: Currents, fresh: Iterable[Value], now: datetime) -> Gathered:
    """All that the engine needs of these patients: their current values, the fresh ones among them with their course
    since the last evaluation, and three queries."""
    these = any_of("patient_id", patient_ids)
    limits = _Limits(these)
    looked_at, courses = limits.quantities.union(WAVES), _Courses(fresh)
    devices = _devices(these, now)
    rows = {
        alert.pk: alert
        for alert in Alert.objects.select_for_update().filter(these).exclude(state=State.RESOLVED).order_by("pk")
    }
    open_alerts = defaultdict(list)
    for alert in rows.values():
        open_alerts[alert.patient_id].append(_condition(alert))
    facts = {
        patient_id: PatientFacts(
            limits=limits.of(patient_id),
            readings=_readings(patient_id, current.get(patient_id, {}), looked_at, courses, now),
            devices=devices.get(patient_id, ()),
            open_alerts=open_alerts.get(patient_id, ()),
        )
        for patient_id in patient_ids
    }
    return Gathered(facts, rows)


class _Limits:
    """The limits in force: a patient's own rule of a quantity and priority takes the place of the organization's,
    also to switch it off."""

    def __init__(self, these: Func) -> None:
        self._common: dict[tuple[str, str], Rule] = {}
        self._own: dict[UUID, dict[tuple[str, str], Rule]] = defaultdict(dict)
        for rule in Rule.objects.filter(Q(patient=None) | Q(these)):
            rules = self._common if rule.patient_id is None else self._own[rule.patient_id]
            rules[rule.quantity, rule.priority] = rule
        self._common_limits = by_condition(_limits(self._common))
        self.quantities = {quantity for rules in (self._common, *self._own.values()) for quantity, _ in rules}

    def of(self, patient_id: UUID) -> Mapping[str, Sequence[Limit]]:
        own = self._own.get(patient_id)
        return by_condition(_limits(self._common | own)) if own else self._common_limits


def _limits(rules: Mapping[tuple[str, str], Rule]) -> Iterator[Limit]:
    for rule in rules.values():
        if not rule.enabled or rule.quantity not in REGISTER:
            continue
        for side, bound in ((Side.LOW, rule.low), (Side.HIGH, rule.high)):
            if bound is not None:
                yield Limit(rule.quantity, side, bound, Priority(rule.priority), rule.delay_s, rule.hysteresis)


# Patient, code and source of a value, as `of_one_source` tells sources apart.
_Key = tuple[UUID, str, str, str, int]


class _Courses:
    """Fresh values by what one current value is of; those of poor quality are evidence for nothing."""

    def __init__(self, fresh: Iterable[Value]) -> None:
        self._values: dict[_Key, list[tuple[datetime, float]]] = defaultdict(list)
        for value in fresh:
            if value.quality >= GOOD_ENOUGH:
                key = (value.patient_id, value.code, value.device_uid, value.source, value.origin)
                self._values[key].append((value.at, value.value))

    def upto(self, at: datetime, key: _Key) -> Sequence[tuple[datetime, float]]:
        found = self._values.get(key, ())
        return sorted(point for point in found if point[0] <= at) if len(found) > 1 else found


def _readings(
    patient_id: UUID, current: Mapping[str, Current], looked_at: set[str], courses: _Courses, now: datetime
) -> dict[str, Reading]:
    """The current values that have limits, and what tells how good a signal is: the waves themselves (under whose codes
    their quality stands), what was derived from them, and whatever is poor."""
    found: dict[str, Reading] = {}
    for code, value, at, origin, source, quality, device_uid in current.values():
        telling = code in looked_at or source not in (SENSOR, HAND) or quality < GOOD_ENOUGH
        if telling and code in REGISTER:
            fresh = freshness(REGISTER[code].expected_interval_s, at=at, now=now)
            course = courses.upto(at, (patient_id, code, device_uid, source, origin))
            found[code] = Reading(code, value, at, fresh, quality, source, device_uid, course)
    return found


def _devices(these: Func, now: datetime) -> dict[UUID, list[DeviceFacts]]:
    """The devices that are on these patients; of one that was never heard the status is null."""
    found: dict[UUID, list[DeviceFacts]] = defaultdict(list)
    rows = Binding.objects.filter(these, period__contains=now).order_by().values_list(*_DEVICE)
    for patient_id, device_id, uid, label, bound_since, last_seen_at, flags, percent, charging in rows:
        device = DeviceFacts(
            id=device_id,
            uid=uid,
            name=label or uid,
            bound_since=bound_since,
            last_seen_at=last_seen_at,
            flags=frozenset(flags or ()),
            battery_percent=percent,
            charging=bool(charging),
        )
        found[patient_id].append(device)
    return found


def _condition(alert: Alert) -> Condition:
    return Condition(
        id=alert.pk,
        code=alert.code,
        kind=Kind(alert.kind),
        priority=Priority(alert.priority),
        state=State(alert.state),
        since=alert.since,
        text=alert.text,
        device_id=alert.device_id,
        latched=alert.latched,
        onsets={Priority(name): datetime.fromisoformat(at) for name, at in alert.onsets.items()},
        value=alert.value,
        limit=alert.limit,
        unit=alert.unit,
    )


def alert_of(condition: Condition, organization_id: UUID, patient_id: UUID) -> Alert:
    """A new row for a condition that opened."""
    row = Alert(
        organization_id=organization_id,
        patient_id=patient_id,
        device_id=condition.device_id,
        code=condition.code,
        kind=condition.kind,
        since=condition.since,
        unit=condition.unit,
    )
    return onto_row(condition, row)


def onto_row(condition: Condition, row: Alert) -> Alert:
    """What may change of an alert, put onto its row."""
    row.priority = condition.priority
    row.state = condition.state
    row.latched = condition.latched
    row.onsets = {priority.value: utc_text(at) for priority, at in condition.onsets.items()}
    row.value = condition.value
    row.limit = condition.limit
    row.text = condition.text
    return row
