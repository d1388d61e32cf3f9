from datetime import timedelta
from typing import Any

import pytest

from apps.accounts.roles import Role
from apps.core.tenancy import bind
from apps.patients.models import Patient
from apps.readings.models import CurrentValue
from tests.factories import a_current_value, a_device, now
from tests.personas import World


def again(world: World, path: str, tag: str, role: Role = Role.CLINICIAN) -> Any:
    return world.north.client(role).get(path, headers={"If-None-Match": tag})


@pytest.mark.parametrize("what", ["patient", "patients", "devices", "units"])
def test_the_same_again_is_a_304_without_a_body(world: World, what: str) -> None:
    a_device(world.north, "node-0001")
    path = f"/api/v1/patients/{world.north.bob.pk}/" if what == "patient" else f"/api/v1/{what}/"
    first = world.north.client(Role.CLINICIAN).get(path)
    assert first["ETag"].startswith('"')
    second = again(world, path, first["ETag"])
    assert (second.status_code, second.content, second["ETag"]) == (304, b"", first["ETag"])


def test_a_change_is_sent(world: World) -> None:
    path = f"/api/v1/patients/{world.north.bob.pk}/"
    tag = world.north.client(Role.CLINICIAN).get(path)["ETag"]
    with bind(world.north.id):
        Patient.objects.filter(pk=world.north.bob.pk).update(bed="9")
    answer = again(world, path, tag)
    assert (answer.status_code, answer.json()["bed"]) == (200, "9")
    assert answer["ETag"] != tag


def test_what_one_role_saw_is_no_answer_to_another(world: World) -> None:
    path = f"/api/v1/patients/{world.north.bob.pk}/"
    tag = world.north.client(Role.CLINICIAN).get(path)["ETag"]
    assert again(world, path, tag, role=Role.TECHNICIAN).status_code == 200


def test_vitals_that_only_grew_older_are_the_same_until_their_state_changes(world: World) -> None:
    path = f"/api/v1/patients/{world.north.alice.pk}/vitals/"
    a_current_value(world.north.alice, "spo2", 97.0, now())
    tag = world.north.client(Role.CLINICIAN).get(path)["ETag"]
    assert tag.startswith("W/")
    assert again(world, path, tag).status_code == 304
    with bind(world.north.id):
        CurrentValue.objects.update(at=now() - timedelta(seconds=20))
    assert again(world, path, tag).json()["vitals"][0]["state"] == "stale"


def test_no_cache_keeps_a_patients_data_without_asking(world: World) -> None:
    answer = world.north.client(Role.CLINICIAN).get("/api/v1/patients/")
    assert set(answer["Cache-Control"].split(", ")) == {"private", "no-cache"}
    assert {"Cookie", "X-Session-Token", "X-BodyLink-Organization"} <= set(answer["Vary"].split(", "))
