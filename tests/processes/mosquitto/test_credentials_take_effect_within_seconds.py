"""Mosquitto lets in whose credential is good, without a restart: provisioning, revocation, expiry, rotation."""

import json
import os
import signal
import ssl
import subprocess
import time
from datetime import timedelta

import pytest

from apps.core.clock import SYSTEM_CLOCK
from apps.core.tenancy import bind
from apps.demo.services.supervisor import Supervisor
from apps.devices.brokers.mosquitto import reload
from apps.devices.models import Credential, Device, Purpose
from apps.devices.mosquitto_keeper import APPLICATION
from apps.devices.services import Provisioned, issue_credential, provision, retire, revoke, rotate
from apps.ingest.connection import connect
from tests.personas import World
from tests.processes.mosquitto.broker import DEVICES_PORT, PLATFORM_PORT, Mosquitto
from tests.processes.mosquitto.conftest import WITHIN_S, Nodes, Say, accepted
from tests.waiting import until

pytestmark = pytest.mark.processes


def credentials_of(who: Provisioned) -> list[Credential]:
    return list(Credential.objects.select_related("device").filter(device=who.device).order_by("created_at"))


def test_a_revoked_credential_closes_the_connection_and_opens_none(
    world: World, mosquitto: Mosquitto, nodes: Nodes, say: Say
) -> None:
    north, south = nodes
    with (
        mosquitto.connect(north.device.uid, north.secret) as revoked,
        mosquitto.connect(south.device.uid, south.secret) as untouched,
        mosquitto.ingest() as ingest,
    ):
        with bind(world.north.id):
            revoke(credentials=credentials_of(north))
        begun = time.monotonic()
        until(revoked.lost.is_set, "the connection is closed", WITHIN_S)
        say("revoked to closed", time.monotonic() - begun)
        assert not accepted(mosquitto, north)
        assert untouched.publish(f"bl/v1/{south.device.uid}/up/frame", b"anything")
        assert not untouched.lost.is_set()
        assert not ingest.lost.is_set()


def test_a_retired_device_is_out(world: World, mosquitto: Mosquitto, nodes: Nodes) -> None:
    north, _ = nodes
    with mosquitto.connect(north.device.uid, north.secret) as client:
        with bind(world.north.id):
            retire(device=Device.objects.get(pk=north.device.pk))
        until(client.lost.is_set, "the connection is closed", WITHIN_S)


def test_an_expired_credential_ends_by_itself(world: World, mosquitto: Mosquitto, nodes: Nodes, say: Say) -> None:
    north, _ = nodes
    ends_at = SYSTEM_CLOCK.now() + timedelta(seconds=4)
    with bind(world.north.id):
        revoke(credentials=credentials_of(north))
        secret = issue_credential(device=north.device, purpose=Purpose.SIMULATOR, expires_at=ends_at)
    until(lambda: accepted(mosquitto, north, secret), "the temporary secret is good", WITHIN_S)
    with mosquitto.connect(north.device.uid, secret) as client:
        until(client.lost.is_set, "the connection is closed", 4 + WITHIN_S)
        say("expired to closed", (SYSTEM_CLOCK.now() - ends_at).total_seconds())
    assert not accepted(mosquitto, north, secret)


def test_a_device_keeps_its_secret_until_it_is_revoked_and_then_the_new_one_counts(
    world: World, mosquitto: Mosquitto, nodes: Nodes, say: Say
) -> None:
    north, _ = nodes
    with mosquitto.connect(north.device.uid, north.secret) as live:
        with bind(world.north.id):
            newer = rotate(device=north.device)
        time.sleep(2)
        assert not live.lost.is_set()
        assert not accepted(mosquitto, north, newer)
        assert not live.lost.is_set()
        with bind(world.north.id):
            revoke(credentials=credentials_of(north)[:1])
        begun = time.monotonic()
        until(lambda: accepted(mosquitto, north, newer), "the new secret is good", WITHIN_S)
        say("old one revoked to new one accepted", time.monotonic() - begun)
        assert live.lost.is_set()
    assert not accepted(mosquitto, north)


