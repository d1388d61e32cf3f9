"""A device's secrets are rotated and revoked, and end with its service."""

from typing import Any

import psycopg
import pytest
from django.db import connections

from apps.accounts.roles import Role
from apps.audit.models import AuditEvent
from apps.core.errors import Conflict
from apps.core.tenancy import bind
from apps.devices.models import Binding, Credential, Device, Purpose
from apps.devices.services import REVOKED_CHANNEL, issue_credential, verifier_of
from tests.admin.browser import Browser, address, browser
from tests.admin.conftest import Things
from tests.personas import World


@pytest.fixture
def technician(world: World) -> Browser:
    return browser(world.north, Role.TECHNICIAN)


def actions(things: Things) -> list[str]:
    with bind(things.hospital.id):
        events = AuditEvent.objects.filter(device_id=things.device.pk).exclude(pk=things.event.pk)
        return list(events.order_by("at").values_list("action", flat=True))


def test_a_new_secret_is_shown_once_and_the_old_one_stays_good(
    world: World, north: Things, technician: Browser
) -> None:
    technician.open(address("devices_device_rotate", north.device.pk))
    technician.send()
    secret = technician.text.split('id="mqtt-password">')[1].split("<")[0]
    assert "no-store" in technician.page["Cache-Control"]
    with bind(world.north.id):
        credentials = Credential.objects.filter(device=north.device).order_by("created_at")
        assert [(c.purpose, c.revoked_at) for c in credentials] == [(Purpose.DEVICE, None), (Purpose.ROTATION, None)]
        assert credentials[1].verifier == verifier_of(secret)
    assert secret not in technician.open(address("devices_device_change", north.device.pk)).content.decode()


def test_a_broker_that_holds_one_secret_is_said_to_take_the_new_one_later(
    north: Things, technician: Browser, settings: Any
) -> None:
    technician.open(address("devices_device_rotate", north.device.pk))
    assert "holds one secret" not in technician.text
    settings.MQTT_BROKER = "mosquitto"
    technician.open(address("devices_device_rotate", north.device.pk))
    assert "the new one counts as soon as those are revoked" in technician.text
    technician.send()
    assert "this one counts as soon as the former ones are revoked" in technician.text


def test_one_is_revoked_and_the_gatekeeper_hears_of_it(world: World, north: Things, technician: Browser) -> None:
    with bind(world.north.id):
        issue_credential(device=north.device, purpose=Purpose.ROTATION)
    with _listening() as notices:
        technician.open(address("devices_device_revoke", north.device.pk, north.credential.pk))
        technician.send()
        assert [notice.payload for notice in notices.notifies(timeout=5, stop_after=1)] == [north.device.uid]
    with bind(world.north.id):
        good = Credential.objects.filter(device=north.device, revoked_at=None)
        assert [c.purpose for c in good] == [Purpose.ROTATION]
    assert actions(north)[-1] == "credential.revoked"


def test_a_credential_of_another_device_is_not_revoked_from_here(
    world: World, north: Things, technician: Browser
) -> None:
    with bind(world.north.id):
        other = Device.objects.create(organization_id=world.north.id, uid="other-node", model="node")
    url = address("devices_device_revoke", other.pk, north.credential.pk)
    assert world.north.client(Role.TECHNICIAN).post(url).status_code == 404
    with bind(world.north.id):
        assert Credential.objects.get(pk=north.credential.pk).revoked_at is None


def test_all_are_revoked(world: World, north: Things, technician: Browser) -> None:
    with bind(world.north.id):
        issue_credential(device=north.device, purpose=Purpose.ROTATION)
    technician.open(address("devices_device_revoke-all", north.device.pk))
    technician.send()
    with bind(world.north.id):
        assert not Credential.objects.filter(device=north.device, revoked_at=None).exists()
    assert actions(north)[-2:] == ["credential.revoked"] * 2


def test_a_retired_device_is_on_nobody_and_has_no_secret(world: World, north: Things, technician: Browser) -> None:
    technician.open(address("devices_device_retire", north.device.pk))
    technician.send()
    assert "retired" in technician.text
    with bind(world.north.id):
        assert Device.objects.get(pk=north.device.pk).retired_at is not None
        assert not Credential.objects.filter(device=north.device, revoked_at=None).exists()
        assert not Binding.objects.filter(device=north.device, period__endswith=None).exists()
    assert sorted(actions(north)[-3:]) == ["credential.revoked", "device.retired", "device.unbound"]


def test_nothing_more_is_done_with_a_retired_device(world: World, north: Things, technician: Browser) -> None:
    technician.open(address("devices_device_retire", north.device.pk))
    technician.send()
    client = world.north.client(Role.TECHNICIAN)
    for page in ("bind", "unbind", "rotate", "revoke-all", "retire"):
        assert client.post(address(f"devices_device_{page}", north.device.pk)).status_code == 404, page
    assert client.post(address("devices_device_change", north.device.pk), {"label": "x"}).status_code == 403
    page = client.get(address("devices_device_change", north.device.pk))
    assert page.status_code == 200
    assert "New secret" not in page.content.decode()
    with bind(world.north.id), pytest.raises(Conflict):
        issue_credential(device=Device.objects.get(pk=north.device.pk), purpose=Purpose.DEVICE)


def _listening() -> psycopg.Connection:
    """A connection that hears what the gatekeeper hears."""
    settings = connections["ingest"].settings_dict
    connection = psycopg.connect(
        host=settings["HOST"],
        port=settings["PORT"],
        user=settings["USER"],
        password=settings["PASSWORD"],
        dbname=settings["NAME"],
        autocommit=True,
    )
    connection.execute(f"LISTEN {REVOKED_CHANNEL}")
    return connection
