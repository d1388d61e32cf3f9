"""A technician makes a device and sees its secret once; nothing keeps it but the device."""

import shutil
import subprocess
from unittest.mock import Mock

import pytest
from django.db import connections

from apps.accounts.roles import Role
from apps.audit.models import AuditEvent
from apps.core.tenancy import bind
from apps.devices import broker
from apps.devices.models import Credential, Device
from apps.devices.services import verifier_of
from apps.ingest.wire import decode
from tests.admin.browser import Browser, address, browser
from tests.admin.conftest import Things
from tests.personas import World


def provision(technician: Browser, **fields: str) -> str:
    """Fill in the form; the secret that the answer shows."""
    technician.open(address("devices_device_add"))
    technician.send(**fields)
    return shown(technician, "mqtt-password")


def shown(technician: Browser, element: str) -> str:
    return technician.text.split(f'id="{element}">')[1].split("<")[0]


@pytest.fixture
def technician(world: World) -> Browser:
    return browser(world.north, Role.TECHNICIAN)


def test_its_credentials_are_shown_in_the_answer_to_the_form(world: World, technician: Browser, settings) -> None:  # type: ignore[no-untyped-def]
    settings.MQTT_PUBLIC_HOST, settings.MQTT_PUBLIC_PORT = "mqtt.northgate.example", 8883
    secret = provision(technician, model="bodylink-node", label="Strap 1", uid="strap-0001")
    assert technician.page.status_code == 200
    assert shown(technician, "mqtt-host") == "mqtt.northgate.example"
    assert shown(technician, "mqtt-port") == "8883"
    assert shown(technician, "mqtt-username") == "strap-0001"
    assert shown(technician, "mqtt-topic") == "bl/v1/strap-0001/up/frame"
    assert "bl/v1/strap-0001/down/#" in technician.text
    with bind(world.north.id):
        device = Device.objects.get(uid="strap-0001")
        assert (device.model, device.label) == ("bodylink-node", "Strap 1")
        assert [c.verifier for c in device.credentials.all()] == [verifier_of(secret)]


def test_no_cache_and_no_cookie_keeps_the_secret(technician: Browser) -> None:
    secret = provision(technician, model="bodylink-node")
    assert "no-store" in technician.page["Cache-Control"]
    assert not technician.page.has_header("Location")
    assert "messages" not in technician.client.cookies
    assert secret not in str(technician.client.cookies)
    assert secret not in str(dict(technician.client.session))


def test_no_table_holds_the_secret(world: World, technician: Browser) -> None:
    secret = provision(technician, model="bodylink-node")
    with connections["migrator"].cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" AS r WHERE strpos(r::text, %s) > 0', [secret])
            assert cursor.fetchone() == (0,), table


def test_its_own_page_shows_no_secret(world: World, technician: Browser) -> None:
    secret = provision(technician, model="bodylink-node", uid="strap-0001")
    with bind(world.north.id):
        device = Device.objects.get(uid="strap-0001")
    for page in ("change", "rotate", "history"):
        text = technician.open(address(f"devices_device_{page}", device.pk)).content.decode()
        assert secret not in text
        assert verifier_of(secret) not in text


def test_it_is_written_down_who_made_it(world: World, technician: Browser) -> None:
    provision(technician, model="bodylink-node", uid="strap-0001")
    with bind(world.north.id):
        device = Device.objects.get(uid="strap-0001")
        events = AuditEvent.objects.filter(device_id=device.pk)
        assert sorted(events.values_list("action", flat=True)) == ["credential.issued", "device.provisioned"]
        assert {event.user_id for event in events} == {world.north.people[Role.TECHNICIAN].pk}


def test_an_empty_uid_is_made_up(world: World, technician: Browser) -> None:
    provision(technician, model="Chest Strap!")
    assert shown(technician, "mqtt-username").startswith("chest-strap-")


@pytest.mark.parametrize("uid", ["Strap-1", "abc", "a" * 33, "a_b_c", "straß"])
def test_a_uid_that_is_none_is_refused(world: World, technician: Browser, uid: str) -> None:
    technician.open(address("devices_device_add"))
    technician.send(model="bodylink-node", uid=uid)
    assert "errorlist" in technician.text
    with bind(world.north.id):
        assert not Device.objects.exists()


