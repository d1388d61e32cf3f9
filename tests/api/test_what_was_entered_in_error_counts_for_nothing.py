"""A mistake is marked, with a reason: it stays to be read as one, and nothing is made of it any more."""

from datetime import timedelta
from typing import Any

from django.test import Client

from apps.accounts.roles import Role
from apps.audit.models import AuditEvent
from apps.core.tenancy import bind
from apps.patients.models import Patient
from apps.readings.rollups import roll_up
from tests.api.checks import fields_of, is_problem, listed
from tests.api.test_observations_are_entered_by_hand import JSON, enter, path, vitals
from tests.factories import a_device, a_frame, now
from tests.personas import World


def mark(client: Client, patient: Patient, observation: str, reason: str = "read from the wrong bed") -> Any:
    return client.post(f"{path(patient)}{observation}/entered-in-error/", {"reason": reason}, JSON)


def entered(client: Client, patient: Patient, code: str, value: float, **more: Any) -> str:
    body = enter(client, patient, {"code": code, "value": value, **more}).json()
    observation: str = body["observations"][0]["id"]
    return observation


def test_it_stays_to_be_read_and_says_so(world: World) -> None:
    client, alice = world.north.client(Role.CLINICIAN), world.north.alice
    answer = mark(client, alice, entered(client, alice, "weight", 171))
    assert answer.json().items() >= {"state": "entered-in-error", "in_error_reason": "read from the wrong bed"}.items()
    (entry,) = listed(client.get(path(alice)))
    assert entry["observations"] == [answer.json()]


def test_it_is_no_vital_and_no_reading_any_more(world: World) -> None:
    client, alice = world.north.client(Role.CLINICIAN), world.north.alice
    mark(client, alice, entered(client, alice, "weight", 171))
    assert "weight" not in vitals(client, alice)
    assert listed(client.get(f"/api/v1/patients/{alice.pk}/readings/?code=weight")) == []


def test_what_was_there_before_counts_again(world: World) -> None:
    client, alice = world.north.client(Role.CLINICIAN), world.north.alice
    device = a_device(world.north, "scales-01", on=alice)
    a_frame(alice, device, now() - timedelta(days=3), values={"weight": 70.5})
    entered(client, alice, "weight", 71, at=(now() - timedelta(hours=2)).isoformat())
    latest = entered(client, alice, "weight", 171)
    mark(client, alice, latest)
    assert vitals(client, alice)["weight"].items() >= {"value": 71.0, "origin": "manual", "device": None}.items()
    (entry,) = [entry for entry in listed(client.get(path(alice))) if entry["observations"][0]["value"] == 71]
    mark(client, alice, entry["observations"][0]["id"])
    assert (
        vitals(client, alice)["weight"].items() >= {"value": 70.5, "origin": "measured", "device": "scales-01"}.items()
    )


def test_one_of_an_entry_takes_no_other_with_it(world: World) -> None:
    client, alice = world.north.client(Role.CLINICIAN), world.north.alice
    body = enter(
        client, alice, {"observations": [{"code": "weight", "value": 70}, {"code": "pain", "value": 3}]}
    ).json()
    (weight,) = [each["id"] for each in body["observations"] if each["code"] == "weight"]
    mark(client, alice, weight)
    assert set(vitals(client, alice)) == {"pain"}


def test_the_rollups_forget_it_and_keep_the_rest(world: World) -> None:
    client, alice = world.north.client(Role.CLINICIAN), world.north.alice
    at = (now() - timedelta(hours=3)).replace(minute=20, second=10, microsecond=0)
    wrong = entered(client, alice, "weight", 171, at=at.isoformat())
    entered(client, alice, "weight", 70, at=(at + timedelta(seconds=20)).isoformat())
    entered(client, alice, "weight", 72, at=(at + timedelta(minutes=2)).isoformat())
    alone = entered(client, alice, "pain", 9, at=at.isoformat())
    roll_up(world.north.id)
    mark(client, alice, wrong)
    mark(client, alice, alone)
    roll_up(world.north.id)
    for resolution, expected in (("1m", [(1, 70.0), (1, 72.0)]), ("15m", [(2, 71.0)]), ("1d", [(2, 71.0)])):
        query = {"code": ["weight", "pain"], "resolution": resolution, "start": (at - timedelta(hours=1)).isoformat()}
        buckets = listed(client.get(f"/api/v1/patients/{alice.pk}/readings/", query))
        assert [(bucket["count"], bucket["mean"]) for bucket in buckets] == expected, resolution


def test_it_needs_a_reason_and_is_done_once(world: World) -> None:
    client, alice = world.north.client(Role.CLINICIAN), world.north.alice
    observation = entered(client, alice, "weight", 171)
    assert fields_of(is_problem(mark(client, alice, observation, reason=" x "), 400)) == {"reason"}
    assert mark(client, alice, observation).status_code == 200
    is_problem(mark(client, alice, observation), 409)
    with bind(world.north.id):
        event = AuditEvent.objects.get(action="observation.in-error")
    assert event.detail["observation"] == observation


def test_a_patient_corrects_what_they_entered_and_nothing_else(world: World) -> None:
    client, alice = world.north.client(Role.PATIENT), world.north.alice
    assert mark(client, alice, entered(client, alice, "weight", 171)).status_code == 200
    other = entered(world.north.client(Role.CLINICIAN), alice, "weight", 70)
    is_problem(mark(client, alice, other), 403)


def test_an_observation_of_another_patient_is_not_there(world: World) -> None:
    client = world.north.client(Role.CLINICIAN)
    observation = entered(client, world.north.bob, "weight", 70)
    is_problem(mark(client, world.north.alice, observation), 404)
