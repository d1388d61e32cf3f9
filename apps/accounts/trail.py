"""The audit trail as a reader sees it: which events they may, with names for ids."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from apps.accounts.actor import Actor
from apps.accounts.naming import found_by, names_of
from apps.accounts.policy import Reach
from apps.audit.models import AuditEvent

# Fields of an event that refer to something, by what `naming` calls its kind.
REFERENCES = {"user_id": "user", "patient_id": "patient", "device_id": "device"}


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One event in words. Empty where it does not concern such a thing; the beginning of the id where that is gone."""

    at: datetime
    action: str
    role: str
    who: str
    patient: str
    device: str
    detail: str


def visible_events(actor: Actor) -> "QuerySet[AuditEvent]":
    """Everything of the organization, what concerns its devices, or nothing."""
    if actor.grant.audit is Reach.ORGANIZATION:
        return AuditEvent.objects.all()
    if actor.grant.device_audit:
        return AuditEvent.objects.filter(device_id__isnull=False)
    return AuditEvent.objects.none()


def in_words(actor: Actor, events: Sequence[AuditEvent]) -> dict[UUID, TrailRow]:
    """Each event's row, by the event's id; the names in one query per kind."""
    known = {
        field: names_of(actor, kind, {value for event in events if (value := getattr(event, field))})
        for field, kind in REFERENCES.items()
    }

    def word(event: AuditEvent, field: str) -> str:
        value = getattr(event, field)
        return known[field].get(value, f"{str(value)[:8]}…") if value else ""

    return {
        event.pk: TrailRow(
            at=event.at,
            action=event.action,
            role=event.role,
            who=word(event, "user_id"),
            patient=word(event, "patient_id"),
            device=word(event, "device_id"),
            detail=", ".join(_details(event.detail)),
        )
        for event in events
    }


def searched(actor: Actor, events: "QuerySet[AuditEvent]", text: str) -> "QuerySet[AuditEvent]":
    """Those that a text means: an action, or a person, patient or device by a name that the reader may know."""
    wanted = Q(action__icontains=text)
    for field, kind in REFERENCES.items():
        wanted |= Q(**{f"{field}__in": found_by(actor, kind, text)})
    return events.filter(wanted)


def _details(detail: dict[str, Any]) -> Iterable[str]:
    for name, value in detail.items():
        if value not in ("", [], {}, None):
            yield f"{name} {_plain(value)}"


def _plain(value: Any) -> str:
    """A stored value on one line: JSON knows lists and maps too."""
    if isinstance(value, dict):
        return " ".join(_details(value))
    if isinstance(value, list):
        return " ".join(_plain(item) for item in value)
    return str(value)