def test_a_uid_is_taken_for_ever_by_whomever(world: World, south: Things, technician: Browser) -> None:
    """It is the MQTT user name, of which there is one; nothing else is said of the neighbour's device."""
    technician.open(address("devices_device_add"))
    technician.send(model="bodylink-node", uid=south.device.uid)
    assert "There is a device with this uid already." in technician.text
    assert "southbank label" not in technician.text


def test_a_uid_and_a_model_are_not_changed_afterwards(world: World, north: Things, technician: Browser) -> None:
    technician.open(address("devices_device_change", north.device.pk))
    assert set(technician.form().data) & {"uid", "model"} == set()
    technician.send(label="Strap 9", uid="another-uid", model="another", organization=str(world.south.id))
    with bind(world.north.id):
        device = Device.objects.get(pk=north.device.pk)
        assert (device.uid, device.model, device.label) == (north.device.uid, north.device.model, "Strap 9")
        event = AuditEvent.objects.get(action="device.described")
        assert (event.device_id, event.detail) == (device.pk, {"label": "Strap 9"})


def test_a_hub_carries_nodes_and_is_none_itself(world: World, north: Things, technician: Browser) -> None:
    provision(technician, model="bodylink-hub", uid="hub-0001")
    with bind(world.north.id):
        hub = Device.objects.get(uid="hub-0001")
    technician.open(address("devices_device_change", north.device.pk))
    technician.send(hub=str(hub.pk))
    technician.open(address("devices_device_change", hub.pk))
    assert str(hub.pk) not in technician.form().choices["hub"]
    assert str(north.device.pk) not in technician.form().choices["hub"]
    with bind(world.north.id):
        assert Device.objects.get(pk=north.device.pk).hub_id == hub.pk


def test_devices_are_not_deleted(north: Things, technician: Browser) -> None:
    assert technician.client.get(address("devices_device_delete", north.device.pk)).status_code == 403


def test_the_line_for_the_shell_sends_a_good_frame(technician: Browser) -> None:
    secret = provision(technician, model="bodylink-node", uid="strap-0001")
    line = shown(technician, "mqtt-example").replace("&quot;", '"').replace("&#x27;", "'")
    stand_in = 'mosquitto_pub() { printf "%s\\n" "$@"; }\n'
    shell = shutil.which("sh")
    assert shell
    printed = subprocess.run([shell, "-c", stand_in + line], capture_output=True, check=True, text=True)
    words = printed.stdout.splitlines()
    given = dict(zip(words[::2], words[1::2], strict=True))
    assert (given["-u"], given["-P"], given["-t"]) == ("strap-0001", secret, "bl/v1/strap-0001/up/frame")
    frame = decode(given["-m"].encode())
    assert (frame.seq, frame.values, frame.faults) == (0, {"skin_temperature": 33.4}, ())


def test_the_page_asks_whether_the_broker_lets_the_device_in(
    world: World, technician: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = provision(technician, model="bodylink-node", uid="strap-0001")
    url = technician.text.split('id="broker-state"')[1].split('data-url="')[1].split('"')[0]
    token = technician.text.split('<form id="broker-question">')[1].split('value="')[1].split('"')[0]
    accepts = Mock(side_effect=[False, True])
    monkeypatch.setattr(broker, "accepts", accepts)
    asked = {"secret": secret, "csrfmiddlewaretoken": token}
    assert technician.client.post(url, asked).json() == {"accepted": False}
    assert technician.client.post(url, asked).json() == {"accepted": True}
    accepts.assert_called_with("strap-0001", secret)


def test_the_broker_is_asked_about_the_devices_own_secrets_only(
    world: World, north: Things, technician: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepts = Mock()
    monkeypatch.setattr(broker, "accepts", accepts)
    client, url = world.north.client(Role.TECHNICIAN), address("devices_device_accepted", north.device.pk)
    assert client.post(url, {"secret": "guessed"}).status_code == 404
    assert client.get(url).status_code == 405
    with bind(world.north.id):
        assert Credential.objects.filter(device=north.device).count() == 1
    accepts.assert_not_called()
