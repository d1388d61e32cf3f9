"""Writing accounts: organizations, people, roles, units."""

import uuid
from collections.abc import Iterable
from uuid import UUID
from zoneinfo import available_timezones

from allauth.account.models import EmailAddress
from django.core.validators import validate_email
from django.utils.text import slugify

from apps.accounts.models import Membership, MembershipUnit, Organization, Unit, User
from apps.accounts.roles import Role
from apps.accounts.selectors import organization_id_by_slug
from apps.core.errors import Conflict, Invalid
from apps.core.tenancy import SIGN_IN, bind, current_organization_id


def create_user(*, email: str, name: str = "", password: str | None = None) -> User:
    """Find or make the account of an e-mail address. An existing account keeps its password."""
    validate_email(email)
    organization_id = current_organization_id()
    with bind(organization_id, door=SIGN_IN):
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            user = User.objects.create_user(email=email, name=name, password=password)
            EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def create_organization(*, slug: str, name: str, manager_email: str, timezone: str = "UTC") -> Organization:
    """A new tenant and its first manager."""
    if slugify(slug) != slug:
        raise Invalid("The slug may hold lower-case letters, digits and hyphens only.")
    if timezone not in available_timezones():
        raise Invalid(f"{timezone} is not a time zone.")
    if organization_id_by_slug(slug):
        raise Conflict(f"There is an organization {slug} already.")
    organization = Organization(id=uuid.uuid4(), slug=slug, name=name, timezone=timezone)
    with bind(organization.id):
        organization.save(force_insert=True)
        add_member(user=create_user(email=manager_email), role=Role.MANAGER)
    return organization


def add_unit(*, name: str) -> Unit:
    return Unit.objects.create(organization_id=current_organization_id(), name=name)


def add_member(*, user: User, role: Role, unit_ids: Iterable[UUID] = ()) -> Membership:
    """Give a person a role in the organization in force."""
    organization_id = current_organization_id()
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
