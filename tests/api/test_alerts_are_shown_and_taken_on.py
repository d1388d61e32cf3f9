from typing import Any
from uuid import UUID

import pytest

from apps.accounts.roles import Role
from apps.audit.models import AuditEvent
from apps.core.tenancy import bind
from apps.patients.models import Patient, Share
from tests.api.checks import fields_of, is_problem, listed
from tests.factories import an_alert
from tests.personas import Hospital, World

ALERTS = "/api/v1/alerts/"
JSON = "application/json"


def shown(hospital: Hospital, role: Role, query: str = "") -> list[dict[str, Any]]:
    return listed(hospital.client(role).get(f"{ALERTS}?{query}"))


def act(hospital: Hospital, role: Role, alert: UUID, verb: str, body: Any = None) -> Any:
    return hospital.client(role).post(f"{ALERTS}{alert}/{verb}/", body or {}, JSON)


def test_an_alert_looks_as_documented(world: World) -> None:
    alert = an_alert(world.north.alice)
    (found,) = shown(world.north, Role.CLINICIAN)
    assert found.pop("since").endswith("Z")
    assert found == {
        "id": str(alert),
        "patient": str(world.north.alice.pk),
        "simulated": False,
        "code": "spo2_low",
        "priority": "high",
        "kind": "physiological",
        "state": "active",
        "value": 86.0,
        "limit": 90.0,
        "text": "SpO₂ 86 %, below 90 %",
        "acknowledged_by": None,
    }


@pytest.mark.parametrize(
    ("role", "codes"),
    [
        (Role.PATIENT, {"of_alice", "lead_off"}),
        (Role.CAREGIVER, {"of_alice", "lead_off"}),
        (Role.CLINICIAN, {"of_alice", "of_bob", "lead_off"}),
        (Role.TECHNICIAN, {"lead_off"}),
    ],
)
def test_to_each_role_those_it_may_see(world: World, role: Role, codes: set[str]) -> None:
    an_alert(world.north.alice, code="of_alice")
    an_alert(world.north.alice, code="lead_off", kind="technical")
    an_alert(world.north.bob, code="of_bob")
    an_alert(world.north.charlie, code="of_charlie")
    an_alert(world.south.alice, code="of_south")
    assert {alert["code"] for alert in shown(world.north, role)} == codes


@pytest.mark.parametrize("role", [Role.MANAGER, Role.PRIVACY_OFFICER])
def test_not_at_all_to_who_has_no_business_with_them(world: World, role: Role) -> None:
    alert = an_alert(world.north.alice)
    is_problem(world.north.client(role).get(ALERTS), 403)
    is_problem(act(world.north, role, alert, "acknowledge"), 404)


def test_a_share_may_leave_them_out(world: World) -> None:
    an_alert(world.north.alice)
    with bind(world.north.id):
        Share.objects.update(alerts=False)
    assert shown(world.north, Role.CAREGIVER) == []


def test_one_that_waits_for_its_delay_is_nobodys_to_see(world: World) -> None:
    alert = an_alert(world.north.alice, state="pending")
    assert shown(world.north, Role.CLINICIAN) == []
    is_problem(act(world.north, Role.CLINICIAN, alert, "acknowledge"), 404)


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("state=active", ["a"]),
        ("state=active&state=resolved", ["a", "t"]),
        ("kind=technical", ["t"]),
        ("kind=physiological&state=resolved", []),
    ],
)
def test_of_a_state_or_a_kind(world: World, query: str, codes: list[str]) -> None:
    an_alert(world.north.alice, code="a")
    an_alert(world.north.alice, code="t", kind="technical", state="resolved")
    assert sorted(alert["code"] for alert in shown(world.north, Role.CLINICIAN, query)) == codes


def test_of_one_patient(world: World) -> None:
    an_alert(world.north.alice, code="a")
    an_alert(world.north.bob, code="b")
    found = shown(world.north, Role.CLINICIAN, f"patient={world.north.bob.pk}")
    assert [alert["code"] for alert in found] == ["b"]