def test_wrong_secrets_strangers_and_nobody_are_refused(mosquitto: Mosquitto, nodes: Nodes) -> None:
    north, south = nodes
    for port in (DEVICES_PORT, PLATFORM_PORT):
        for name, secret in ((north.device.uid, south.secret), (north.device.uid, ""), ("stranger", "x"), ("", "")):
            with mosquitto.connect(name, secret, port=port, client_id="somebody") as client:
                assert client.accepted is False, (name, port)


def test_a_secret_from_before_entries_were_kept_is_named_and_a_new_one_counts_at_once(
    world: World, mosquitto: Mosquitto, nodes: Nodes, supervisor: Supervisor
) -> None:
    with bind(world.north.id):
        old = provision(model="Node", uid="node-from-before")
        Credential.objects.filter(device=old.device).update(mosquitto_entry="")
    log = mosquitto.passwords.parent.parent / "keeper.log"
    until(lambda: "node-from-before" in log.read_text(), "the keeper names it", WITHIN_S)
    assert not accepted(mosquitto, old)
    with bind(world.north.id):
        newer = rotate(device=old.device)
    until(lambda: accepted(mosquitto, old, newer), "its new secret is good", WITHIN_S)


def test_what_changed_while_the_broker_was_away_counts_when_it_is_back(
    world: World, mosquitto: Mosquitto, nodes: Nodes, supervisor: Supervisor
) -> None:
    north, south = nodes
    mosquitto.kill(supervisor)
    with bind(world.north.id):
        revoke(credentials=credentials_of(north))
    mosquitto.wait_until_back(supervisor)
    until(lambda: not accepted(mosquitto, north), "it is refused", WITHIN_S)
    assert accepted(mosquitto, south)


def test_a_revocation_counts_though_the_keeper_lost_its_database_or_its_life(
    world: World, mosquitto: Mosquitto, nodes: Nodes, supervisor: Supervisor, say: Say
) -> None:
    north, south = nodes
    ingests = connect()
    query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"
    assert ingests.execute(query, [APPLICATION]).fetchall() == [(True,)]
    ingests.close()
    with mosquitto.connect(north.device.uid, north.secret) as client:
        with bind(world.north.id):
            revoke(credentials=credentials_of(north))
        until(client.lost.is_set, "the connection is closed", WITHIN_S)
    with mosquitto.connect(south.device.uid, south.secret) as client:
        keeper = supervisor.pid("keeper")
        assert keeper is not None
        os.kill(keeper, signal.SIGKILL)
        until(lambda: supervisor.pid("keeper") is None, "the keeper is dead", WITHIN_S)
        with bind(world.south.id):
            revoke(credentials=credentials_of(south))
        begun = time.monotonic()
        until(lambda: supervisor.tick() or client.lost.is_set(), "the connection is closed", 4 * WITHIN_S)
        say("keeper started again to closed", time.monotonic() - begun)


def test_provision_device_prints_credentials_that_are_accepted(
    world: World, mosquitto: Mosquitto, supervisor: Supervisor, say: Say
) -> None:
    arguments = ["--organization", world.north.organization.slug, "--model", "Node", "--json"]
    command = mosquitto.manage("provision", "provision_device", *arguments)
    begun = time.monotonic()
    done = subprocess.run(command.argv, env=command.env, cwd=command.cwd, check=True, capture_output=True, timeout=60)
    say("provision_device, all of it", time.monotonic() - begun)
    printed = json.loads(done.stdout)
    with mosquitto.connect(printed["username"], printed["password"]) as client:
        assert client.accepted


def test_a_new_certificate_counts_after_a_signal_and_connections_stay(mosquitto: Mosquitto, nodes: Nodes) -> None:
    north, south = nodes
    with mosquitto.connect(north.device.uid, north.secret) as client:
        former = mosquitto.tls()
        mosquitto.certify()
        reload(mosquitto.pid_file)
        until(lambda: accepted(mosquitto, south), "who knows the new certificate is let in", WITHIN_S)
        with pytest.raises(ssl.SSLCertVerificationError):
            mosquitto.connect(south.device.uid, south.secret, tls=former)
        assert not client.lost.is_set()


def test_the_file_holds_no_secret_and_is_the_keepers_alone(mosquitto: Mosquitto, nodes: Nodes) -> None:
    text = mosquitto.passwords.read_text()
    assert mosquitto.passwords.stat().st_mode & 0o777 == 0o600
    assert all(node.secret not in text and f"{node.device.uid}:$7$" in text for node in nodes)
