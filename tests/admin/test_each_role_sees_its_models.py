"""The admin shows each role what the policy table grants it, and opens to no other role."""

import re

import pytest

from apps.accounts.policy import TABLE
from apps.accounts.roles import Role
from tests.admin.browser import address, an_operator, browser
from tests.personas import World

EXPECTED = {
    Role.MANAGER: {
        "accounts.organization",
        "accounts.unit",
        "accounts.membership",
        "alerts.rule",
        "readings.retention",
    },
    Role.TECHNICIAN: {"devices.device", "ingest.quarantined", "audit.auditevent"},
    Role.PRIVACY_OFFICER: {"audit.auditevent", "patients.breakglass"},
}
EVERY_MODEL = set().union(*EXPECTED.values())
WITHOUT = sorted(set(Role) - set(EXPECTED))


def models_on(text: str) -> set[str]:
    """Models that a page of the admin links to or names in its list of apps."""
    return {f"{app}.{model}" for app, model in re.findall(r"/admin/(\w+)/(\w+)/", text)}


@pytest.mark.parametrize("role", EXPECTED)
def test_the_index_lists_exactly_the_roles_models(world: World, role: Role) -> None:
    page = browser(world.north, role).open(address("index"))
    assert page.status_code == 200
    assert models_on(page.content.decode()) == EXPECTED[role] == set(TABLE[role].admin)


@pytest.mark.parametrize("role", EXPECTED)
def test_each_list_of_the_role_opens_and_no_other(world: World, role: Role) -> None:
    visitor = browser(world.north, role)
    for model in EVERY_MODEL:
        app, name = model.split(".")
        status = visitor.client.get(address(f"{app}_{name}_changelist"), follow=True).status_code
        assert status == (200 if model in EXPECTED[role] else 403), model


@pytest.mark.parametrize("role", WITHOUT)
def test_roles_without_models_are_sent_away(world: World, role: Role) -> None:
    visitor = browser(world.north, role)
    for url in [address("index"), *(address(f"{m.replace('.', '_')}_changelist") for m in EVERY_MODEL)]:
        page = visitor.client.get(url)
        assert page.status_code == 302
        assert page["Location"].startswith(address("login")), url
    assert visitor.client.get(address("login"))["Location"] == "/"


def test_who_is_not_signed_in_goes_through_the_one_sign_in(world: World, client) -> None:  # type: ignore[no-untyped-def]
    page = client.get(address("devices_device_changelist"), follow=False)
    assert page["Location"] == "/admin/login/?next=/admin/devices/device/"
    page = client.get(page["Location"])
    assert page["Location"] == "/accounts/login/?next=%2Fadmin%2Fdevices%2Fdevice%2F"


def test_the_admins_sign_in_leads_nowhere_else(world: World) -> None:
    technician = browser(world.north, Role.TECHNICIAN)
    assert technician.client.get("/admin/login/?next=/admin/devices/device/")["Location"] == "/admin/devices/device/"
    assert technician.client.get("/admin/login/?next=https://elsewhere.example/")["Location"] == "/admin/"


def test_the_operator_sees_organizations_to_make_and_the_quarantine(world: World) -> None:
    operator = an_operator()
    assert models_on(operator.open(address("index")).content.decode()) == {
        "accounts.organization",
        "ingest.quarantined",
    }
    for model in EVERY_MODEL - {"ingest.quarantined"}:
        app, name = model.split(".")
        assert operator.client.get(address(f"{app}_{name}_changelist")).status_code == 403, model


def test_passwords_and_signing_out_are_not_the_admins(world: World) -> None:
    technician = browser(world.north, Role.TECHNICIAN)
    assert technician.client.get("/admin/password_change/")["Location"] == "/accounts/password/change/"
    assert technician.client.get("/admin/logout/")["Location"] == "/accounts/logout/"
