from datetime import UTC, datetime, timedelta

import pytest

from apps.accounts.roles import Role
from apps.core.tenancy import bind
from apps.patients.models import Patient, Share
from apps.patients.services import admit, break_glass
from tests.api.checks import is_problem, listed
from tests.personas import World

PATIENTS = "/api/v1/patients/"
SHAPE = {
    "id",
    "mrn",
    "given_name",
    "family_name",
    "birth_date",
    "sex",
    "height_cm",
    "mass_kg",
    "unit",
    "bed",
    "simulated",
}


@pytest.mark.parametrize(
    ("role", "names"),
    [
        (Role.PATIENT, ["Alice"]),
        (Role.CAREGIVER, ["Alice"]),
        (Role.CLINICIAN, ["Alice", "Bob"]),
        (Role.MANAGER, ["Alice", "Bob", "Charlie"]),
    ],
)
def test_to_each_role_those_it_may_know_by_name(world: World, role: Role, names: list[str]) -> None:
    patients = listed(world.north.client(role).get(PATIENTS))
    assert [patient["given_name"] for patient in patients] == names
    assert all(patient.keys() == SHAPE for patient in patients)


def test_a_patient_looks_as_documented(world: World) -> None:
    alice = world.north.alice
    assert listed(world.north.client(Role.PATIENT).get(PATIENTS)) == [
        {
            "id": str(alice.pk),
            "mrn": "1001",
            "given_name": "Alice",
            "family_name": "Northgate",
            "birth_date": "1980-05-17",
            "sex": "female",
            "height_cm": 170.0,
            "mass_kg": 64.0,
            "unit": str(world.north.ward.pk),
            "bed": "1",
            "simulated": False,
        }
    ]


def test_to_a_technician_by_bed_and_pseudonym_only(world: World) -> None:
    patients = listed(world.north.client(Role.TECHNICIAN).get(PATIENTS))
    assert len(patients) == 3
    known = {"id", "unit", "bed", "simulated", "pseudonym"}
    for patient in patients:
        assert {name for name, value in patient.items() if value is not None} == known
        assert patient.keys() == SHAPE | {"pseudonym"}
    with bind(world.north.id):
        pseudonyms = sorted(Patient.objects.values_list("pseudonym", flat=True))
    assert [patient["pseudonym"] for patient in patients] == pseudonyms


def test_not_at_all_to_a_privacy_officer(world: World) -> None:
    is_problem(world.north.client(Role.PRIVACY_OFFICER).get(PATIENTS), 403)


def test_behind_broken_glass_a_patient_of_another_unit_appears_until_it_closes(world: World) -> None:
    client = world.north.client(Role.CLINICIAN)
    with bind(world.north.id):
        glass = break_glass(
            actor=world.north.actor(Role.CLINICIAN), patient_id=world.north.charlie.pk, reason="collapsed in the hall"
        )
    assert "Charlie" in {patient["given_name"] for patient in listed(client.get(PATIENTS))}
    with bind(world.north.id):
        glass.expires_at = datetime.now(UTC) - timedelta(seconds=1)
        glass.save()
    assert "Charlie" not in {patient["given_name"] for patient in listed(client.get(PATIENTS))}


def test_a_share_ends_when_it_expires_or_is_taken_back(world: World) -> None:
    client = world.north.client(Role.CAREGIVER)
    with bind(world.north.id):
        Share.objects.update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert listed(client.get(PATIENTS)) == []
    with bind(world.north.id):
        Share.objects.update(expires_at=datetime.now(UTC) + timedelta(days=1), revoked_at=datetime.now(UTC))
    assert listed(client.get(PATIENTS)) == []


def test_of_one_unit(world: World) -> None:
    client = world.north.client(Role.MANAGER)
    assert [p["mrn"] for p in listed(client.get(f"{PATIENTS}?unit={world.north.annex.pk}"))] == ["1003"]
    assert listed(client.get(f"{PATIENTS}?unit={world.south.ward.pk}")) == []


def test_a_simulated_one_says_so(world: World) -> None:
    with bind(world.north.id):
        Patient.objects.filter(pk=world.north.bob.pk).update(simulated=True)
    flags = {p["given_name"]: p["simulated"] for p in listed(world.north.client(Role.CLINICIAN).get(PATIENTS))}
    assert flags == {"Alice": False, "Bob": True}


def test_page_by_page_forth_and_back_though_all_have_one_name(world: World) -> None:
    with bind(world.north.id):
        for number in range(7):
            admit(unit_id=world.north.ward.pk, mrn=f"2{number:03}", given_name="Ann", family_name="Ame")
    client = world.north.client(Role.CLINICIAN)
    whole = [patient["id"] for patient in listed(client.get(PATIENTS))]
    assert len(whole) == 9
    forth, address = [], f"{PATIENTS}?page_size=4"
    while address:
        page = client.get(address).json()
        forth.append([patient["id"] for patient in page["results"]])
        last, address = address, page["next"]
    assert [found for ids in forth for found in ids] == whole
    assert [len(ids) for ids in forth] == [4, 4, 1]
    back = client.get(client.get(last).json()["previous"]).json()
    assert [patient["id"] for patient in back["results"]] == forth[1]
