"""A manager names the organization and its units; the platform's operator makes organizations."""

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from apps.accounts.models import Membership, Organization, Unit, User
from apps.accounts.roles import Role
from apps.accounts.selectors import organization_id_by_slug
from apps.audit.models import AuditEvent
from apps.core.tenancy import SIGN_IN, bind
from tests.admin.browser import Browser, address, an_operator, browser
from tests.personas import World


@pytest.fixture
def manager(world: World) -> Browser:
    return browser(world.north, Role.MANAGER)


def test_a_manager_changes_name_and_time_zone_of_the_own_organization(world: World, manager: Browser) -> None:
    manager.client.get(address("accounts_organization_changelist"))
    manager.open(address("accounts_organization_change", world.north.id))
    manager.send(name="Northgate General", timezone="Europe/Berlin", slug="southbank")
    with bind(world.north.id):
        organization = Organization.objects.get()
        assert (organization.name, organization.timezone) == ("Northgate General", "Europe/Berlin")
        assert organization.slug == "northgate"
        assert AuditEvent.objects.filter(action="organization.changed").count() == 1


def test_a_time_zone_that_is_none_is_refused(world: World, manager: Browser) -> None:
    manager.open(address("accounts_organization_change", world.north.id))
    manager.send(timezone="Mars/Olympus")
    assert "errorlist" in manager.text


def test_a_manager_makes_no_organization(world: World, manager: Browser) -> None:
    assert manager.client.get(address("accounts_organization_add")).status_code == 403
    assert manager.client.get(address("accounts_organization_delete", world.north.id)).status_code == 403


def test_units_are_added_and_renamed_and_stay(world: World, manager: Browser) -> None:
    manager.open(address("accounts_unit_add"))
    manager.send(name="Dialysis")
    with bind(world.north.id):
        unit = Unit.objects.get(name="Dialysis")
        assert unit.organization_id == world.north.id
    manager.open(address("accounts_unit_change", unit.pk))
    manager.send(name="Kidney ward")
    with bind(world.north.id):
        assert Unit.objects.get(pk=unit.pk).name == "Kidney ward"
        actions = AuditEvent.objects.filter(action__startswith="unit.").order_by("at")
        assert list(actions.values_list("action", flat=True)) == ["unit.added", "unit.changed"]
    assert manager.client.get(address("accounts_unit_delete", unit.pk)).status_code == 403


def test_a_units_name_is_given_once_in_an_organization(world: World, manager: Browser) -> None:
    manager.open(address("accounts_unit_add"))
    manager.send(name="ward 1")
    assert "There is a unit of this name already." in manager.text


def test_the_operator_makes_an_organization_and_invites_its_manager(world: World) -> None:
    operator = an_operator()
    operator.open(address("accounts_organization_add"))
    operator.send(slug="westend", name="Westend", timezone="UTC", manager_email="head@westend.example")
    organization_id = organization_id_by_slug("westend")
    with bind(organization_id):
        assert Membership.objects.get().role == Role.MANAGER
        event = AuditEvent.objects.get()
        assert (event.action, event.role) == ("organization.created", "operator")
    assert [sent.to for sent in mail.outbox] == [["head@westend.example"]]
    assert "password/reset/key" in mail.outbox[0].body


@pytest.mark.parametrize(
    ("slug", "said"), [("northgate", "already"), ("North Gate", "slug"), ("-Up", "lower-case letters")]
)
def test_an_organization_that_cannot_be_made_is_refused(world: World, slug: str, said: str) -> None:
    operator = an_operator()
    operator.open(address("accounts_organization_add"))
    operator.send(slug=slug, name="Another", timezone="UTC", manager_email="head@another.example")
    assert said in operator.text
    assert not mail.outbox
    with bind(None, door=SIGN_IN):
        assert not User.objects.filter(email="head@another.example").exists()


def test_an_operator_is_made_by_command_and_belongs_to_nobody(world: World) -> None:
    call_command("create_operator", "root@platform.example")
    with bind(None, door=SIGN_IN):
        assert User.objects.get(email="root@platform.example").is_operator
    with pytest.raises(CommandError, match="belongs to an organization"):
        call_command("create_operator", "manager@northgate.example")
    with bind(None, door=SIGN_IN):
        assert not User.objects.get(email="manager@northgate.example").is_operator
