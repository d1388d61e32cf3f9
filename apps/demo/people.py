"""The people of the demo: two organizations that share nothing, each with somebody in every role. All made up."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.contrib.auth.hashers import make_password

from apps.accounts.models import Membership, Unit, User
from apps.accounts.roles import Role
from apps.accounts.selectors import organization_id_by_slug
from apps.accounts.services import add_member, add_unit, create_organization, create_user
from apps.core.clock import SYSTEM_CLOCK
from apps.core.errors import NotFound
from apps.core.tenancy import SIGN_IN, bind
from apps.demo.cast import Part, parts
from apps.patients.models import Patient
from apps.patients.services import admit, correct, share


@dataclass(frozen=True, slots=True)
class House:
    """An organization of the demo."""

    slug: str
    name: str
    timezone: str
    units: tuple[str, ...]


NORTHGATE: Final = House("northgate", "Northgate Hospital", "Europe/Berlin", ("Cardiology", "Step-down"))
SOUTHBANK: Final = House("southbank", "Southbank Clinic", "Europe/London", ("Day ward",))
HOUSES: Final = (NORTHGATE, SOUTHBANK)
BEDS: Final = 6  # a unit takes this many before the next one does


@dataclass(frozen=True, slots=True)
class Account:
    email: str
    password: str
    role: str
    organization: str
    totp_secret: str | None = None


def house_of(part: Part) -> House:
    """Of three people two come to Northgate; a person's house never changes."""
    return NORTHGATE if part.number % 3 else SOUTHBANK


def settle(password: str) -> list[Account]:
    """Make the houses and somebody in every role, as far as they are missing. All share a password."""
    return [account for house in HOUSES for account in _settle_house(house, password)]


def admit_cast(count: int) -> dict[Part, Patient]:
    """The first `count` simulated people as patients of their houses, admitted where they are missing."""
    patients: dict[Part, Patient] = {}
    for house in HOUSES:
        organization_id = organization_id_by_slug(house.slug)
        if organization_id is None:
            raise NotFound(f"There is no organization {house.slug}: `manage.py demo` makes it.")
        with bind(organization_id):
            units = [_unit(name) for name in house.units]
            residents = [part for part in parts(count) if house_of(part) is house]
            for index, part in enumerate(residents):
                patients[part] = _patient(part, units[index // BEDS % len(units)], bed=index + 1)
            _give_accounts(house, residents)
    return patients


def _settle_house(house: House, password: str) -> list[Account]:
    organization_id = organization_id_by_slug(house.slug)
    if organization_id is None:
        organization = create_organization(
            slug=house.slug, name=house.name, manager_email=_email(house, Role.MANAGER), timezone=house.timezone
        )
        organization_id = organization.pk
    with bind(organization_id):
        units = [_unit(name) for name in house.units]
        for role in Role:
            _person(house, role, units, password)
    return [Account(_email(house, role), password, role.value, house.slug) for role in Role]


def _email(house: House, role: Role) -> str:
    return f"{role.value.replace('_', '-')}@{house.slug}.example"


def _unit(name: str) -> Unit:
    return Unit.objects.filter(name=name).first() or add_unit(name=name)


def _person(house: House, role: Role, units: list[Unit], password: str) -> None:
    user = create_user(email=_email(house, role), name=f"{house.name} {role.label}")
    with bind(units[0].organization_id, user_id=user.pk, door=SIGN_IN):
        if not user.check_password(password):
            User.objects.filter(pk=user.pk).update(password=make_password(password), name=f"Demo {role.label.lower()}")
    if not Membership.objects.filter(user_id=user.pk).exists():
        add_member(user=user, role=role, unit_ids=[u.pk for u in units] if role is Role.CLINICIAN else ())


def _patient(part: Part, unit: Unit, *, bed: int) -> Patient:
    return Patient.objects.filter(mrn=part.mrn).first() or admit(
        unit_id=unit.pk,
        mrn=part.mrn,
        given_name=part.given_name,
        family_name=part.family_name,
        birth_date=date(part.birth_year, 1 + part.number % 12, 1 + part.number * 7 % 28),
        sex=part.sex,
        height_cm=part.height_cm,
        mass_kg=part.mass_kg,
        bed=str(bed),
        simulated=True,
    )


def _give_accounts(house: House, residents: list[Part]) -> None:
    """The first resident signs in as the patient, and the caregiver may look at them."""
    patient = Patient.objects.filter(mrn=residents[0].mrn).first() if residents else None
    if patient is None or patient.user_id is not None:
        return
    users = {m.role: m.user_id for m in Membership.objects.all()}
    correct(patient=patient, changes={"user_id": users[Role.PATIENT]})
    expires_at = SYSTEM_CLOCK.now() + timedelta(days=365)
    share(patient=patient, user_id=users[Role.CAREGIVER], expires_at=expires_at)
