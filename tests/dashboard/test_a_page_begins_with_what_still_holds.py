"""What a page shows before the stream has said anything: of an assessment that nobody repeats, nothing."""

from datetime import timedelta

import pytest

from apps.accounts.roles import Role
from apps.core.tenancy import bind
from apps.twin.models import TwinState
from apps.twin.organs import ORGANS, Measured, assess
from tests.dashboard.test_pages_show_what_is_ones_own import data_of
from tests.factories import now
from tests.personas import World


def assessed(world: World, ago: timedelta) -> None:
    at, alice = now() - ago, world.north.alice
    organs = assess({"heart_rate": Measured(70.0, at, 1.0), "spo2": Measured(97.0, at, 1.0)}, at)
    with bind(world.north.id):
        TwinState.objects.create(organization_id=world.north.id, patient=alice, at=at, organs=organs, statuses="")


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.PATIENT])
@pytest.mark.parametrize(("ago", "status"), [(timedelta(seconds=2), "good"), (timedelta(minutes=5), "unknown")])
def test_green_does_not_outlive_its_evidence(world: World, role: Role, ago: timedelta, status: str) -> None:
    assessed(world, ago)
    path = {Role.CLINICIAN: f"/patients/{world.north.alice.pk}/", Role.PATIENT: "/me/"}[role]
    organs = {organ["organ"]: organ for organ in data_of(world.north.client(role).get(path))["organs"]}
    assert tuple(organs) == ORGANS
    assert organs["heart"]["status"] == organs["lungs"]["status"] == status
    said_so = organs["heart"]["reasons"][0]["text"].startswith("not assessed since")
    assert said_so == (status == "unknown")


def test_before_the_first_assessment_every_organ_is_unknown(world: World) -> None:
    page = world.north.client(Role.CLINICIAN).get(f"/patients/{world.north.alice.pk}/")
    assert {organ["status"] for organ in data_of(page)["organs"]} == {"unknown"}
