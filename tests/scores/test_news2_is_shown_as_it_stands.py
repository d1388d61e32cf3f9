"""`GET patients/{id}/news2/`: a number while its inputs decide it, else a range; what is old or poor does not count."""

from datetime import date, timedelta
from typing import Any

import pytest

from apps.accounts.roles import Role
from apps.core.tenancy import bind
from apps.patients.models import Patient
from apps.readings.models import CurrentValue
from apps.readings.origin import Origin
from apps.scores.forms import News2Form
from tests.api.checks import fields_of, is_problem
from tests.api.test_observations_are_entered_by_hand import ROUND, enter
from tests.factories import a_current_value, now
from tests.personas import World

MEASURED = {"heart_rate": 95.0, "spo2": 97.0}
BY_HAND = {
    "respiratory_rate": 18.0,
    "systolic_pressure": 105.0,
    "core_temperature": 37.0,
    "consciousness": 0.0,
    "supplemental_oxygen": 0.0,
}


def show(patient: Patient, *leave_out: str, ago: timedelta = timedelta(seconds=2)) -> None:
    for code, value in MEASURED.items():
        if code not in leave_out:
            a_current_value(patient, code, value, now() - timedelta(seconds=2))
    for code, value in BY_HAND.items():
        if code not in leave_out:
            a_current_value(patient, code, value, now() - ago, origin=Origin.MANUAL, device="")


def news2(world: World, patient: Patient | None = None, role: Role = Role.CLINICIAN) -> dict[str, Any]:
    answer = world.north.client(role).get(f"/api/v1/patients/{(patient or world.north.alice).pk}/news2/")
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    form = News2Form(data=body)
    assert form.is_valid(), form.errors
    return body


