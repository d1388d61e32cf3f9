"""Where the broker is a Mosquitto: which of a device's secrets stands in its file, and what is refused for that."""

import hashlib
from base64 import b64decode
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from apps.core.clock import SYSTEM_CLOCK
from apps.core.errors import Conflict
from apps.core.tenancy import bind
from apps.devices import mosquitto_keeper
from apps.devices.models import Credential, Device, Purpose
from apps.devices.mosquitto_keeper import Listing, listing_of
from apps.devices.services import issue_credential, provision, retire, revoke, rotate
from apps.ingest.connection import connect
from tests.personas import World


def listing() -> Listing:
    connection = connect()
    try:
        return listing_of(connection)
    finally:
        connection.close()


def is_of(entry: str, secret: str) -> bool:
    """Compares as Mosquitto does."""
    empty, kind, iterations, salt, digest = entry.split("$")
    made = hashlib.pbkdf2_hmac("sha512", secret.encode(), b64decode(salt), int(iterations), 64)
    return (empty, kind) == ("", "7") and made == b64decode(digest)


@pytest.fixture
def device(world: World) -> tuple[Device, str]:
    with bind(world.north.id):
        made = provision(model="Node", uid="node-one")
    return made.device, made.secret


def test_the_oldest_good_secret_counts_until_it_is_revoked(world: World, device: tuple[Device, str]) -> None:
    made, first = device
    with bind(world.north.id):
        second, third = rotate(device=made), rotate(device=made)
    assert is_of(listing().entries["node-one"], first)
    for newer in (second, third):
        with bind(world.north.id):
            oldest = made.credentials.select_related("device").filter(revoked_at=None).earliest("created_at")
            revoke(credentials=[oldest])
        assert is_of(listing().entries["node-one"], newer)


def test_devices_of_every_organization_are_listed_and_retired_ones_are_not(world: World) -> None:
    for hospital, uid in ((world.north, "node-north"), (world.south, "node-south"), (world.south, "node-retired")):
        with bind(hospital.id):
            made = provision(model="Node", uid=uid)
            if uid == "node-retired":
                retire(device=made.device)
    assert set(listing().entries) == {"node-north", "node-south"}


def test_it_is_known_when_the_next_one_expires(world: World, device: tuple[Device, str]) -> None:
    made, _ = device
    now = SYSTEM_CLOCK.now()
    with bind(world.north.id):
        revoke(credentials=list(made.credentials.select_related("device")))
        issue_credential(device=made, purpose=Purpose.SIMULATOR, expires_at=now - timedelta(seconds=1))
    assert listing().entries == {}
    with bind(world.north.id):
        issue_credential(device=made, purpose=Purpose.SIMULATOR, expires_at=now + timedelta(seconds=8))
    found = listing()
    assert set(found.entries) == {"node-one"}
    assert 0 < found.good_for_s <= 8


def test_a_secret_without_an_entry_and_an_ingests_name_are_said_to_be_left_out(
    world: World, device: tuple[Device, str]
) -> None:
    with bind(world.north.id):
        Credential.objects.update(mosquitto_entry="")
        provision(model="Node", uid="bodylink-ingest-one")
    found = listing()
    assert found.entries == {}
    assert found.without == {"node-one", "bodylink-ingest-one"}
    with bind(world.north.id):
        newer = rotate(device=device[0])
    assert is_of(listing().entries["node-one"], newer)


def test_a_replay_is_refused_where_it_would_take_the_place_of_the_device(
    world: World, device: tuple[Device, str], settings: Any
) -> None:
    made, _ = device
    ends_at = SYSTEM_CLOCK.now() + timedelta(minutes=1)
    with bind(world.north.id):
        issue_credential(device=made, purpose=Purpose.REPLAY, expires_at=ends_at)  # a broker that holds several
    settings.MQTT_BROKER = "mosquitto"
    with bind(world.north.id), pytest.raises(Conflict, match="Mosquitto holds one secret of a device"):
        issue_credential(device=made, purpose=Purpose.REPLAY, expires_at=ends_at)
    with bind(world.north.id):
        revoke(credentials=list(made.credentials.select_related("device")))
        secret = issue_credential(device=made, purpose=Purpose.REPLAY, expires_at=ends_at)
    assert is_of(listing().entries["node-one"], secret)


def test_whoever_keeps_the_file_hears_of_a_change_when_it_is_committed(world: World) -> None:
    connection = connect()
    try:
        connection.execute(f"LISTEN {mosquitto_keeper.CREDENTIALS_CHANNEL}")
        with bind(world.north.id):
            made = provision(model="Node", uid="node-one")
            assert list(connection.notifies(timeout=0.2, stop_after=1)) == []
        assert len(list(connection.notifies(timeout=5, stop_after=1))) == 1
        with bind(world.north.id):
            revoke(credentials=list(made.device.credentials.select_related("device")))
        assert len(list(connection.notifies(timeout=5, stop_after=1))) == 1
        with bind(world.north.id):
            Credential.objects.all().delete()
        assert len(list(connection.notifies(timeout=5, stop_after=1))) == 1
    finally:
        connection.close()


@pytest.mark.parametrize("user", ["ingest:secret@", "bodylink_platform@", ""])
def test_the_keeper_refuses_an_account_that_a_device_could_be_called(world: World, settings: Any, user: str) -> None:
    settings.MQTT_URL = f"mqtts://{user}broker:8884"
    with pytest.raises(CommandError, match="MQTT_URL needs a user whom no device can be called"):
        call_command("mosquitto_credentials", password_file="passwords", pid_file="pid")
    connections.close_all()
