from datetime import timedelta

from apps.accounts.roles import Role
from apps.core.tenancy import bind
from apps.patients.models import Patient
from apps.readings.origin import Origin
from tests.factories import a_current_value, now
from tests.personas import World


def vitals_path(patient: Patient) -> str:
    return f"/api/v1/patients/{patient.pk}/vitals/"


def test_each_with_value_unit_age_state_origin_quality_and_device(world: World) -> None:
    at = now() - timedelta(seconds=2)
    a_current_value(world.north.alice, "heart_rate", 72.0, at, origin=Origin.DERIVED, device="node-0001")
    body = world.north.client(Role.CLINICIAN).get(vitals_path(world.north.alice)).json()
    assert body.keys() == {"patient", "at", "simulated", "vitals"}
    assert body["patient"] == str(world.north.alice.pk)
    assert body["at"].endswith("Z")
    (vital,) = body["vitals"]
    assert 2.0 <= vital.pop("age_s") < 5.0
    assert vital == {
        "code": "heart_rate",
        "value": 72.0,
        "unit": "/min",
        "at": f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z",
        "state": "live",
        "origin": "derived",
        "quality": 0.97,
        "device": "node-0001",
    }


def test_an_old_value_is_stale_and_then_lost(world: World) -> None:
    moment = now()
    for code, age_s in (("spo2", 1), ("heart_rate", 20), ("pulse_rate", 60), ("glucose", 60)):
        a_current_value(world.north.alice, code, 10.0, moment - timedelta(seconds=age_s))
    body = world.north.client(Role.CLINICIAN).get(vitals_path(world.north.alice)).json()
    assert {vital["code"]: vital["state"] for vital in body["vitals"]} == {
        "spo2": "live",
        "heart_rate": "stale",
        "pulse_rate": "lost",
        "glucose": "live",
    }


def test_they_come_in_the_registers_order_and_of_this_patient_only(world: World) -> None:
    for code in ("glucose", "heart_rate", "spo2"):
        a_current_value(world.north.alice, code, 5.0, now())
    a_current_value(world.north.bob, "weight", 70.0, now())
    body = world.north.client(Role.CLINICIAN).get(vitals_path(world.north.alice)).json()
    assert [vital["code"] for vital in body["vitals"]] == ["spo2", "heart_rate", "glucose"]


def test_without_any_the_list_is_empty(world: World) -> None:
    assert world.north.client(Role.PATIENT).get(vitals_path(world.north.alice)).json()["vitals"] == []


def test_what_was_entered_by_hand_names_no_device(world: World) -> None:
    a_current_value(world.north.alice, "weight", 70.0, now(), origin=Origin.MANUAL, device="")
    (vital,) = world.north.client(Role.PATIENT).get(vitals_path(world.north.alice)).json()["vitals"]
    assert (vital["device"], vital["origin"]) == (None, "manual")


def test_a_simulated_patient_is_marked(world: World) -> None:
    with bind(world.north.id):
        Patient.objects.filter(pk=world.north.alice.pk).update(simulated=True)
    assert world.north.client(Role.PATIENT).get(vitals_path(world.north.alice)).json()["simulated"] is True
