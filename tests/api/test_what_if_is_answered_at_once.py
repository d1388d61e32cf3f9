"""`POST patients/{id}/twin/what-if/`: several scenarios in one answer, for clinicians."""

from datetime import timedelta
from typing import Any

from django.test import Client

from apps.accounts.roles import Role
from apps.core.tenancy import bind
from apps.patients.models import Patient
from apps.twin.models import TwinEnsemble
from apps.twin.organs import ORGANS
from apps.twin.what_if_forms import ANSWERED, ASKED, WhatIfAnswer
from tests.api.checks import fields_of, is_problem
from tests.factories import a_device
from tests.held_clock import HeldClock
from tests.personas import World
from tests.twin.bodies import analysed, measure


def ask(client: Client, patient: Patient, **body: Any) -> Any:
    return client.post(f"/api/v1/patients/{patient.pk}/twin/what-if/", body, "application/json")


def scenario(kind: str, dose: float, minutes: float, **more: Any) -> dict[str, Any]:
    return {"name": kind, "changes": [{"kind": kind, "dose": dose, "minutes": minutes, **more}]}


def course(answer: Any, name: str, code: str) -> list[float]:
    (run,) = [run for run in answer.json()["scenarios"] if run["name"] == name]
    (quantity,) = [quantity for quantity in run["quantities"] if quantity["code"] == code]
    median: list[float] = quantity["median"]
    return median


def test_scenarios_are_compared_with_how_it_is_now(world: World) -> None:
    answer = ask(
        world.north.client(Role.CLINICIAN),
        world.north.bob,
        hours=2,
        scenarios=[scenario("bleeding", 1_000, 30), scenario("exercise", 75, 30), scenario("meal", 60, 15)],
    )
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert set(body) == set(ANSWERED)
    assert [run["name"] for run in body["scenarios"]] == ["As now", "bleeding", "exercise", "meal"]
    assert (body["basis"], body["hours"]) == ("prior", 2.0)
    now_rate, bled_rate = course(answer, "As now", "heart_rate"), course(answer, "bleeding", "heart_rate")
    assert bled_rate[-1] > now_rate[-1] + 5.0
    assert max(course(answer, "exercise", "heart_rate")) > max(now_rate) + 20.0
    assert max(course(answer, "meal", "glucose")) > max(course(answer, "As now", "glucose")) + 1.0
    assert [organ["organ"] for organ in body["scenarios"][0]["reserves"]] == list(ORGANS)
    assert body["scenarios"][0]["minutes"][-1] == 120.0
    form = WhatIfAnswer(data=body)
    assert form.is_valid(), form.errors


def test_the_example_of_the_documentation_is_answered(world: World) -> None:
    assert ask(world.north.client(Role.CLINICIAN), world.north.bob, **ASKED).status_code == 200


def test_it_is_the_patients_own_body_once_it_is_followed(world: World) -> None:
    clock, north = HeldClock(), world.north
    device = a_device(north, "node-0001", on=north.alice)
    measure(north.alice, device, since=clock.now() - timedelta(minutes=2), until=clock.now(), heart_rate=96.0)
    analysed(north, clock)
    answer = ask(north.client(Role.CLINICIAN), north.alice, hours=1, scenarios=[scenario("drinking", 500, 15)])
    assert answer.json()["basis"] == "inferred"
    with bind(north.id):
        (rate,) = [s["median"] for s in TwinEnsemble.objects.get().states if s["name"] == "heart_rate"]
    assert abs(course(answer, "As now", "heart_rate")[0] - rate) < 6.0


def test_of_whom_there_can_be_no_body_it_is_said_why(world: World) -> None:
    with bind(world.north.id):
        Patient.objects.filter(pk=world.north.bob.pk).update(sex="unknown")
    answer = ask(world.north.client(Role.CLINICIAN), world.north.bob, scenarios=[scenario("fever", 2, 60)])
    assert "sex, female or male" in is_problem(answer, 409)["detail"]


def test_what_cannot_be_tried_is_refused_by_its_field(world: World) -> None:
    client, bob = world.north.client(Role.CLINICIAN), world.north.bob
    too_much = is_problem(ask(client, bob, scenarios=[scenario("bleeding", 9_000, 30)]), 400)
    assert fields_of(too_much) == {"scenarios.0.changes.0.dose"}
    too_fast = is_problem(ask(client, bob, scenarios=[scenario("drinking", 4_000, 1)]), 400)
    assert fields_of(too_fast) == {"scenarios.0.changes.0.dose"}
    assert fields_of(is_problem(ask(client, bob, scenarios=[]), 400)) == {"scenarios"}
    assert fields_of(is_problem(ask(client, bob, scenarios=[scenario("magic", 1, 1)]), 400)) == {
        "scenarios.0.changes.0.kind"
    }
    assert "hours" in fields_of(is_problem(ask(client, bob, hours=48, scenarios=[scenario("fever", 2, 60)]), 400))


def test_it_is_for_clinicians_only(world: World) -> None:
    for role in (Role.PATIENT, Role.CAREGIVER):
        is_problem(ask(world.north.client(role), world.north.alice, scenarios=[scenario("fever", 2, 60)]), 403)
