"""Writing alerts: the evaluation of a shard, what people do about an alert, and the rules an organization starts with.

The rows of open alerts are locked while a shard is evaluated, so that an acknowledgement and the engine never undo
one another. Each transition is a row, and a hint to the organization's screens leaves with the commit.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from apps.accounts.actor import Actor
from apps.accounts.models import Organization
from apps.accounts.policy import Act
from apps.alerts.defaults import ADULT
from apps.alerts.engine import evaluate_patient
from apps.alerts.facts import Move
from apps.alerts.gathering import alert_of, gather, onto_row
from apps.alerts.models import Alert, AlertTransition, Kind, Rule, State
from apps.alerts.selectors import alerts_group, visible_alerts
from apps.audit.services import record
from apps.core.clock import SYSTEM_CLOCK, Clock
from apps.core.errors import Conflict, NotFound
from apps.core.publish import publish
from apps.core.rows import write
from apps.core.tenancy import bound_organization_id
from apps.readings.current import Currents
from apps.readings.value import Value

CHANGING = [
    "priority",
    "state",
    "latched",
    "onsets",
    "activated_at",
    "value",
    "limit",
    "text",
    "acknowledged_by",
    "resolved_at",
]
_CHANGE: Final = """
UPDATE alerts_alert alert
SET (priority, state, latched, onsets, activated_at, value, "limit", text, acknowledged_by_id, resolved_at) =
    (row.priority, row.state, row.latched, row.onsets, row.activated_at, row.value, row."limit", row.text,
     row.acknowledged_by_id, row.resolved_at)
FROM json_to_recordset(%s) AS row (id uuid, priority text, state text, latched boolean, onsets jsonb,
                                   activated_at timestamptz, value float8, "limit" float8, text text,
                                   acknowledged_by_id uuid, resolved_at timestamptz)
WHERE alert.id = row.id
"""


def evaluate(
    *, patient_ids: Sequence[UUID], current: Currents, fresh: Iterable[Value] = (), clock: Clock = SYSTEM_CLOCK
) -> list[AlertTransition]:
    """Bring the alerts of a shard's patients up to the present, within a binding to their organization.

    `current` are their current values, `fresh` those since the last evaluation: a breach is reckoned from its first.
    Three reads and at most three writes, however many patients. Returns the transitions that were made.
    """
    organization_id, now = bound_organization_id(), clock.now()
    gathered = gather(patient_ids, current, fresh, now)
    opened: list[Alert] = []
    changed: list[Alert] = []
    transitions: list[AlertTransition] = []
    for patient_id, facts in gathered.facts.items():
        for move in evaluate_patient(facts, now):
            row = gathered.rows[move.before.id] if move.before and move.before.id else None
            (opened if row is None else changed).append(alert := _written(row, move, organization_id, patient_id, now))
            if move.reason:
                transitions.append(_transition(alert, at=now, reason=move.reason))
    Alert.objects.bulk_create(opened)
    write(_CHANGE, map(_changes, changed))
    return _announce(organization_id, transitions)


def _written(row: Alert | None, move: Move, organization_id: UUID, patient_id: UUID, now: datetime) -> Alert:
    """The alert's row with the move upon it."""
    alert = alert_of(move.after, organization_id, patient_id) if row is None else onto_row(move.after, row)
    if alert.state == State.ACTIVE:
        alert.acknowledged_by_id = None
        alert.activated_at = alert.activated_at or now
    elif alert.state == State.RESOLVED:
        alert.resolved_at = now
    return alert


def _changes(alert: Alert) -> dict[str, Any]:
    """The columns of _CHANGE."""
    columns = ("acknowledged_by_id" if name == "acknowledged_by" else name for name in CHANGING)
    return {"id": alert.pk, **{name: getattr(alert, name) for name in columns}}


def acknowledge(*, actor: Actor, alert_id: UUID, clock: Clock = SYSTEM_CLOCK) -> Alert:
    """Somebody takes an alert on. One that is over and had stayed for this is resolved thereby.

    Acknowledged already: nothing happens, it stays with who was first. Raises NotFound, NotAllowed, Conflict (over).
    """
    alert = _open_alert(actor, alert_id, clock)
    if alert.state == State.ACKNOWLEDGED:
        return alert
    alert.acknowledged_by_id = actor.user_id
    steps = [(State.ACKNOWLEDGED, "")]
    if alert.latched:
        steps.append((State.RESOLVED, "over when it was acknowledged"))
    _act(actor, alert, steps, "alert.acknowledged", clock)
    return alert


def resolve(*, actor: Actor, alert_id: UUID, reason: str = "", clock: Clock = SYSTEM_CLOCK) -> Alert:
    """Somebody ends an alert by hand. If its condition goes on it is raised anew, after its delay.

    Raises NotFound, NotAllowed, Conflict (over already).
    """
    alert = _open_alert(actor, alert_id, clock)
    _act(actor, alert, [(State.RESOLVED, reason or "by hand")], "alert.resolved", clock)
    return alert


def _open_alert(actor: Actor, alert_id: UUID, clock: Clock) -> Alert:
    """An alert that the actor may see and act on, its row locked."""
    alert = visible_alerts(actor, clock=clock).select_for_update(of=("self",)).filter(pk=alert_id).first()
    if alert is None:
        raise NotFound("There is no such alert here.")
    actor.must(Act.TECHNICAL_ALERT if alert.kind == Kind.TECHNICAL else Act.ALERT)
    if alert.state == State.RESOLVED:
        raise Conflict("This alert is over.")
    return alert


def _act(actor: Actor, alert: Alert, steps: Iterable[tuple[State, str]], action: str, clock: Clock) -> None:
    now = clock.now()
    transitions = []
    for state, reason in steps:
        alert.state = state
        transitions.append(_transition(alert, at=now, reason=reason, by_id=actor.user_id))
    if alert.state == State.RESOLVED:
        alert.resolved_at, alert.latched = now, False
    alert.save(update_fields=CHANGING)
    _announce(alert.organization_id, transitions)
    record(
        action=action,
        user_id=actor.user_id,
        role=actor.role,
        patient_id=alert.patient_id,
        device_id=alert.device_id,
        detail={"alert": str(alert.pk), "code": alert.code},
        clock=clock,
    )


def _transition(alert: Alert, *, at: datetime, reason: str, by_id: UUID | None = None) -> AlertTransition:
    return AlertTransition(
        organization_id=alert.organization_id,
        alert=alert,
        patient_id=alert.patient_id,
        state=alert.state,
        at=at,
        by_id=by_id,
        reason=reason,
    )


def _announce(organization_id: UUID, transitions: list[AlertTransition]) -> list[AlertTransition]:
    if transitions:
        AlertTransition.objects.bulk_create(transitions)
        publish(alerts_group(organization_id), {"type": "live.alert"})
    return transitions


def seed_default_rules(organization: Organization) -> list[Rule]:
    """The adult default limits, with which an organization begins. Rules that it has already stay as they are."""
    present = set(Rule.objects.filter(patient=None).values_list("quantity", "priority"))
    missing = [
        Rule(organization_id=organization.pk, **default._asdict())
        for default in ADULT
        if (default.quantity, default.priority.value) not in present
    ]
    return Rule.objects.bulk_create(missing, ignore_conflicts=True)
