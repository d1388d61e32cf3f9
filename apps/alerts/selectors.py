"""Reading alerts: who sees which, in which form, and what happened since a cursor."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, Func, Max, QuerySet

from apps.accounts.actor import Actor
from apps.accounts.policy import Reach
from apps.alerts.models import Alert, AlertTransition, State
from apps.core.arrays import any_of
from apps.core.clock import SYSTEM_CLOCK, Clock
from apps.core.instants import utc_text
from apps.core.tenancy import current_organization_id
from apps.patients.models import Share
from apps.patients.selectors import within

PAGE = 500


class _Settled(Func):
    """The condition on a transition that nothing can be committed any more that lies before it."""

    template = "(transaction < pg_snapshot_xmin(pg_current_snapshot()))"
    output_field = BooleanField()


def alerts_group(organization_id: UUID) -> str:
    """The group of those who are told that an organization has a new transition to read."""
    return f"organization.{organization_id}.alerts"


def visible_alerts(actor: Actor, *, clock: Clock = SYSTEM_CLOCK) -> "QuerySet[Alert]":
    """The alerts an actor may see, those that are over included; never one that has not been raised."""
    reach = actor.grant.alerts
    if reach is Reach.NONE:
        return Alert.objects.none()
    alerts = Alert.objects.filter(activated_at__isnull=False, kind__in=actor.grant.alert_kinds)
    if reach is not Reach.ORGANIZATION:
        alerts = alerts.filter(patient_id__in=alerted_patient_ids(actor, clock=clock))
    return alerts.select_related("acknowledged_by")


def alerted_patient_ids(actor: Actor, *, clock: Clock = SYSTEM_CLOCK) -> "QuerySet[Any, UUID]":
    """The patients whose alerts an actor may see. A share can leave the alerts out."""
    patients = within(actor, actor.grant.alerts, clock=clock)
    if actor.grant.alerts is Reach.SHARED:
        shares = Share.objects.filter(user_id=actor.user_id, alerts=True, revoked_at=None, expires_at__gt=clock.now())
        patients = patients.filter(pk__in=shares.values("patient_id"))
    return patients.values_list("pk", flat=True)


def open_alerts(patient_ids: Iterable[UUID], kinds: Iterable[str]) -> "QuerySet[Alert]":
    """The alerts of these patients that are on now, the latest first."""
    on = (State.ACTIVE, State.ACKNOWLEDGED)
    alerts = Alert.objects.filter(any_of("patient_id", patient_ids), kind__in=list(kinds), state__in=on)
    return alerts.select_related("acknowledged_by")


def settled_transitions(alerts: "QuerySet[Alert]") -> dict[UUID, int]:
    """By alert, the id of the latest of its transitions that is settled (see `Transitions`). Read before the alerts, it
    lies before nothing that they show."""
    settled = AlertTransition.objects.filter(_Settled(), alert__in=alerts.order_by().values("pk"))
    return dict(settled.order_by().values_list("alert").annotate(Max("pk")))


def as_json(alert: Alert, *, state: str | None = None) -> dict[str, Any]:
    """The alert as the API and the live stream give it. `state`: that of a transition, instead of the present one."""
    state = state or alert.state
    acknowledged_by = None if state == State.ACTIVE else alert.acknowledged_by
    return {
        "id": str(alert.pk),
        "patient": str(alert.patient_id),
        "code": alert.code,
        "priority": alert.priority,
        "kind": alert.kind,
        "state": state,
        "since": utc_text(alert.since),
        "value": alert.value,
        "limit": alert.limit,
        "text": alert.text,
        "acknowledged_by": str(acknowledged_by) if acknowledged_by else None,
    }


@dataclass(frozen=True, slots=True)
class Transitions:
    """A page of what happened after a cursor, in order. Those in `settled` lie before everything that can still be
    committed, and `cursor` is the last of them. Those in `unsettled` are committed too, but something that is still
    being written may come to lie before them: whoever reads on from `cursor` gets them again."""

    settled: Sequence[AlertTransition]
    unsettled: Sequence[AlertTransition]
    cursor: int
    more: bool


# Ids are given out before the commit, so a higher one can become visible first; and their order need not be that of
# the transactions' ids either. Hence the order by (transaction, id): what is committed from now on belongs to no
# transaction below the oldest one that is running, pg_snapshot_xmin.
_AFTER = """
WITH mark (transaction) AS (
    SELECT coalesce(
        (SELECT transaction FROM alerts_alerttransition WHERE id = %(cursor)s),
        (SELECT transaction FROM alerts_alerttransition WHERE organization_id = %(organization)s AND id < %(cursor)s
         ORDER BY transaction DESC LIMIT 1),
        '0'
    )
)
SELECT id, transaction < pg_snapshot_xmin(pg_current_snapshot()) FROM alerts_alerttransition
WHERE organization_id = %(organization)s AND (transaction, id) > ((SELECT transaction FROM mark), %(cursor)s)
ORDER BY transaction, id LIMIT %(limit)s
"""
_LATEST = """
SELECT id FROM alerts_alerttransition
WHERE organization_id = %s AND transaction < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY transaction DESC, id DESC LIMIT 1
"""


def transitions_after(cursor: int, *, limit: int = PAGE) -> Transitions:
    """The transitions of the organization in force after `cursor`, each with its alert.

    `cursor` is the id of a transition; 0: from the beginning. For one that is not there (any more) the latest
    transaction with a lower id stands in.
    """
    with connection.cursor() as query:
        parameters = {"cursor": cursor, "organization": current_organization_id(), "limit": limit + 1}
        query.execute(_AFTER, parameters)
        found = query.fetchall()
    page = found[:limit]
    rows = AlertTransition.objects.select_related("alert", "alert__acknowledged_by").in_bulk([row[0] for row in page])
    settled = [rows[pk] for pk, is_settled in page if is_settled]
    return Transitions(
        settled=settled,
        unsettled=[rows[pk] for pk, is_settled in page if not is_settled],
        cursor=settled[-1].pk if settled else cursor,
        more=len(found) > limit,
    )


def latest_cursor() -> int:
    """The cursor of the present: `transitions_after` gives everything that is not before it. 0 where nothing is."""
    with connection.cursor() as query:
        query.execute(_LATEST, [current_organization_id()])
        row = query.fetchone()
    return row[0] if row else 0
