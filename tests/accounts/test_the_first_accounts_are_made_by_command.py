"""`create_organization` and `create_operator`: what they make, and what is refused whole, in one line."""

import re
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from apps.accounts.models import Membership, Organization, Unit
from apps.accounts.roles import Role
from apps.accounts.selectors import organization_id_by_slug
from apps.accounts.services import take_in
from apps.alerts.models import Rule
from apps.core.errors import Conflict
from apps.core.tenancy import bind
from tests.personas import World

EMAIL = "first@eastfield.example"
PASSWORD = "a long enough pass phrase"


def make(slug: str = "eastfield", name: str = "Eastfield", manager: str = EMAIL, *more: str) -> str:
    said = StringIO()
    call_command("create_organization", slug, "--name", name, "--manager", manager, *more, stdout=said)
    return said.getvalue()


def make_operator(email: str) -> None:
    call_command("create_operator", email, stdout=StringIO())


def choose_a_password(client: Client, email: str) -> None:
    """By the reset link of the sign-in page, as the command says."""
    client.post("/accounts/password/reset/", {"email": email})
    link = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", str(mail.outbox[-1].body))
    assert link
    form = client.get(link[1], follow=True).redirect_chain[-1][0]
    assert client.post(form, {"password1": PASSWORD, "password2": PASSWORD}).status_code == 302


def test_an_organization_has_its_first_manager_and_the_rules_it_starts_with(world: World) -> None:
    assert make("eastfield", "Eastfield", EMAIL, "--timezone", "Europe/Madrid") == (
        f"Eastfield (eastfield) is made; {EMAIL} manages it.\n"
    )
    organization_id = organization_id_by_slug("eastfield")
    assert organization_id
    with bind(organization_id):
        assert Organization.objects.get().timezone == "Europe/Madrid"
        assert [membership.role for membership in Membership.objects.all()] == [Role.MANAGER]
        assert Rule.objects.exists()
        assert not Unit.objects.exists()


def test_the_manager_chooses_a_password_and_finds_people_to_invite(world: World) -> None:
    make()
    client = Client()
    choose_a_password(client, EMAIL)
    client.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
    page = client.get("/", follow=True).content.decode()
    assert "Eastfield" in page
    assert "/admin/accounts/membership/" in page
    assert "Northgate" not in page


def test_one_who_manages_elsewhere_may_manage_this_one_too(world: World) -> None:
    make(manager="manager@northgate.example")
    client = world.north.client(Role.MANAGER)
    assert client.get("/").headers["Location"] == "/organizations/"
    assert client.post("/organizations/", {"organization": "eastfield"}).status_code == 302
    assert "Eastfield" in client.get("/", follow=True).content.decode()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("northgate", "North"), "There is an organization northgate already."),
        (("East Field", "East"), "The slug may hold lower-case letters"),
        (("", "East"), "cannot be blank"),
        (("e" * 41, "East"), "at most 40 characters"),
        (("eastfield", "  "), "cannot be blank"),
        (("eastfield", "E" * 121), "at most 120 characters"),
        (("eastfield", "East", "nobody"), "nobody is no e-mail address"),
        (("eastfield", "East", EMAIL, "--timezone", "Mars/Olympus"), "is not a time zone"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line_and_leaves_nothing(
    world: World, given: tuple[str, ...], said: str
) -> None:
    before = organization_id_by_slug(given[0])
    with pytest.raises(CommandError, match=said):
        make(*given)
    assert organization_id_by_slug(given[0]) == before


def test_nobody_is_operator_and_member(world: World) -> None:
    make_operator("operator@platform.example")
    with pytest.raises(CommandError, match="operator belongs to no organization"):
        make(manager="operator@platform.example")
    assert organization_id_by_slug("eastfield") is None
    with bind(world.north.id), pytest.raises(Conflict, match="operator belongs to no organization"):
        take_in(actor=world.north.actor(Role.MANAGER), email="operator@platform.example", name="", role=Role.TECHNICIAN)
    with pytest.raises(CommandError, match="belongs to an organization"):
        make_operator("manager@northgate.example")
    with pytest.raises(CommandError, match="no e-mail address"):
        make_operator("nobody")