@pytest.mark.parametrize(
    ("query", "field"), [("state=pending", "state.0"), ("kind=x", "kind"), ("patient=1", "patient")]
)
def test_what_makes_no_sense_is_refused_by_name(world: World, query: str, field: str) -> None:
    answer = world.north.client(Role.CLINICIAN).get(f"{ALERTS}?{query}")
    assert fields_of(is_problem(answer, 400)) == {field}


def test_the_latest_first_page_by_page(world: World) -> None:
    for number in range(5):
        an_alert(world.north.alice, code=f"a{number}")
    client, address, pages = world.north.client(Role.CLINICIAN), f"{ALERTS}?page_size=2", []
    while address:
        body = client.get(address).json()
        pages.append([alert["code"] for alert in body["results"]])
        address = body["next"]
    assert pages == [["a4", "a3"], ["a2", "a1"], ["a0"]]


def test_of_a_simulated_patient_it_says_so(world: World) -> None:
    an_alert(world.north.alice)
    with bind(world.north.id):
        Patient.objects.filter(pk=world.north.alice.pk).update(simulated=True)
    assert shown(world.north, Role.CLINICIAN)[0]["simulated"] is True


def test_a_clinician_takes_one_on_and_is_named(world: World) -> None:
    alert = an_alert(world.north.alice)
    answer = act(world.north, Role.CLINICIAN, alert, "acknowledge")
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["acknowledged_by"]) == ("acknowledged", "Northgate Clinician")
    assert shown(world.north, Role.PATIENT)[0] == answer.json()
    with bind(world.north.id):
        assert AuditEvent.objects.filter(action="alert.acknowledged", patient_id=world.north.alice.pk).count() == 1


def test_a_request_without_a_body_will_do(world: World) -> None:
    alert = an_alert(world.north.alice)
    answer = world.north.client(Role.CLINICIAN).generic("POST", f"{ALERTS}{alert}/acknowledge/")
    assert answer.status_code == 200


def test_a_second_time_changes_nothing(world: World) -> None:
    alert = an_alert(world.north.alice)
    first = act(world.north, Role.CLINICIAN, alert, "acknowledge").json()
    assert act(world.north, Role.CLINICIAN, alert, "acknowledge").json() == first


def test_a_technician_takes_on_technical_ones_only(world: World) -> None:
    technical = an_alert(world.north.alice, code="lead_off", kind="technical")
    assert act(world.north, Role.TECHNICIAN, technical, "acknowledge").status_code == 200
    is_problem(act(world.north, Role.TECHNICIAN, an_alert(world.north.alice), "acknowledge"), 404)


@pytest.mark.parametrize("verb", ["acknowledge", "resolve"])
@pytest.mark.parametrize("role", [Role.PATIENT, Role.CAREGIVER])
def test_who_may_only_look_cannot_act(world: World, role: Role, verb: str) -> None:
    is_problem(act(world.north, role, an_alert(world.north.alice), verb), 403)


@pytest.mark.parametrize("verb", ["acknowledge", "resolve"])
def test_one_that_is_over_stays_over(world: World, verb: str) -> None:
    is_problem(act(world.north, Role.CLINICIAN, an_alert(world.north.alice, state="resolved"), verb), 409)


def test_a_clinician_ends_one_by_hand(world: World) -> None:
    alert = an_alert(world.north.alice)
    answer = act(world.north, Role.CLINICIAN, alert, "resolve", {"reason": "sensor was on the table"})
    assert answer.json()["state"] == "resolved"


@pytest.mark.parametrize("body", [{"reason": 7}, {"reason": "x" * 301}, {"why": "so"}])
def test_a_reason_must_be_a_short_text(world: World, body: dict[str, Any]) -> None:
    answer = act(world.north, Role.CLINICIAN, an_alert(world.north.alice), "resolve", body)
    assert fields_of(is_problem(answer, 400)) == set(body)


def test_an_acknowledgement_takes_nothing_along(world: World) -> None:
    alert = an_alert(world.north.alice)
    answer = act(world.north, Role.CLINICIAN, alert, "acknowledge", {"until": "tomorrow"})
    assert fields_of(is_problem(answer, 400)) == {"until"}
    assert shown(world.north, Role.CLINICIAN)[0]["state"] == "active"
