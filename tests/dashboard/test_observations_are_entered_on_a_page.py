"""The form of a round: by role, with a point or a comma, refused beside the field, corrected, never deleted."""

import re
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from apps.accounts.roles import Role
from apps.core.tenancy import bind
from apps.readings.models import Observation
from apps.scores.models import ScoringDecision
from tests.factories import an_observation, now
from tests.personas import World


def path(world: World, patient: Any = None) -> str:
    return f"/patients/{(patient or world.north.alice).pk}/observations/"


def send(world: World, role: Role = Role.CLINICIAN, key: str = "one", **fields: str) -> Any:
    return world.north.client(role).post(path(world), {"key": key, **fields})


def entered(world: World) -> dict[str, float]:
    with bind(world.north.id):
        return {each.code: each.value for each in Observation.objects.all()}


def test_a_round_is_entered_and_shown_with_who_entered_it(world: World) -> None:
    answer = send(world, respiratory_rate="18", core_temperature="37,4", consciousness="2", oxygen="air")
    assert answer.status_code == 302
    assert entered(world) == {
        "respiratory_rate": 18.0,
        "core_temperature": 37.4,
        "consciousness": 2.0,
        "supplemental_oxygen": 0.0,
        "inspired_oxygen": 21.0,
    }
    page = world.north.client(Role.CLINICIAN).get(path(world)).content.decode()
    assert "Northgate Clinician" in page
    assert "Responds to voice" in page


def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_kept(world: World) -> None:
    page = send(world, systolic_pressure="900", weight="71").content.decode()
    assert re.search(r'data-field="systolic_pressure".*?lies between 10 and 350', page, re.DOTALL)
    assert 'value="71"' in page
    assert entered(world) == {}
    assert "Diastolic" in page
    page = send(world, systolic_pressure="90", diastolic_pressure="95").content.decode()
    assert "must lie below the systolic" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Nothing was entered"),
        ({"oxygen": "oxygen"}, "How much oxygen?"),
        ({"oxygen": "air", "supplemental_oxygen": "2"}, "On room air"),
        ({"weight": "seventy"}, "Enter a number"),
        ({"weight": "70", "at": "2199-01-01T00:00"}, "in the future"),
    ],
)
def test_a_round_that_makes_no_sense_is_asked_about(world: World, fields: dict[str, str], words: str) -> None:
    assert words in send(world, **fields).content.decode()
    assert entered(world) == {}


def test_sent_twice_it_is_entered_once(world: World) -> None:
    for _ in range(2):
        assert send(world, key="same", weight="71").status_code == 302
    with bind(world.north.id):
        assert Observation.objects.count() == 1


def test_the_time_is_that_of_the_organization(world: World) -> None:
    at = (now() - timedelta(hours=2)).replace(second=0, microsecond=0)
    local = at.astimezone(ZoneInfo(world.north.organization.timezone))
    send(world, weight="71", at=f"{local:%Y-%m-%dT%H:%M}")
    with bind(world.north.id):
        assert Observation.objects.get().at == at


def test_a_mistake_is_marked_and_stays(world: World) -> None:
    observation = an_observation(world.north.alice, "weight", 171.0)
    browser = world.north.client(Role.CLINICIAN)
    browser.post(f"{path(world)}{observation}/in-error/", {"reason": "Scales were not at zero"})
    page = browser.get(path(world)).content.decode()
    assert "<s>171.0 kg</s>" in page
    assert "Scales were not at zero" in page
    assert "no member any more" in page


def test_the_scale_is_decided_there(world: World) -> None:
    browser = world.north.client(Role.CLINICIAN)
    browser.post(f"/patients/{world.north.alice.pk}/scoring/", {"choice": "spo2_scale 2", "why": "Hypercapnic failure"})
    page = browser.get(path(world)).content.decode()
    assert "SpO₂ scale 2, decided by Northgate Clinician: Hypercapnic failure" in page
    with bind(world.north.id):
        assert ScoringDecision.objects.get().value == 2


def test_a_patient_has_what_is_theirs_to_enter(world: World) -> None:
    page = world.north.client(Role.PATIENT).get(path(world)).content.decode()
    own = {"weight", "glucose", "pain", "meal_carbohydrate", "fluid_intake", "insulin_dose"}
    assert set(re.findall(r'data-field="(\w+)"', page)) == {*own, "at"}
    assert "How NEWS2 is scored" not in page
    said = {"weight": "70", "meal_carbohydrate": "60", "insulin_dose": "4,5", "consciousness": "0"}
    assert send(world, Role.PATIENT, **said).status_code == 302
    assert entered(world) == {"weight": 70.0, "meal_carbohydrate": 60.0, "insulin_dose": 4.5}


@pytest.mark.parametrize("role", [Role.CAREGIVER, Role.MANAGER, Role.TECHNICIAN, Role.PRIVACY_OFFICER])
def test_for_nobody_else_there_is_such_a_page(world: World, role: Role) -> None:
    observation = an_observation(world.north.alice)
    browser = world.north.client(role)
    assert browser.get(path(world)).status_code == 404
    assert browser.post(path(world), {"key": "k", "weight": "70"}).status_code == 404
    assert browser.post(f"{path(world)}{observation}/in-error/", {"reason": "because"}).status_code == 404
    answer = browser.post(f"/patients/{world.north.alice.pk}/scoring/", {"choice": "pregnant 1", "why": "because"})
    assert answer.status_code == 404


def test_another_units_and_the_neighbours_patient_are_not_there(world: World) -> None:
    browser = world.north.client(Role.CLINICIAN)
    for patient in (world.north.charlie, world.south.alice):
        assert browser.get(path(world, patient)).status_code == 404
        assert browser.post(path(world, patient), {"key": "k", "weight": "70"}).status_code == 404
    assert world.north.client(Role.PATIENT).get(path(world, world.north.bob)).status_code == 404


def test_a_patient_decides_nothing_about_scoring(world: World) -> None:
    answer = world.north.client(Role.PATIENT).post(
        f"/patients/{world.north.alice.pk}/scoring/", {"choice": "pregnant 1", "why": "because"}
    )
    assert answer.status_code == 404
