"""After signing in each role arrives at its own page."""

import pytest
from django.test import Client

from apps.accounts.roles import Role
from apps.accounts.services import add_member
from apps.core.tenancy import bind
from tests.personas import World


@pytest.mark.parametrize(
    ("role", "where"), [(Role.CLINICIAN, "/ward/"), (Role.PATIENT, "/me/"), (Role.CAREGIVER, "/me/")]
)
def test_those_who_look_after_people_go_to_them(world: World, role: Role, where: str) -> None:
    assert world.north.client(role).get("/").headers["Location"] == where


@pytest.mark.parametrize(
    ("role", "link"),
    [
        (Role.MANAGER, "/admin/accounts/membership/"),
        (Role.TECHNICIAN, "/admin/devices/device/"),
        (Role.PRIVACY_OFFICER, "/admin/audit/auditevent/"),
    ],
)
def test_the_others_are_shown_their_tools(world: World, role: Role, link: str) -> None:
    page = world.north.client(role).get("/")
    assert f'href="{link}"' in page.content.decode()


def test_who_is_not_signed_in_is_asked_to(database: None, client: Client) -> None:
    for path in ("/", "/ward/", "/me/", "/organizations/"):
        assert client.get(path).headers["Location"].startswith("/accounts/login/")


def test_with_a_role_in_two_organizations_one_chooses(world: World) -> None:
    person = world.north.people[Role.CLINICIAN]
    with bind(world.south.id):
        add_member(user=person, role=Role.CLINICIAN, unit_ids=[world.south.ward.pk])
    browser = world.north.client(Role.CLINICIAN)
    assert browser.get("/").headers["Location"] == "/organizations/"
    assert browser.post("/organizations/", {"organization": "southbank"}).status_code == 302
    assert browser.get(f"/ward/{world.south.ward.pk}/").status_code == 200
    assert browser.get(f"/ward/{world.north.ward.pk}/").status_code == 404


def test_one_cannot_choose_an_organization_one_has_no_role_in(world: World) -> None:
    browser = world.north.client(Role.CLINICIAN)
    assert browser.post("/organizations/", {"organization": "southbank"}).status_code == 404


def test_choosing_does_not_lead_away_from_here(world: World) -> None:
    answer = world.north.client(Role.CLINICIAN).post(
        "/organizations/", {"organization": "northgate", "next": "https://elsewhere.example/"}
    )
    assert answer.headers["Location"] == "/"
