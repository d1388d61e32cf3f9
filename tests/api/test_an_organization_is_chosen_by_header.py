from apps.accounts.roles import Role
from apps.accounts.services import add_member
from apps.core.tenancy import bind
from tests.api.checks import is_problem, listed
from tests.personas import Hospital, World

PATIENTS = "/api/v1/patients/"


def choose(hospital: Hospital) -> dict[str, str]:
    return {"X-BodyLink-Organization": hospital.organization.slug}


def test_who_belongs_to_one_organization_need_not_name_it(world: World) -> None:
    client = world.north.client(Role.CLINICIAN)
    assert listed(client.get(PATIENTS)) == listed(client.get(PATIENTS, headers=choose(world.north)))


def test_who_belongs_to_two_must_name_one(world: World) -> None:
    person = world.north.people[Role.CLINICIAN]
    with bind(world.south.id):
        add_member(user=person, role=Role.CLINICIAN, unit_ids=[world.south.annex.pk])
    client = world.north.client(Role.CLINICIAN)
    problem = is_problem(client.get(PATIENTS), 400)
    assert "X-BodyLink-Organization" in problem["detail"]
    assert [p["mrn"] for p in listed(client.get(PATIENTS, headers=choose(world.north)))] == ["1001", "1002"]
    assert [p["mrn"] for p in listed(client.get(PATIENTS, headers=choose(world.south)))] == ["1003"]


def test_an_organization_one_does_not_belong_to_is_not_there(world: World) -> None:
    client = world.north.client(Role.CLINICIAN)
    strange = is_problem(client.get(PATIENTS, headers=choose(world.south)), 404)
    missing = is_problem(client.get(PATIENTS, headers={"X-BodyLink-Organization": "nowhere"}), 404)
    assert strange == missing