def part(body: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [each for each in body["parts"] if each["parameter"] == name]
    return found


def test_with_everything_there_it_is_a_number(world: World) -> None:
    show(world.north.alice)
    body = news2(world)
    assert (body["total"], body["lowest"], body["highest"], body["missing"]) == (2, 2, 2, [])
    assert body["response"]["lowest"] == body["response"]["highest"]
    assert body["response"]["lowest"]["risk"] == "low"
    assert {each["parameter"]: each["score"] for each in body["parts"]}["systolic_pressure"] == 1
    assert (
        part(body, "heart_rate").items() >= {"score": 1, "value": 95.0, "state": "used", "device": "node-0001"}.items()
    )
    assert part(body, "consciousness").items() >= {"text": "Alert", "origin": "manual", "device": None}.items()


@pytest.mark.parametrize("code", [*MEASURED, *BY_HAND])
def test_what_is_missing_makes_it_a_range_and_is_named(world: World, code: str) -> None:
    show(world.north.alice, code)
    body = news2(world)
    assert body["total"] is None
    assert body["highest"] > body["lowest"]
    assert len(body["missing"]) == 1


def test_of_nobody_measured_nothing_is_known(world: World) -> None:
    body = news2(world, world.north.bob)
    assert (body["total"], body["lowest"], body["highest"], len(body["missing"])) == (None, 0, 20, 7)
    assert {each["state"] for each in body["parts"]} == {"missing"}


def test_what_was_taken_by_hand_holds_for_six_hours(world: World) -> None:
    show(world.north.alice, ago=timedelta(hours=5, minutes=59))
    assert news2(world)["total"] == 2
    show(world.north.bob, ago=timedelta(hours=6, minutes=1))
    body = news2(world, world.north.bob)
    assert (body["total"], body["lowest"]) == (None, 1)
    assert {each["parameter"] for each in body["parts"] if each["state"] == "stale"} == {
        "respiratory_rate",
        "supplemental_oxygen",
        "systolic_pressure",
        "consciousness",
        "temperature",
    }
    assert part(body, "temperature")["value"] == 37.0


def test_what_a_sensor_gives_all_the_time_holds_for_five_minutes(world: World) -> None:
    show(world.north.alice, "heart_rate")
    a_current_value(world.north.alice, "heart_rate", 95.0, now() - timedelta(minutes=5, seconds=5))
    assert part(news2(world), "heart_rate")["state"] == "stale"


def test_without_the_ecg_the_pulse_counts(world: World) -> None:
    show(world.north.alice, "heart_rate")
    a_current_value(world.north.alice, "heart_rate", 60.0, now() - timedelta(hours=1))
    a_current_value(world.north.alice, "pulse_rate", 115.0, now())
    assert part(news2(world), "heart_rate").items() >= {"code": "pulse_rate", "score": 2}.items()


def test_a_poor_signal_does_not_count(world: World) -> None:
    show(world.north.alice)
    with bind(world.north.id):
        CurrentValue.objects.filter(code="spo2").update(quality=0.3)
    body = news2(world)
    assert (part(body, "spo2")["state"], part(body, "spo2")["score"], body["total"]) == ("poor", None, None)


def test_skin_temperature_is_no_body_temperature(world: World) -> None:
    show(world.north.alice, "core_temperature")
    a_current_value(world.north.alice, "skin_temperature", 33.0, now())
    assert part(news2(world), "temperature")["state"] == "missing"


@pytest.mark.parametrize(("value", "score"), [(21.0, 0), (28.0, 2)])
def test_oxygen_may_be_said_by_its_fraction_and_the_later_word_counts(world: World, value: float, score: int) -> None:
    show(world.north.alice, "supplemental_oxygen")
    a_current_value(world.north.alice, "supplemental_oxygen", 4.0, now() - timedelta(hours=1), origin=Origin.MANUAL)
    a_current_value(world.north.alice, "inspired_oxygen", value, now(), origin=Origin.MANUAL)
    assert part(news2(world), "supplemental_oxygen")["score"] == score


def test_a_round_by_hand_scores_at_once(world: World) -> None:
    for code, value in MEASURED.items():
        a_current_value(world.north.alice, code, value, now())
    enter(world.north.client(Role.CLINICIAN), world.north.alice, ROUND)
    body = news2(world)
    assert (body["total"], part(body, "consciousness")["text"]) == (6, "Responds to voice")


def test_under_sixteen_it_does_not_apply_and_says_so(world: World) -> None:
    show(world.north.alice)
    today = now().date()
    for years, applicable in ((15, False), (16, True)):
        with bind(world.north.id):
            Patient.objects.filter(pk=world.north.alice.pk).update(birth_date=date(today.year - years, 1, 1))
        body = news2(world)
        assert body["applicable"] is applicable
        assert (body["parts"] == []) is not applicable
        assert ("16 years" in (body["not_applicable_because"] or "")) is not applicable


def test_scale_two_is_a_clinicians_decision_that_is_kept(world: World) -> None:
    show(world.north.alice)
    client, path = world.north.client(Role.CLINICIAN), f"/api/v1/patients/{world.north.alice.pk}/news2/decisions/"
    said = {"spo2_scale": 2, "reason": "Hypercapnic failure in the clinic"}
    body = client.post(path, said, "application/json").json()
    assert body["scale"]["spo2"] == 2
    assert body["scale"]["decided"].items() >= {"by": "Northgate Clinician", "reason": said["reason"]}.items()
    assert body == {**news2(world), "at": body["at"], "parts": body["parts"]}
    with bind(world.north.id):
        CurrentValue.objects.filter(code="supplemental_oxygen").update(value=2.0)
    assert part(news2(world), "spo2")["score"] == 3
    client.post(path, {"spo2_scale": 1, "reason": "Not confirmed"}, "application/json")
    assert part(news2(world), "spo2")["score"] == 0


def test_in_pregnancy_it_does_not_apply(world: World) -> None:
    show(world.north.alice)
    client, path = world.north.client(Role.CLINICIAN), f"/api/v1/patients/{world.north.alice.pk}/news2/decisions/"
    body = client.post(path, {"pregnant": True, "reason": "24th week"}, "application/json").json()
    assert (body["applicable"], body["total"], body["not_applicable_because"]) == (
        False,
        None,
        "NEWS2 is not for use in pregnancy",
    )
    assert client.post(path, {"pregnant": False, "reason": "Delivered"}, "application/json").json()["applicable"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"reason": "because"}, "spo2_scale"),
        ({"spo2_scale": 2, "pregnant": True, "reason": "because"}, "spo2_scale"),
        ({"spo2_scale": 3, "reason": "because"}, "spo2_scale"),
        ({"spo2_scale": 2}, "reason"),
        ({"spo2_scale": 2, "reason": "  "}, "reason"),
    ],
)
def test_a_decision_is_one_choice_with_a_reason(world: World, said: Any, field: str) -> None:
    path = f"/api/v1/patients/{world.north.alice.pk}/news2/decisions/"
    assert field in fields_of(is_problem(world.north.client(Role.CLINICIAN).post(path, said, "application/json"), 400))
