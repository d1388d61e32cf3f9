from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from apps.accounts.roles import Role
from apps.audit.models import AuditEvent
from apps.core.tenancy import bind
from tests.api.checks import fields_of, is_problem
from tests.personas import World

PATIENTS = "/api/v1/patients/"
JSON = "application/json"


def new_patient(world: World, **changes: Any) -> dict[str, Any]:
    return {
        "mrn": "2001",
        "given_name": "Dora",
        "family_name": "Díaz",
        "birth_date": "1991-02-03",
        "sex": "female",
        "height_cm": 170,
        "mass_kg": 64.5,
        "unit": str(world.north.ward.pk),
        "bed": "7",
        **changes,
    }


def audited(world: World, action: str) -> list[AuditEvent]:
    with bind(world.north.id):
        return list(AuditEvent.objects.filter(action=action))


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.MANAGER])
def test_who_may_admit_gets_the_patient_and_their_address(world: World, role: Role) -> None:
    client = world.north.client(role)
    answer = client.post(PATIENTS, new_patient(world), JSON)
    assert answer.status_code == 201
    assert answer.json() == {**new_patient(world), "id": answer.json()["id"], "simulated": False}
    assert client.get(answer["Location"]).json() == answer.json()
    (event,) = audited(world, "patient.admitted")
    assert str(event.patient_id) == answer.json()["id"]
    assert event.role == role


def test_only_name_number_and_unit_are_needed(world: World) -> None:
    short = {name: new_patient(world)[name] for name in ("mrn", "given_name", "family_name", "unit")}
    body = world.north.client(Role.CLINICIAN).post(PATIENTS, short, JSON).json()
    assert (body["birth_date"], body["sex"], body["height_cm"], body["bed"]) == (None, "unknown", None, "")


@pytest.mark.parametrize("role", [Role.PATIENT, Role.CAREGIVER, Role.TECHNICIAN, Role.PRIVACY_OFFICER])
def test_nobody_else_admits(world: World, role: Role) -> None:
    is_problem(world.north.client(role).post(PATIENTS, new_patient(world), JSON), 403)


def test_a_number_is_given_once(world: World) -> None:
    is_problem(world.north.client(Role.CLINICIAN).post(PATIENTS, new_patient(world, mrn="1001"), JSON), 409)


def test_the_same_number_is_free_in_another_organization(world: World) -> None:
    client = world.south.client(Role.CLINICIAN)
    client.post(PATIENTS, new_patient(world, unit=str(world.south.ward.pk)), JSON)
    assert world.north.client(Role.CLINICIAN).post(PATIENTS, new_patient(world), JSON).status_code == 201


@pytest.mark.parametrize("where", ["annex", "neighbour"])
def test_a_clinician_admits_into_own_units_only(world: World, where: str) -> None:
    unit = world.north.annex if where == "annex" else world.south.ward
    answer = world.north.client(Role.CLINICIAN).post(PATIENTS, new_patient(world, unit=str(unit.pk)), JSON)
    assert fields_of(is_problem(answer, 400)) == {"unit"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("height_cm", 0),
        ("height_cm", "170"),
        ("height_cm", True),
        ("mass_kg", 1e300),
        ("mass_kg", 10**400),
        ("birth_date", "1066-10-14"),
        ("birth_date", (datetime.now(UTC) + timedelta(days=2)).date().isoformat()),
        ("birth_date", "03.02.1991"),
        ("given_name", "x" * 81),
        ("given_name", "\0"),
        ("given_name", "\ud800"),
        ("bed", 4),
        ("simulated", True),
        ("pseudonym", "P-1"),
        ("organization", "southbank"),
    ],
)
def test_what_cannot_be_is_refused_by_name(world: World, field: str, value: Any) -> None:
    answer = world.north.client(Role.CLINICIAN).post(PATIENTS, new_patient(world, **{field: value}), JSON)
    assert fields_of(is_problem(answer, 400)) == {field}


def patch(client: Client, world: World, **changes: Any) -> Any:
    return client.patch(f"{PATIENTS}{world.north.bob.pk}/", changes, JSON)


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.MANAGER])
def test_a_correction_changes_only_what_it_names(world: World, role: Role) -> None:
    client = world.north.client(role)
    before = client.get(f"{PATIENTS}{world.north.bob.pk}/").json()
    answer = patch(client, world, bed="12", mass_kg=None)
    assert answer.json() == {**before, "bed": "12", "mass_kg": None}
    (event,) = audited(world, "patient.corrected")
    assert event.detail == {"fields": ["bed", "mass_kg"]}


def test_nobody_else_corrects(world: World) -> None:
    alice = f"{PATIENTS}{world.north.alice.pk}/"
    for role in (Role.PATIENT, Role.CAREGIVER, Role.TECHNICIAN):
        is_problem(world.north.client(role).patch(alice, {"bed": "12"}, JSON), 403)
    is_problem(world.north.client(Role.PRIVACY_OFFICER).patch(alice, {"bed": "12"}, JSON), 404)


def test_what_identifies_the_record_stays(world: World) -> None:
    problem = is_problem(patch(world.north.client(Role.CLINICIAN), world, id="x", simulated=True), 400)
    assert fields_of(problem) == {"id", "simulated"}


def test_a_clinician_hands_a_patient_to_no_unit_beyond_their_own(world: World) -> None:
    answer = patch(world.north.client(Role.CLINICIAN), world, unit=str(world.north.annex.pk))
    assert fields_of(is_problem(answer, 400)) == {"unit"}
    moved = patch(world.north.client(Role.MANAGER), world, unit=str(world.north.annex.pk))
    assert moved.json()["unit"] == str(world.north.annex.pk)


def test_a_number_that_is_taken_is_a_conflict(world: World) -> None:
    client = world.north.client(Role.CLINICIAN)
    is_problem(patch(client, world, mrn="1001", bed="12"), 409)
    assert client.get(f"{PATIENTS}{world.north.bob.pk}/").json()["bed"] == "2"
