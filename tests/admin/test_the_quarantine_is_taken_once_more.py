"""Selected payloads of the quarantine are taken once more by who may, and the trail says so."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from apps.accounts.roles import Role
from apps.audit.models import AuditEvent
from apps.core.tenancy import bind
from apps.devices.services import provision
from apps.ingest.models import Quarantined
from tests.admin.browser import Browser, address, an_operator, browser
from tests.admin.conftest import quarantine
from tests.ingest.batches import device, frame, seqs_of, stored
from tests.personas import Hospital, World

LIST = "ingest_quarantined_changelist"


def payload(seq: int = 0, **content: Any) -> bytes:
    body = {key: value for key, value in frame(seq, **content).items() if key != "waves"}
    return json.dumps(body).encode()


def ids_of(hospital: Hospital) -> list[str]:
    with bind(hospital.id):
        return [str(pk) for pk in Quarantined.objects.values_list("pk", flat=True)]


def take_once_more(visitor: Browser, ids: list[str]) -> str:
    visitor.open(address(LIST))
    return visitor.send(action="take_once_more", _selected_action=ids).content.decode()


@pytest.fixture
def technician(world: World) -> Browser:
    return browser(world.north, Role.TECHNICIAN)


def test_what_can_be_taken_now_is_stored_and_the_rest_stays(world: World, technician: Browser) -> None:
    node = device(world.north, world.north.alice, uid="node-0001")
    quarantine(node.uid, world.north, payload=payload(0), reason="time")
    quarantine(node.uid, world.north, payload=b"rubbish", reason="format")
    text = take_once_more(technician, ids_of(world.north))
    assert "1 frames stored, 0 channels added, 0 known already, 1 kept (format)." in text
    assert seqs_of(node.pk) == [0]
    assert stored("SELECT reason FROM ingest_quarantined") == [("format",)]
    with bind(world.north.id):
        event = AuditEvent.objects.get(action="quarantine.replayed")
    assert (event.user_id, event.role) == (world.north.people[Role.TECHNICIAN].pk, "technician")
    assert event.detail["payloads"] == 2


def test_only_what_was_selected_is_taken(world: World, technician: Browser) -> None:
    node = device(world.north, world.north.alice, uid="node-0001")
    for seq in range(3):
        quarantine(node.uid, world.north, payload=payload(seq), reason="time")
    take_once_more(technician, ids_of(world.north)[:1])
    assert len(seqs_of(node.pk)) == 1


def test_the_neighbours_cannot_be_selected(world: World, technician: Browser) -> None:
    node = device(world.south, world.south.alice, uid="node-0001")
    quarantine(node.uid, world.south, payload=payload(0), reason="time")
    own = device(world.north, world.north.alice, uid="node-0002")
    quarantine(own.uid, world.north, payload=payload(0), reason="time")
    take_once_more(technician, [*ids_of(world.south), *ids_of(world.north)])
    assert seqs_of(node.pk) == []
    assert seqs_of(own.pk) == [0]


def test_another_site_cannot_have_it_done(world: World, technician: Browser) -> None:
    node = device(world.north, world.north.alice, uid="node-0001")
    quarantine(node.uid, world.north, payload=payload(0), reason="time")
    data = {"action": "take_once_more", "_selected_action": ids_of(world.north)}
    assert technician.client.post(address(LIST), data).status_code == 403
    assert seqs_of(node.pk) == []


def test_the_operator_takes_what_belongs_to_nobody_once_its_device_is_known(world: World) -> None:
    quarantine("ghost-01", None, payload=payload(0), reason="unknown-device")
    with bind(world.north.id):
        made = provision(model="Node", uid="ghost-01").device
    operator = an_operator()
    with bind(None, door="operator"):
        ids = [str(pk) for pk in Quarantined.objects.values_list("pk", flat=True)]
    assert "1 frames stored" in take_once_more(operator, ids)
    assert stored("SELECT organization_id, device_id FROM readings_frame") == [(world.north.id, made.pk)]


def test_the_command_takes_those_of_a_reason_or_a_device(world: World) -> None:
    node = device(world.north, world.north.alice, uid="node-0001")
    other = device(world.south, world.south.alice, uid="node-0002")
    for uid, hospital in ((node.uid, world.north), (other.uid, world.south)):
        quarantine(uid, hospital, payload=payload(0), reason="time")
        quarantine(uid, hospital, payload=b"rubbish", reason="format")

    def said(*arguments: str) -> str:
        out = StringIO()
        call_command("replay_quarantine", *arguments, stdout=out)
        return out.getvalue().strip()

    assert said("--reason", "time", "--device", node.uid) == (
        "1 payloads: 1 frames stored, 0 channels added, 0 known already"
    )
    assert seqs_of(other.pk) == []
    assert said("--device", other.uid).startswith("2 payloads: 1 frames stored")
    assert said() == "2 payloads: 0 frames stored, 0 channels added, 0 known already, 2 kept (format)"
    assert said("--reason", "clock") == "0 payloads: 0 frames stored, 0 channels added, 0 known already"
