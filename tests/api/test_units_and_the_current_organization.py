import pytest

from apps.accounts.roles import Role
from tests.api.checks import listed
from tests.personas import World


@pytest.mark.parametrize(
    ("role", "names"),
    [
        (Role.CLINICIAN, ["Ward 1"]),
        (Role.MANAGER, ["Annex", "Ward 1"]),
        (Role.TECHNICIAN, ["Annex", "Ward 1"]),
        (Role.PATIENT, []),
        (Role.CAREGIVER, []),
        (Role.PRIVACY_OFFICER, []),
    ],
)
def test_everybody_sees_the_units_they_may_choose_among(world: World, role: Role, names: list[str]) -> None:
    units = listed(world.north.client(role).get("/api/v1/units/"))
    assert [unit["name"] for unit in units] == names
    assert all(unit.keys() == {"id", "name"} for unit in units)


@pytest.mark.parametrize("role", list(Role))
def test_everybody_may_know_where_they_are_and_as_what(world: World, role: Role) -> None:
    organization = world.north.organization
    assert world.north.client(role).get("/api/v1/organizations/current/").json() == {
        "id": str(organization.pk),
        "slug": "northgate",
        "name": "Northgate",
        "timezone": "UTC",
        "role": role.value,
    }
