"""The people in the tests: Northgate and Southbank, two hospitals that must never see each other."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.test import Client

from apps.accounts.actor import Actor
from apps.accounts.models import Membership, MembershipUnit, Organization, Unit, User
from apps.accounts.roles import Role
from apps.accounts.services import add_member, add_unit, create_organization, create_user
from apps.core.tenancy import SIGN_IN, bind
from apps.patients.models import Patient
from apps.patients.services import admit, share

PASSWORD = "correct horse battery staple"


@dataclass
class Hospital:
    """One tenant: `people` by role, `ward` with two patients, `annex` (another unit) with one."""

    organization: Organization
    ward: Unit
    annex: Unit
    people: dict[Role, User] = field(default_factory=dict)
    alice: Patient = None  # type: ignore[assignment]  # in the ward, has an account, shared with the caregiver
    bob: Patient = None  # type: ignore[assignment]  # in the ward
    charlie: Patient = None  # type: ignore[assignment]  # in the annex, beyond the clinician's units

    @property
    def id(self) -> UUID:
        return self.organization.pk

    def actor(self, role: Role) -> Actor:
        """The actor that the middleware would make for this person."""
        with bind(self.id):
            membership = Membership.objects.get(user=self.people[role])
            units = MembershipUnit.objects.filter(membership=membership).values_list("unit_id", flat=True)
            return Actor(self.people[role].pk, self.id, membership.pk, role, frozenset(units))

    def client(self, role: Role) -> Client:
        """A browser in which this person is signed in."""
        client = Client()
        with bind(self.id, user_id=self.people[role].pk, door=SIGN_IN):
            client.force_login(self.people[role])
        return client


@dataclass
class World:
    north: Hospital
    south: Hospital


@cache
def password_hash() -> str:
    """Argon2 is slow on purpose; the tests hash once."""
    return make_password(PASSWORD)


def build_world() -> World:
    return World(north=build_hospital("northgate", "Northgate"), south=build_hospital("southbank", "Southbank"))


def build_hospital(slug: str, name: str) -> Hospital:
    organization = create_organization(slug=slug, name=name, manager_email=f"manager@{slug}.example")
    with bind(organization.pk):
        hospital = Hospital(organization, ward=add_unit(name="Ward 1"), annex=add_unit(name="Annex"))
        for role in Role:
            user = create_user(email=f"{role.value}@{slug}.example", name=f"{name} {role.label}")
            with bind(organization.pk, user_id=user.pk, door=SIGN_IN):
                User.objects.filter(pk=user.pk).update(password=password_hash())
            user.password = password_hash()  # a session is good for the password it was opened with
            hospital.people[role] = user
            if role is not Role.MANAGER:
                units = [hospital.ward.pk] if role is Role.CLINICIAN else []
                add_member(user=user, role=role, unit_ids=units)
        hospital.alice = add_patient(hospital.ward, "1001", "Alice", name, user=hospital.people[Role.PATIENT])
        hospital.bob = add_patient(hospital.ward, "1002", "Bob", name)
        hospital.charlie = add_patient(hospital.annex, "1003", "Charlie", name)
        share(
            patient=hospital.alice,
            user_id=hospital.people[Role.CAREGIVER].pk,
            expires_at=datetime.now(UTC) + timedelta(days=7),
        )
    return hospital


def add_patient(unit: Unit, mrn: str, given: str, family: str, user: User | None = None) -> Patient:
    return admit(
        unit_id=unit.pk,
        mrn=mrn,
        given_name=given,
        family_name=family,
        birth_date=date(1980, 5, 17),
        sex="female",
        height_cm=170.0,
        mass_kg=64.0,
        bed=mrn[-1],
        user=user,
    )
