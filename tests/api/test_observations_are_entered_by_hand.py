"""`POST patients/{id}/observations/`: taken whole or not at all, once, and shown wherever a measured value is."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client

from apps.accounts.roles import Role
from apps.audit.models import AuditEvent
from apps.core.tenancy import bind
from apps.patients.models import Patient
from apps.readings.models import CurrentValue, Observation
from apps.readings.origin import Origin
from apps.readings.rollups import roll_up
from tests.api.checks import fields_of, is_problem, listed
from tests.factories import a_current_value, now
from tests.personas import World

JSON = "application/json"
ROUND = {
    "observations": [
        {"code": "systolic_pressure", "value": 128},
        {"code": "diastolic_pressure", "value": 76},
        {"code": "core_temperature", "value": 98.6, "unit": "[degF]"},
        {"code": "respiratory_rate", "value": 18},
        {"code": "consciousness", "value": "V"},
        {"code": "supplemental_oxygen", "value": 2},
        {"code": "glucose", "value": 90.08, "unit": "mg/dL"},
    ]
}


def path(patient: Patient) -> str:
    return f"/api/v1/patients/{patient.pk}/observations/"


def enter(client: Client, patient: Patient, body: Any, key: str | None = None) -> Any:
    return client.post(path(patient), body, JSON, headers={"Idempotency-Key": key} if key else {})


def vitals(client: Client, patient: Patient) -> dict[str, Any]:
    answer = client.get(f"/api/v1/patients/{patient.pk}/vitals/").json()
    return {vital["code"]: vital for vital in answer["vitals"]}


def test_a_round_is_taken_in_the_registers_units_with_who_entered_it(world: World) -> None:
    client, alice = world.north.client(Role.CLINICIAN), world.north.alice
    answer = enter(client, alice, ROUND)
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert body["entered_by"] == "Northgate Clinician"
    values = {each["code"]: (each["value"], each["unit"], each["state"]) for each in body["observations"]}
    assert values["core_temperature"] == (pytest.approx(37.0), "Cel", "final")
    assert values["glucose"] == (pytest.approx(5.0), "mmol/L", "final")
    assert values["consciousness"] == (2.0, "1", "final")
    assert listed(client.get(path(alice))) == [body]


def test_it_stands_among_the_vitals_and_the_readings_as_entered_by_hand(world: World) -> None:
    client, alice = world.north.client(Role.CLINICIAN), world.north.alice
    enter(client, alice, ROUND)
    shown = vitals(client, alice)
    assert len(shown) == len(ROUND["observations"])
    assert {(vital["origin"], vital["device"], vital["quality"]) for vital in shown.values()} == {("manual", None, 1.0)}
    readings = listed(client.get(f"/api/v1/patients/{alice.pk}/readings/?code=systolic_pressure"))
    assert [(r["value"], r["unit"], r["origin"], r["device"]) for r in readings] == [(128.0, "mm[Hg]", "manual", None)]


def test_a_single_one_needs_no_list(world: World) -> None:
    answer = enter(world.north.client(Role.CLINICIAN), world.north.alice, {"code": "weight", "value": 71.5})
    assert [(each["code"], each["value"]) for each in answer.json()["observations"]] == [("weight", 71.5)]


def test_it_may_be_backdated_and_does_not_replace_what_is_younger(world: World) -> None:
    client, alice, at = world.north.client(Role.CLINICIAN), world.north.alice, now() - timedelta(hours=3)
    enter(client, alice, {"code": "weight", "value": 70})
    body = enter(client, alice, {"code": "weight", "value": 80, "at": at.isoformat()}).json()
    assert body["at"] == f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"
    assert body["entered_at"] > body["at"]
    assert vitals(client, alice)["weight"]["value"] == 70
    readings = listed(client.get(f"/api/v1/patients/{alice.pk}/readings/?code=weight"))
    assert [reading["value"] for reading in readings] == [80, 70]


def test_it_is_rolled_up(world: World) -> None:
    client, alice = world.north.client(Role.CLINICIAN), world.north.alice
    at = (now() - timedelta(hours=1)).replace(second=30, microsecond=0)
    enter(client, alice, {"code": "weight", "value": 80, "at": at.isoformat()})
    roll_up(world.north.id)
    for resolution in ("1m", "15m", "1d"):
        query = {"code": "weight", "resolution": resolution}
        (bucket,) = listed(client.get(f"/api/v1/patients/{alice.pk}/readings/", query))
        assert (bucket["count"], bucket["mean"]) == (1, 80.0)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "observations"),
        ({"observations": []}, "observations"),
        ({"code": "weight"}, "value"),
        ({"value": 3}, "code"),
        ({"code": "weight", "value": 3, "observations": [{"code": "pain", "value": 1}]}, "observations"),
        ({"code": "ecg", "value": 3}, "code"),
        ({"code": "vibration", "value": 3}, "code"),
        ({"code": "weight", "value": "A"}, "value"),
        ({"code": "weight", "value": "71"}, "value"),
        ({"code": "weight", "value": True}, "value"),
        ({"code": "weight", "value": 9000}, "observations.0.value"),
        ({"code": "consciousness", "value": 7}, "observations.0.value"),
        ({"code": "consciousness", "value": "X"}, "value"),
        ({"code": "core_temperature", "value": 98.6}, "observations.0.value"),
        ({"code": "core_temperature", "value": 98.6, "unit": "furlong"}, "observations.0.unit"),
        ({"observations": [{"code": "weight", "value": 70}, {"code": "weight", "value": 71}]}, "observations.0.code"),
        (
            {"observations": [{"code": "systolic_pressure", "value": 80}, {"code": "diastolic_pressure", "value": 90}]},
            "observations",
        ),
        ({"code": "weight", "value": 70, "at": "2199-01-01T00:00:00Z"}, "at"),
        ({"code": "weight", "value": 70, "at": "1979-01-01T00:00:00Z"}, "at"),
        ({"code": "weight", "value": 70, "at": "yesterday"}, "at"),
        ({"code": "weight", "value": 70, "nonsense": 1}, "nonsense"),
    ],
)
def test_what_cannot_be_is_refused_by_field_and_nothing_is_kept(world: World, body: Any, field: str) -> None:
    problem = is_problem(enter(world.north.client(Role.CLINICIAN), world.north.alice, body), 400)
    assert field in fields_of(problem), problem
    with bind(world.north.id):
        assert not Observation.objects.exists()
        assert not CurrentValue.objects.exists()


def test_one_bad_value_refuses_the_whole_entry(world: World) -> None:
    body = {"observations": [{"code": "weight", "value": 70}, {"code": "pain", "value": 11}]}
    problem = is_problem(enter(world.north.client(Role.CLINICIAN), world.north.alice, body), 400)
    assert fields_of(problem) == {"observations.1.value"}
    with bind(world.north.id):
        assert not Observation.objects.exists()


def test_the_same_key_is_the_same_entry(world: World) -> None:
    client, alice = world.north.client(Role.CLINICIAN), world.north.alice
    first = enter(client, alice, ROUND, key="round-1")
    again = enter(client, alice, ROUND, key="round-1")
    assert (again.status_code, again.json()) == (201, first.json())
    is_problem(enter(client, alice, {"code": "weight", "value": 70}, key="round-1"), 409)
    is_problem(enter(client, world.north.bob, ROUND, key="round-1"), 409)
    is_problem(enter(client, alice, ROUND, key="x" * 101), 400)
    assert len(listed(client.get(path(alice)))) == 1
    assert (
        enter(world.north.client(Role.PATIENT), alice, {"code": "pain", "value": 2}, key="round-1").status_code == 201
    )


def test_the_same_key_at_once_is_one_entry(world: World) -> None:
    clients = [world.north.client(Role.CLINICIAN) for _ in range(4)]

    def send(client: Client) -> Any:
        try:
            return enter(client, world.north.alice, ROUND, key="at-once")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(send, clients))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1


def test_a_patient_enters_what_scores_nothing_and_of_themselves(world: World) -> None:
    client = world.north.client(Role.PATIENT)
    for code in ("weight", "glucose", "pain"):
        assert enter(client, world.north.alice, {"code": code, "value": 5}).status_code == 201
    for body in ({"code": "consciousness", "value": "A"}, ROUND, {"code": "systolic_pressure", "value": 120}):
        is_problem(enter(client, world.north.alice, body), 403)
    is_problem(enter(client, world.north.bob, {"code": "weight", "value": 70}), 404)


def test_who_entered_it_and_when_is_in_the_audit_trail_without_the_values(world: World) -> None:
    enter(world.north.client(Role.CLINICIAN), world.north.alice, {"code": "weight", "value": 71.5})
    with bind(world.north.id):
        event = AuditEvent.objects.get(action="observation.entered")
    assert (event.user_id, event.patient_id) == (world.north.people[Role.CLINICIAN].pk, world.north.alice.pk)
    assert event.detail["codes"] == ["weight"]
    assert "71.5" not in str(event.detail)


def test_a_sensor_that_speaks_is_not_talked_over(world: World) -> None:
    client, alice = world.north.client(Role.CLINICIAN), world.north.alice
    a_current_value(alice, "heart_rate", 72.0, now(), origin=Origin.MEASURED)
    enter(client, alice, {"code": "heart_rate", "value": 140})
    assert vitals(client, alice)["heart_rate"]["value"] == 72.0


def test_the_database_lets_nobody_change_or_delete_what_was_entered(world: World) -> None:
    enter(world.north.client(Role.CLINICIAN), world.north.alice, {"code": "weight", "value": 71.5})
    for statement in (
        "DELETE FROM readings_observation",
        "DELETE FROM readings_observationentry",
        "UPDATE readings_observation SET value = 1",
        "UPDATE readings_observationentry SET entered_by = gen_random_uuid()",
    ):
        with pytest.raises(Exception, match="permission denied"), bind(world.north.id), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_clock_that_is_a_little_fast_gives_now(world: World) -> None:
    at = datetime.now(UTC) + timedelta(seconds=30)
    body = enter(
        world.north.client(Role.CLINICIAN), world.north.alice, {"code": "pain", "value": 1, "at": at.isoformat()}
    ).json()
    assert body["at"] == body["entered_at"]
