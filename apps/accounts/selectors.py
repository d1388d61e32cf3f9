"""Reading accounts: memberships before a tenant is known, people and units after."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from apps.accounts.actor import Actor
from apps.accounts.models import MembershipUnit, Organization, Unit
from apps.accounts.policy import Reach
from apps.accounts.roles import Role


@dataclass(frozen=True, slots=True)
class OwnMembership:
    """A membership as its owner sees it before choosing an organization."""

    membership_id: UUID
    organization_id: UUID
    slug: str
    name: str
    role: Role


def own_memberships() -> list[OwnMembership]:
    """The memberships of the user in force, by the definer function bodylink_own_memberships."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM bodylink_own_memberships()")
        return [OwnMembership(row[0], row[1], row[2], row[3], Role(row[4])) for row in cursor.fetchall()]


def organization_id_by_slug(slug: str) -> UUID | None:
    """For commands, which name an organization before any is bound."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT bodylink_organization_by_slug(%s)", [slug])
        row = cursor.fetchone()
    return row[0] if row else None


def organization_ids() -> list[UUID]:
    """Every organization's id and nothing else of it: for the periodic tasks, which bind each in turn."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM bodylink_organization_ids()")
        return [row[0] for row in cursor.fetchall()]


def actor_for(user_id: UUID, membership: OwnMembership) -> Actor:
    """Inside a binding to the membership's organization."""
    units = MembershipUnit.objects.filter(membership_id=membership.membership_id).values_list("unit_id", flat=True)
    return Actor(user_id, membership.organization_id, membership.membership_id, membership.role, frozenset(units))


def current_organization(actor: Actor) -> Organization:
    return Organization.objects.get(pk=actor.organization_id)


def units(actor: Actor) -> "QuerySet[Unit]":
    """The units an actor may choose among."""
    if Reach.ORGANIZATION in (actor.grant.identity, actor.grant.devices) and actor.role is not Role.CLINICIAN:
        return Unit.objects.all()
    return Unit.objects.filter(pk__in=actor.unit_ids)
