"""A device is put on a patient from a moment on and taken off again; never is it on two at a time."""

from datetime import datetime, timedelta

import pytest

from apps.accounts.models import Organization
from apps.accounts.roles import Role
from apps.audit.models import AuditEvent
from apps.core.tenancy import bind
from apps.devices.models import Binding
from tests.admin.browser import Browser, address, browser
from tests.admin.conftest import Things
from tests.factories import now
from tests.personas import World


@pytest.fixture
def technician(world: World) -> Browser:
    return browser(world.north, Role.TECHNICIAN)


def bindings(things: Things) -> list[Binding]:
    with bind(things.hospital.id):
        return list(Binding.objects.filter(device=things.device).order_by("period"))


def field_text(moment: datetime) -> str:
    """As the browser's field for a moment writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def test_it_moves_to_another_patient_from_now_on(world: World, north: Things, technician: Browser) -> None:
    before = now()
    technician.open(address("devices_device_bind", north.device.pk))
    technician.send(patient=str(world.north.bob.pk))
    first, second = bindings(north)
    assert (first.patient_id, second.patient_id) == (world.north.alice.pk, world.north.bob.pk)
    assert first.period.upper == second.period.lower
    assert before <= second.period.lower <= now()
    assert second.period.upper is None
    assert world.north.bob.pseudonym in technician.text


def test_it_is_written_down_who_put_it_on_whom(world: World, north: Things, technician: Browser) -> None:
    technician.open(address("devices_device_bind", north.device.pk))
    technician.send(patient=str(world.north.bob.pk))
    with bind(world.north.id):
        event = AuditEvent.objects.filter(action="device.bound").latest("at")
    assert (event.device_id, event.patient_id) == (north.device.pk, world.north.bob.pk)
    assert event.user_id == world.north.people[Role.TECHNICIAN].pk


def test_it_moves_from_a_given_moment_on(world: World, north: Things, technician: Browser) -> None:
    since = (now() - timedelta(minutes=10)).replace(microsecond=0)
    technician.open(address("devices_device_bind", north.device.pk))
    technician.send(patient=str(world.north.bob.pk), moment=field_text(since))
    assert [binding.period.lower for binding in bindings(north)][1] == since


def test_moments_are_those_of_the_organizations_time_zone(world: World, north: Things, technician: Browser) -> None:
    with bind(world.north.id):
        Organization.objects.update(timezone="Asia/Kolkata")
    technician.open(address("devices_device_bind", north.device.pk))
    assert "Times are those of Asia/Kolkata" in technician.text
    since = (now() - timedelta(minutes=10)).replace(microsecond=0)
    technician.send(patient=str(world.north.bob.pk), moment=field_text(since + timedelta(hours=5, minutes=30)))
    assert [binding.period.lower for binding in bindings(north)][1] == since


@pytest.mark.parametrize("ago", [timedelta(minutes=-5), timedelta(days=400)])
def test_neither_the_future_nor_long_ago_is_taken(
    world: World, north: Things, technician: Browser, ago: timedelta
) -> None:
    technician.open(address("devices_device_bind", north.device.pk))
    technician.send(patient=str(world.north.bob.pk), moment=field_text(now() - ago))
    assert "errorlist" in technician.text
    assert len(bindings(north)) == 1


def test_a_moment_before_it_came_to_its_patient_is_refused_and_changes_nothing(
    world: World, north: Things, technician: Browser
) -> None:
    technician.open(address("devices_device_bind", north.device.pk))
    technician.send(patient=str(world.north.bob.pk), moment=field_text(now() - timedelta(hours=3)))
    assert "on somebody else in that period" in technician.text
    [only] = bindings(north)
    assert (only.patient_id, only.period.upper) == (world.north.alice.pk, None)


def test_it_is_not_put_on_the_patient_it_is_on(world: World, north: Things, technician: Browser) -> None:
    technician.open(address("devices_device_bind", north.device.pk))
    technician.send(patient=str(world.north.alice.pk))
    assert "on this patient already" in technician.text
    assert len(bindings(north)) == 1


def test_it_is_taken_off(world: World, north: Things, technician: Browser) -> None:
    technician.open(address("devices_device_unbind", north.device.pk))
    technician.send()
    [only] = bindings(north)
    assert only.period.upper is not None
    assert "On nobody now." in technician.text
    with bind(world.north.id):
        event = AuditEvent.objects.get(action="device.unbound")
    assert (event.device_id, event.patient_id) == (north.device.pk, world.north.alice.pk)


def test_it_is_taken_off_at_a_given_moment_after_it_was_put_on(north: Things, technician: Browser) -> None:
    technician.open(address("devices_device_unbind", north.device.pk))
    technician.send(moment=field_text(now() - timedelta(hours=2)))
    assert "The device was not on this patient then." in technician.text
    moment = (now() - timedelta(minutes=5)).replace(microsecond=0)
    technician.send(moment=field_text(moment))
    assert bindings(north)[0].period.upper == moment


def test_what_is_on_nobody_is_taken_off_nobody(north: Things, technician: Browser) -> None:
    technician.open(address("devices_device_unbind", north.device.pk))
    technician.send()
    assert technician.open(address("devices_device_unbind", north.device.pk)).status_code == 404


def test_opening_the_page_changes_nothing(north: Things, technician: Browser) -> None:
    for page in ("bind", "unbind", "rotate", "revoke-all", "retire"):
        assert technician.open(address(f"devices_device_{page}", north.device.pk)).status_code == 200
    assert len(bindings(north)) == 1
    with bind(north.hospital.id):
        assert list(north.device.credentials.values_list("revoked_at", flat=True)) == [None]
