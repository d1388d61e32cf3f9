"""A manager takes people in, gives them roles and units, and takes those away again."""

import re
from unittest.mock import Mock

import pytest
from django.core import mail
from django.test import Client

from apps.accounts import services
from apps.accounts.models import Membership, MembershipUnit, User
from apps.accounts.roles import Role
from apps.accounts.services import add_member, create_user
from apps.audit.models import AuditEvent
from apps.core.tenancy import SIGN_IN, bind
from tests.admin.browser import Browser, address, browser
from tests.personas import Hospital, World

NEW = "new.nurse@northgate.example"


@pytest.fixture
def manager(world: World) -> Browser:
    return browser(world.north, Role.MANAGER)


@pytest.fixture
def access_changed(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """Who was told that their access has changed."""
    told = Mock()
    monkeypatch.setattr(services, "access_changed", told)
    return told


def membership_of(hospital: Hospital, email: str) -> Membership:
    with bind(hospital.id):
        return Membership.objects.select_related("user").get(user__email=email)


def units_of(hospital: Hospital, membership: Membership) -> set[str]:
    with bind(hospital.id):
        return set(MembershipUnit.objects.filter(membership=membership).values_list("unit__name", flat=True))


def invite(manager: Browser, **fields: object) -> None:
    manager.open(address("accounts_membership_add"))
    manager.send(**{"email": NEW, "name": "New Nurse", "role": "clinician", **fields})


def test_a_person_without_an_account_gets_one_and_a_mail(world: World, manager: Browser) -> None:
    invite(manager, holds_for=[str(world.north.ward.pk)])
    membership = membership_of(world.north, NEW)
    assert (membership.role, membership.user.name) == (Role.CLINICIAN, "New Nurse")
    assert not membership.user.has_usable_password()
    assert units_of(world.north, membership) == {"Ward 1"}
    assert [sent.to for sent in mail.outbox] == [[NEW]]
    assert "Northgate" in mail.outbox[0].subject
    with bind(world.north.id):
        event = AuditEvent.objects.get(action="membership.added")
        assert event.user_id == world.north.people[Role.MANAGER].pk
        assert event.detail["units"] == ["Ward 1"]


def test_the_mail_lets_the_person_set_a_password_and_come_in(world: World, manager: Browser) -> None:
    invite(manager)
    link = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert link
    newcomer = Client()
    page = newcomer.get(link[1], follow=True)
    password = "a horse that nobody rides"
    newcomer.post(page.redirect_chain[-1][0], {"password1": password, "password2": password})
    signed_in = newcomer.post("/accounts/login/", {"login": NEW, "password": password})
    assert signed_in.status_code == 302
    assert newcomer.get("/api/v1/units/").status_code == 200


def test_somebody_who_has_an_account_is_told_and_keeps_name_and_password(world: World, manager: Browser) -> None:
    doctor = world.south.people[Role.CLINICIAN]
    invite(manager, email=doctor.email, name="Somebody Else")
    membership = membership_of(world.north, doctor.email)
    assert membership.user_id == doctor.pk
    assert (membership.user.name, membership.user.password) == (doctor.name, doctor.password)
    assert "password/reset/key" not in mail.outbox[0].body


def test_nobody_is_taken_in_twice(world: World, manager: Browser) -> None:
    invite(manager, email=world.north.people[Role.CLINICIAN].email)
    assert "has a role in the organization already" in manager.text
    assert not mail.outbox


def test_the_mail_can_be_sent_again(world: World, manager: Browser) -> None:
    invite(manager)
    manager.send(address("accounts_membership_invite", membership_of(world.north, NEW).pk))
    assert [sent.to for sent in mail.outbox] == [[NEW], [NEW]]


def test_a_mail_server_that_is_away_does_not_undo_it(world: World, manager: Browser, settings) -> None:  # type: ignore[no-untyped-def]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1
    invite(manager)
    assert membership_of(world.north, NEW).role == Role.CLINICIAN


def test_a_role_and_units_are_changed(world: World, manager: Browser, access_changed: Mock) -> None:
    doctor = world.north.people[Role.CLINICIAN]
    membership = membership_of(world.north, doctor.email)
    manager.open(address("accounts_membership_change", membership.pk))
    assert manager.form().data["holds_for"] == [str(world.north.ward.pk)]
    manager.send(role="technician", holds_for=[str(world.north.annex.pk)])
    assert membership_of(world.north, doctor.email).role == Role.TECHNICIAN
    assert units_of(world.north, membership) == {"Annex"}
    access_changed.assert_called_once_with(doctor.pk)
    with bind(world.north.id):
        assert AuditEvent.objects.get(action="membership.changed").detail["role"] == "technician"


def test_a_unit_of_the_neighbour_is_not_given(world: World, manager: Browser) -> None:
    membership = membership_of(world.north, world.north.people[Role.CLINICIAN].email)
    manager.open(address("accounts_membership_change", membership.pk))
    assert str(world.south.ward.pk) not in manager.form().choices["holds_for"]
    manager.send(holds_for=[str(world.south.ward.pk)])
    assert "errorlist" in manager.text
    assert units_of(world.north, membership) == {"Ward 1"}


def test_a_person_is_removed_and_keeps_the_account(world: World, manager: Browser, access_changed: Mock) -> None:
    doctor = world.north.people[Role.CLINICIAN]
    membership = membership_of(world.north, doctor.email)
    manager.open(address("accounts_membership_delete", membership.pk))
    manager.send()
    with bind(world.north.id):
        assert not Membership.objects.filter(pk=membership.pk).exists()
        assert AuditEvent.objects.get(action="membership.removed").detail["person"] == str(doctor.pk)
    with bind(None, door=SIGN_IN):
        assert User.objects.get(pk=doctor.pk).is_active
    access_changed.assert_called_once_with(doctor.pk)
    assert world.north.client(Role.CLINICIAN).get("/api/v1/patients/").status_code == 400


def test_the_last_manager_stays(world: World, manager: Browser, access_changed: Mock) -> None:
    membership = membership_of(world.north, world.north.people[Role.MANAGER].email)
    manager.open(address("accounts_membership_delete", membership.pk))
    manager.send()
    assert "An organization needs a manager" in manager.text
    manager.open(address("accounts_membership_change", membership.pk))
    manager.send(role="clinician")
    assert "An organization needs a manager" in manager.text
    assert membership_of(world.north, membership.user.email).role == Role.MANAGER
    access_changed.assert_not_called()
    with bind(world.north.id):
        assert not AuditEvent.objects.filter(action__startswith="membership.").exists()


def test_one_of_two_managers_may_go(world: World, manager: Browser) -> None:
    with bind(world.north.id):
        second = add_member(user=create_user(email="second@northgate.example"), role=Role.MANAGER)
    manager.open(address("accounts_membership_delete", second.pk))
    manager.send()
    with bind(world.north.id):
        assert Membership.objects.filter(role=Role.MANAGER).count() == 1


def test_people_are_found_by_name_and_address(world: World, manager: Browser) -> None:
    people = address("accounts_membership_changelist")
    for wanted in ("clinician", "CLINICIAN@NORTHGATE"):
        assert "clinician@northgate.example" in manager.open(f"{people}?q={wanted}").content.decode()
    assert "clinician@northgate.example" not in manager.open(f"{people}?q=caregiver").content.decode()
    in_ward = manager.open(f"{people}?unit={world.north.ward.pk}").content.decode()
    assert "clinician@northgate.example" in in_ward
    assert "caregiver@northgate.example" not in in_ward


def test_a_removed_managers_open_page_does_nothing_more(world: World, manager: Browser) -> None:
    with bind(world.north.id):
        add_member(user=create_user(email="second@northgate.example"), role=Role.MANAGER)
        manager.open(address("accounts_membership_add"))
        Membership.objects.get(user=world.north.people[Role.MANAGER]).delete()
    invite_page = manager.form()
    data = {**invite_page.data, "email": NEW, "name": "New Nurse", "role": "clinician"}
    assert manager.client.post(address("accounts_membership_add"), data).status_code == 302
    with bind(world.north.id):
        assert not Membership.objects.filter(user__email=NEW).exists()
