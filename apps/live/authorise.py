"""Who is at the other end of a live connection, and whom they may see. Asked at subscribe, and again and again."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from uuid import UUID

from allauth.headless.internal.sessionkit import authenticate_by_x_session_token
from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from apps.accounts.actor import Actor
from apps.accounts.policy import Reach
from apps.accounts.selectors import actor_for, own_memberships, units
from apps.alerts.selectors import alerted_patient_ids
from apps.audit.services import record_read
from apps.core.errors import NotAllowed
from apps.core.tenancy import SIGN_IN, bind
from apps.live.protocol import Wanted
from apps.patients.models import Patient
from apps.patients.selectors import visible_patients

WHOLE_UNITS = (Reach.UNITS, Reach.ORGANIZATION)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client brought: the page's session cookie, or an app's session token, which is then the only one that
    counts. `organization`: the slug of the one they want to act for."""

    session_key: str | None = None
    token: str | None = None
    organization: str | None = None


@dataclass(frozen=True, slots=True)
class Sight:
    """Whom a connection may see: whose data, whose alerts and of which kinds. Their alarms run in `shards`; those in
    `simulated` are no real people."""

    clinical: frozenset[UUID] = frozenset()
    alerted: frozenset[UUID] = frozenset()
    kinds: frozenset[str] = frozenset()
    shards: frozenset[int] = frozenset()
    simulated: frozenset[UUID] = frozenset()

    @property
    def patients(self) -> frozenset[UUID]:
        return self.clinical | self.alerted


class SignedOutError(Exception):
    """The credentials are nobody's (any more)."""


def identify(credentials: Credentials) -> Actor:
    """Who it is now. Raises SignedOutError, or NotAllowed where they act for no organization."""
    user_id, session = _user(credentials)
    if user_id is None:
        raise SignedOutError
    with bind(None, user_id=user_id):
        memberships = own_memberships()
    wanted = credentials.organization or session.get("organization")
    if wanted:
        memberships = [membership for membership in memberships if membership.slug == wanted]
    if len(memberships) != 1:
        raise NotAllowed("Choose the organization you act for.")
    with bind(memberships[0].organization_id, user_id=user_id):
        return actor_for(user_id, memberships[0])


def _user(credentials: Credentials) -> tuple[UUID | None, Mapping[str, Any]]:
    if credentials.token is not None:
        with bind(None, door=SIGN_IN):
            found = authenticate_by_x_session_token(credentials.token)
        return (UUID(str(found[0].pk)), found[1]) if found else (None, {})
    if credentials.session_key is None:
        return None, {}
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(credentials.session_key)
    user = get_user(request)
    return (UUID(str(user.pk)) if user.is_authenticated else None), request.session


def sight(actor: Actor, wanted: Collection[Wanted]) -> Sight:
    """All that an actor sees of what they want, within a binding to their organization.

    Raises NotAllowed if any of it is not theirs to see; whether it exists is not said.
    """
    clinical: set[UUID] = set()
    alerted: set[UUID] = set()
    for each in wanted:
        patients = Patient.objects.filter(**_filter(actor, each))
        data = set(visible_patients(actor).filter(pk__in=patients).values_list("pk", flat=True))
        alerts = set(alerted_patient_ids(actor).filter(pk__in=patients))
        if each.kind == "patient" and not data | alerts:
            raise _not_allowed()
        clinical |= data
        alerted |= alerts
    seen = list(Patient.objects.filter(pk__in=clinical | alerted).values_list("pk", "shard", "simulated"))
    return Sight(
        clinical=frozenset(clinical),
        alerted=frozenset(alerted),
        kinds=actor.grant.alert_kinds,
        shards=frozenset(shard for _, shard, _ in seen),
        simulated=frozenset(patient_id for patient_id, _, simulated in seen if simulated),
    )


def _filter(actor: Actor, wanted: Wanted) -> dict[str, UUID]:
    if wanted.kind == "patient":
        return {"pk": wanted.id}
    sees_units = actor.grant.clinical in WHOLE_UNITS or actor.grant.alerts in WHOLE_UNITS
    if not sees_units or not units(actor).filter(pk=wanted.id).exists():
        raise _not_allowed()
    return {"unit_id": wanted.id}


def _not_allowed() -> NotAllowed:
    return NotAllowed("This is not yours to see.")


def note_reading(actor: Actor, patient_ids: Collection[UUID]) -> None:
    """Say in the audit trail whose data somebody watches."""
    for patient_id in sorted(patient_ids):
        record_read(user_id=actor.user_id, role=actor.role, patient_id=patient_id, door="live")
