"""Writing accounts: organizations, people, roles, units."""

import uuid
from collections.abc import Iterable
from uuid import UUID
from zoneinfo import available_timezones

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.text import slugify

from apps.accounts.actor import Actor, Operator
from apps.accounts.beginnings import begin
from apps.accounts.models import Membership, MembershipUnit, Organization, Unit, User
from apps.accounts.policy import Act
from apps.accounts.roles import Role
from apps.accounts.selectors import organization_id_by_slug, own_memberships
from apps.audit.services import record
from apps.core.errors import Conflict, Invalid
from apps.core.publish import access_changed
from apps.core.tenancy import SIGN_IN, bind, bound_organization_id, current_organization_id


def create_user(*, email: str, name: str = "", password: str | None = None) -> User:
    """Find or make the account of an e-mail address. An existing account keeps its password. Raises Invalid for what
    is no address."""
    try:
        validate_email(email)
    except ValidationError as error:
        raise Invalid(f"{email} is no e-mail address.") from error
    organization_id = current_organization_id()
    with bind(organization_id, door=SIGN_IN):
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            user = User.objects.create_user(email=email, name=name, password=password)
            EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def create_operator(*, email: str) -> User:
    """Make somebody the platform's operator. Raises Conflict for a member of an organization: nobody is both."""
    user = create_user(email=email)
    with bind(None, user_id=user.pk, door=SIGN_IN):
        if own_memberships():
            raise Conflict(f"{email} belongs to an organization; the operator belongs to none.")
        User.objects.filter(pk=user.pk).update(is_operator=True)
        return User.objects.get(pk=user.pk)


def create_organization(
    *, slug: str, name: str, manager_email: str, timezone: str = "UTC", operator: Operator | None = None
) -> Organization:
    """A new tenant and its first manager. Raises Invalid, and Conflict where the slug is taken."""
    if slugify(slug) != slug:
        raise Invalid("The slug may hold lower-case letters, digits and hyphens only.")
    if timezone not in available_timezones():
        raise Invalid(f"{timezone} is not a time zone.")
    if organization_id_by_slug(slug):
        raise Conflict(f"There is an organization {slug} already.")
    organization = Organization(id=uuid.uuid4(), slug=slug, name=name.strip(), timezone=timezone)
    try:
        organization.clean_fields()
    except ValidationError as error:
        raise Invalid(" ".join(error.messages)) from error
    with bind(organization.id):
        organization.save(force_insert=True)
        add_member(user=create_user(email=manager_email), role=Role.MANAGER)
        begin(organization)
        if operator:
            record(action="organization.created", user_id=operator.user_id, role="operator", detail={"slug": slug})
    return organization


def add_unit(*, name: str) -> Unit:
    return Unit.objects.create(organization_id=bound_organization_id(), name=name)


def add_member(*, user: User, role: Role, unit_ids: Iterable[UUID] = ()) -> Membership:
    """Give a person a role in the organization in force. Raises Conflict for who has one there, and for the platform's
    operator: nobody is both."""
    organization_id = bound_organization_id()
    if user.is_operator:
        raise Conflict("The platform's operator belongs to no organization.")
    if Membership.objects.filter(user_id=user.pk).exists():
        raise Conflict("This person has a role in the organization already.")
    membership = Membership.objects.create(organization_id=organization_id, user_id=user.pk, role=role)
    set_units(membership=membership, unit_ids=unit_ids)
    return membership


def set_units(*, membership: Membership, unit_ids: Iterable[UUID]) -> None:
    """The units a membership holds for, exactly."""
    wanted = set(unit_ids)
    MembershipUnit.objects.filter(membership=membership).exclude(unit_id__in=wanted).delete()
    held = set(MembershipUnit.objects.filter(membership=membership).values_list("unit_id", flat=True))
    MembershipUnit.objects.bulk_create(
        MembershipUnit(organization_id=membership.organization_id, membership=membership, unit_id=unit_id)
        for unit_id in sorted(wanted - held)
    )


def take_in(*, actor: Actor, email: str, name: str, role: Role, unit_ids: Iterable[UUID] = ()) -> Membership:
    """Give the person of an e-mail address a role, and an account if there is none. A name that somebody has given
    themselves stays."""
    actor.must(Act.PEOPLE)
    membership = add_member(user=create_user(email=email, name=name), role=role, unit_ids=unit_ids)
    _record_membership(actor, membership, "added")
    return membership


def change_member(*, actor: Actor, membership: Membership, role: Role, unit_ids: Iterable[UUID]) -> None:
    """Another role, other units. Raises Conflict where the organization would be left without a manager."""
    actor.must(Act.PEOPLE)
    if role is not Role.MANAGER:
        _must_leave_a_manager(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    set_units(membership=membership, unit_ids=unit_ids)
    _record_membership(actor, membership, "changed")
    access_changed(membership.user_id)


def remove_member(*, actor: Actor, membership: Membership) -> None:
    """Take a person's role away; the account stays theirs. Raises Conflict for the last manager."""
    actor.must(Act.PEOPLE)
    _must_leave_a_manager(membership)
    _record_membership(actor, membership, "removed")
    access_changed(membership.user_id)
    membership.delete()


def _must_leave_a_manager(membership: Membership) -> None:
    """All managers' rows are locked, in order: two who remove each other at one moment cannot both succeed."""
    managers = Membership.objects.select_for_update().filter(role=Role.MANAGER).order_by("pk")
    if [manager.pk for manager in managers] == [membership.pk]:
        raise Conflict("An organization needs a manager: give somebody else that role first.")


def _record_membership(actor: Actor, membership: Membership, verb: str) -> None:
    units = MembershipUnit.objects.filter(membership=membership).values_list("unit__name", flat=True)
    record(
        action=f"membership.{verb}",
        user_id=actor.user_id,
        role=actor.role,
        detail={
            "object": str(membership.pk),
            "person": str(membership.user_id),
            "role": membership.role,
            "units": sorted(units),
        },
    )
