"""`POST /alert/send`: what a device says of the patient it is on becomes an alert, which a person ends."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from apps.accounts.roles import Role
from apps.alerts.models import Alert, AlertTransition
from apps.alerts.services import evaluate
from apps.audit.models import AuditEvent
from apps.core.tenancy import bind
from tests.api.by_http import HttpDevice, http_device, last_tick
from tests.api.checks import fields_of, is_problem, listed
from tests.personas import World

SEND = "/alert/send"


@pytest.fixture
def node(world: World) -> HttpDevice:
    return http_device(world.north, world.north.alice)


def send(node: HttpDevice, user_id: Any, alert_type: str = "Cardiac Issue") -> Any:
    return node.post(SEND, {"user_id": str(user_id), "alert_type": alert_type})


def alerts(world: World) -> list[tuple[str, str, str, str]]:
    with bind(world.north.id):
        return list(Alert.objects.order_by("since").values_list("code", "kind", "priority", "state"))


def test_what_the_paper_names_is_raised_and_seen_by_who_is_responsible(world: World, node: HttpDevice) -> None:
    answer = send(node, world.north.alice.pk)
    assert (answer.status_code, answer.json()) == (200, {"status": "success"})
    assert alerts(world) == [("reported_cardiac_issue", "physiological", "medium", "active")]
    [seen] = listed(world.north.client(Role.CLINICIAN).get("/api/v1/alerts/"))
    assert seen["text"] == f"Cardiac issue, says {node.uid}"
    assert seen["patient"] == str(world.north.alice.pk)
    with bind(world.north.id):
        assert AlertTransition.objects.get().state == "active"
        event = AuditEvent.objects.get(action="alert.reported")
    assert (event.patient_id, event.device_id) == (world.north.alice.pk, node.device.pk)


@pytest.mark.parametrize(
    ("said", "code", "kind"),
    [
        ("Dehydration Alert", "reported_dehydration", "physiological"),
        ("dehydration", "reported_dehydration", "physiological"),
        ("HELP", "reported_help", "physiological"),
        ("sensor-fault", "reported_sensor_fault", "technical"),
    ],
)
def test_a_type_is_known_however_it_is_written(world: World, node: HttpDevice, said: str, code: str, kind: str) -> None:
    assert send(node, world.north.alice.pk, said).status_code == 200
    assert [(alert[0], alert[1]) for alert in alerts(world)] == [(code, kind)]


def test_a_patient_can_be_named_by_their_number(world: World, node: HttpDevice) -> None:
    assert send(node, world.north.alice.mrn).status_code == 200
    assert len(alerts(world)) == 1


def test_a_type_that_is_not_known_is_refused_and_those_that_are_are_named(world: World, node: HttpDevice) -> None:
    problem = is_problem(send(node, world.north.alice.pk, "Doom"), 400)
    assert fields_of(problem) == {"alert_type"}
    assert "cardiac_issue" in problem["errors"][0]["detail"]
    assert alerts(world) == []


@pytest.mark.parametrize(
    "body", [{}, {"user_id": 7, "alert_type": "help"}, {"user_id": "x" * 65, "alert_type": "help"}]
)
def test_a_body_of_another_form_is_refused(node: HttpDevice, body: dict[str, Any]) -> None:
    is_problem(node.post(SEND, body), 400)


def test_only_for_the_patient_that_the_device_is_on(world: World, node: HttpDevice) -> None:
    others = [world.north.bob, world.north.charlie, world.south.alice, world.north]
    for user_id in [*(str(other.pk) if hasattr(other, "pk") else "nobody" for other in others), "1002", ""]:
        assert node.post(SEND, {"user_id": user_id, "alert_type": "help"}).status_code in (400, 404)
    is_problem(send(http_device(world.north), world.north.alice.pk), 404)
    is_problem(send(http_device(world.south, world.south.alice), world.north.alice.pk), 404)
    assert alerts(world) == []


def test_while_it_is_open_nothing_is_added_and_afterwards_it_is_raised_anew(world: World, node: HttpDevice) -> None:
    for _ in range(3):
        send(node, world.north.alice.pk)
    assert len(alerts(world)) == 1
    with bind(world.north.id):
        alert_id = Alert.objects.get().pk
    clinician = world.north.client(Role.CLINICIAN)
    clinician.post(f"/api/v1/alerts/{alert_id}/acknowledge/", {}, "application/json")
    send(node, world.north.alice.pk)
    assert [alert[3] for alert in alerts(world)] == ["acknowledged"]
    clinician.post(f"/api/v1/alerts/{alert_id}/resolve/", {}, "application/json")
    send(node, world.north.alice.pk)
    assert [alert[3] for alert in alerts(world)] == ["resolved", "active"]


def test_at_the_same_time_it_is_raised_once(world: World, node: HttpDevice) -> None:
    together = Barrier(4)

    def report(_number: int) -> int:
        together.wait()
        try:
            own = HttpDevice(node.device, node.secret, Client())
            return int(send(own, world.north.alice.pk).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(report, range(4))) == [200] * 4
    assert len(alerts(world)) == 1


def test_the_engine_leaves_it_to_a_person(world: World, node: HttpDevice) -> None:
    send(node, world.north.alice.pk)
    with bind(world.north.id):
        evaluate(patient_ids=[world.north.alice.pk], current={})
    assert ("reported_cardiac_issue", "physiological", "medium", "active") in alerts(world)


def test_it_is_what_ingest_tells_the_device_of(world: World, node: HttpDevice) -> None:

    last_tick(world.north)
    send(node, world.north.alice.pk)
    assert node.post("/data/ingest", {"spo2_data": 97.0}).json()["alert"] is True
