"""A manager says how long the own organization keeps what was measured; nobody else does."""

import pytest

from apps.accounts.roles import Role
from apps.audit.models import AuditEvent
from apps.core.tenancy import bind
from apps.readings.models import Retention
from apps.readings.retention import retention, settled_retention
from tests.admin.browser import Browser, address, browser
from tests.personas import World

LIST = "readings_retention_changelist"


@pytest.fixture
def manager(world: World) -> Browser:
    visitor = browser(world.north, Role.MANAGER)
    page = visitor.client.get(address(LIST))
    visitor.open(page["Location"])
    return visitor


def test_the_usual_times_are_shown_until_they_are_changed(world: World, manager: Browser) -> None:
    assert "Waves: ECG" in manager.text
    shown = {name: value for name, (value, *_) in manager.form().data.items() if name.endswith("_days")}
    assert shown == {"waves_days": "90", "values_days": "730", "rollups_days": "3650"}
    manager.send(waves_days="30")
    with bind(world.north.id):
        assert (retention().waves_days, retention().values_days) == (30, 730)
        assert AuditEvent.objects.filter(action="retention.changed").count() == 1
    with bind(world.south.id):
        assert retention().waves_days == 90
        assert not Retention.objects.exists()


@pytest.mark.parametrize("days", ["0", "-3", "", "36501", "many"])
def test_what_is_no_number_of_days_is_refused(world: World, manager: Browser, days: str) -> None:
    manager.send(waves_days=days)
    assert "errorlist" in manager.text
    with bind(world.north.id):
        assert retention().waves_days == 90


def test_there_is_one_and_it_stays(world: World, manager: Browser) -> None:
    with bind(world.north.id):
        own = settled_retention().pk
    assert manager.client.get(address(LIST))["Location"] == address("readings_retention_change", own)
    assert manager.client.get(address("readings_retention_add")).status_code == 403
    assert manager.client.get(address("readings_retention_delete", own)).status_code == 403


def test_the_neighbours_is_not_there(world: World, manager: Browser) -> None:
    with bind(world.south.id):
        theirs = settled_retention().pk
    assert manager.client.get(address("readings_retention_change", theirs)).status_code == 302
    with bind(world.south.id):
        assert retention().waves_days == 90


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.PRIVACY_OFFICER])
def test_other_roles_have_no_say(world: World, role: Role) -> None:
    assert browser(world.north, role).client.get(address(LIST)).status_code == 403
