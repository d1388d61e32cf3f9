import pytest

from apps.accounts.roles import Role
from apps.core.tenancy import bind
from apps.devices.models import Device
from apps.patients.models import Patient
from tests.api.checks import is_problem, listed
from tests.factories import a_device
from tests.personas import World

DEVICES = "/api/v1/devices/"


@pytest.fixture
def equipped(world: World) -> World:
    """One device on Alice, one on Charlie (another unit), one on nobody."""
    a_device(world.north, "on-alice", on=world.north.alice, heard=True)
    a_device(world.north, "on-charlie", on=world.north.charlie)
    a_device(world.north, "on-nobody")
    a_device(world.south, "of-south", on=world.south.alice)
    return world


@pytest.mark.parametrize(
    ("role", "uids"),
    [
        (Role.TECHNICIAN, ["on-alice", "on-charlie", "on-nobody"]),
        (Role.CLINICIAN, ["on-alice", "on-charlie", "on-nobody"]),
        (Role.MANAGER, ["on-alice", "on-charlie", "on-nobody"]),
        (Role.PATIENT, ["on-alice"]),
        (Role.CAREGIVER, ["on-alice"]),
    ],
)
def test_to_each_role_those_it_may_see(equipped: World, role: Role, uids: list[str]) -> None:
    devices = listed(equipped.north.client(role).get(DEVICES))
    assert [device["uid"] for device in devices] == uids


def test_those_of_one_unit_or_patient(equipped: World) -> None:
    north, client = equipped.north, equipped.north.client(Role.CLINICIAN)
    for query, uids in (
        ({"unit": north.alice.unit_id}, ["on-alice"]),
        ({"patient": north.alice.pk}, ["on-alice"]),
        ({"patient": north.charlie.pk}, []),
        ({"unit": equipped.south.alice.unit_id}, []),
    ):
        assert [device["uid"] for device in listed(client.get(DEVICES, query))] == uids


def test_not_at_all_to_a_privacy_officer(equipped: World) -> None:
    is_problem(equipped.north.client(Role.PRIVACY_OFFICER).get(DEVICES), 403)


def test_a_device_looks_as_documented(equipped: World) -> None:
    client = equipped.north.client(Role.TECHNICIAN)
    found = listed(client.get(DEVICES))[0]
    assert client.get(f"{DEVICES}{found['id']}/").json() == found
    status = found.pop("status")
    assert status.pop("last_seen_at").endswith("Z")
    assert status == {
        "last_frame_at": None,
        "battery_percent": 81.0,
        "battery_mv": None,
        "charging": None,
        "flags": ["lead_off"],
    }
    del found["id"]
    assert found == {
        "uid": "on-alice",
        "model": "node",
        "label": "Label on-alice",
        "simulated": False,
        "hub": None,
        "patient": str(equipped.north.alice.pk),
        "retired_at": None,
    }


def test_one_that_was_never_heard_has_no_status(equipped: World) -> None:
    found = listed(equipped.north.client(Role.TECHNICIAN).get(DEVICES))[2]
    assert (found["status"], found["patient"]) == (None, None)


def test_its_hub_is_named(equipped: World) -> None:
    with bind(equipped.north.id):
        hub = Device.objects.get(uid="on-nobody")
        Device.objects.filter(uid="on-alice").update(hub=hub)
    assert listed(equipped.north.client(Role.TECHNICIAN).get(DEVICES))[0]["hub"] == "on-nobody"


def test_whom_it_is_on_is_told_only_to_who_may_know_of_them(equipped: World) -> None:
    def patients(role: Role) -> list[bool]:
        return [device["patient"] is not None for device in listed(equipped.north.client(role).get(DEVICES))]

    assert patients(Role.TECHNICIAN) == [True, True, False]
    assert patients(Role.MANAGER) == [True, True, False]
    assert patients(Role.CLINICIAN) == [True, False, False]  # Charlie lies in another unit


def test_those_on_one_patient(equipped: World) -> None:
    def on(patient: Patient) -> list[str]:
        client = equipped.north.client(Role.CLINICIAN)
        return [device["uid"] for device in listed(client.get(f"{DEVICES}?patient={patient.pk}"))]

    assert on(equipped.north.alice) == ["on-alice"]
    assert on(equipped.north.bob) == []
    assert on(equipped.north.charlie) == []
    assert on(equipped.south.alice) == []


def test_a_patient_cannot_open_somebody_elses(equipped: World) -> None:
    with bind(equipped.north.id):
        device_id = Device.objects.get(uid="on-charlie").pk
    is_problem(equipped.north.client(Role.PATIENT).get(f"{DEVICES}{device_id}/"), 404)
