"""A page shows the patients within one's reach; any other is not there."""

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from apps.accounts.roles import Role
from apps.audit.models import AuditEvent
from apps.core.tenancy import bind
from tests.personas import World, add_patient


def data_of(page: HttpResponse) -> dict[str, Any]:
    found = re.search(r'<script id="page-data" type="application/json">(.*?)</script>', page.content.decode())
    assert found, page.content[:500]
    parsed: dict[str, Any] = json.loads(found[1])
    return parsed


def test_a_ward_shows_its_patients_and_no_others(world: World) -> None:
    page = world.north.client(Role.CLINICIAN).get(f"/ward/{world.north.ward.pk}/")
    assert {patient["mrn"] for patient in data_of(page)["patients"]} == {"1001", "1002"}


def test_another_unit_and_another_organizations_ward_are_not_there(world: World) -> None:
    browser = world.north.client(Role.CLINICIAN)
    for unit in (world.north.annex, world.south.ward):
        assert browser.get(f"/ward/{unit.pk}/").status_code == 404


@pytest.mark.parametrize("role", [Role.MANAGER, Role.TECHNICIAN, Role.PRIVACY_OFFICER, Role.PATIENT, Role.CAREGIVER])
def test_only_clinicians_have_wards(world: World, role: Role) -> None:
    browser = world.north.client(role)
    assert browser.get("/ward/").status_code == 404
    assert browser.get(f"/ward/{world.north.ward.pk}/").status_code == 404


def test_a_clinician_sees_a_patient_and_it_is_noted(world: World) -> None:
    page = world.north.client(Role.CLINICIAN).get(f"/patients/{world.north.alice.pk}/")
    assert data_of(page)["patients"][0]["mrn"] == "1001"
    with bind(world.north.id):
        event = AuditEvent.objects.get(action="read")
    assert (event.patient_id, event.detail) == (world.north.alice.pk, {"door": "page"})


def test_a_patient_sees_themselves_only(world: World) -> None:
    browser = world.north.client(Role.PATIENT)
    assert data_of(browser.get("/me/"))["patients"][0]["mrn"] == "1001"
    assert browser.get(f"/me/{world.north.bob.pk}/").status_code == 404
    assert browser.get(f"/patients/{world.north.alice.pk}/").headers["Location"] == f"/me/{world.north.alice.pk}/"


def test_a_caregiver_sees_what_was_shared_until_it_is_taken_back(world: World) -> None:
    browser = world.north.client(Role.CAREGIVER)
    assert data_of(browser.get("/me/"))["patients"][0]["mrn"] == "1001"
    with bind(world.north.id):
        world.north.alice.shares.update(revoked_at="2026-01-01T00:00:00Z")
    assert browser.get("/me/").headers["Location"] == "/"
    assert "Nobody shares anything with you now" in browser.get("/").content.decode()


@pytest.mark.parametrize("role", list(Role))
def test_the_neighbours_patient_is_not_there_for_anybody(world: World, role: Role) -> None:
    browser = world.north.client(role)
    for path in (f"/patients/{world.south.alice.pk}/", f"/me/{world.south.alice.pk}/"):
        answer = browser.get(path, follow=True)
        assert answer.status_code == 404
    assert browser.get(f"/patients/{world.south.alice.pk}/break-glass/").status_code == 404


def test_beyond_ones_units_a_reason_opens_a_patient_for_a_while(world: World) -> None:
    browser = world.north.client(Role.CLINICIAN)
    path = f"/patients/{world.north.charlie.pk}/"
    assert browser.get(path).headers["Location"] == f"{path}break-glass/"
    form = browser.get(f"{path}break-glass/").content.decode()
    assert "Charlie" not in form
    assert browser.post(f"{path}break-glass/", {"reason": "too short"[:4]}).status_code == 200
    assert browser.get(path).status_code == 302
    browser.post(f"{path}break-glass/", {"reason": "Called to the annex at night"})
    page = browser.get(path)
    assert page.status_code == 200
    assert "opened this record outside your units" in page.content.decode()
    with bind(world.north.id):
        assert AuditEvent.objects.filter(action="break-glass", patient_id=world.north.charlie.pk).count() == 1


@pytest.mark.parametrize("role", [Role.PATIENT, Role.CAREGIVER, Role.MANAGER, Role.TECHNICIAN, Role.PRIVACY_OFFICER])
def test_nobody_else_breaks_the_glass(world: World, role: Role) -> None:
    path = f"/patients/{world.north.charlie.pk}/break-glass/"
    assert world.north.client(role).post(path, {"reason": "I am curious about them"}).status_code == 404


def test_a_page_never_runs_inline_scripts(world: World) -> None:
    page = world.north.client(Role.CLINICIAN).get(f"/ward/{world.north.ward.pk}/")
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_every_page_says_that_it_is_no_medical_device(world: World) -> None:
    pages = [
        world.north.client(Role.CLINICIAN).get(f"/ward/{world.north.ward.pk}/"),
        world.north.client(Role.PATIENT).get("/me/"),
        world.north.client(Role.MANAGER).get("/"),
        world.north.client(Role.MANAGER).get("/admin/"),
    ]
    for page in pages:
        assert "not a certified medical device" in page.content.decode()


def test_a_fuller_ward_asks_no_more_of_the_database(world: World) -> None:
    browser = world.north.client(Role.CLINICIAN)
    path = f"/ward/{world.north.ward.pk}/"
    with CaptureQueriesContext(connection) as few:
        browser.get(path)
    with bind(world.north.id):
        for number in range(10):
            add_patient(world.north.ward, f"2{number:03d}", "More", "People")
    with CaptureQueriesContext(connection) as many:
        browser.get(path)
    assert len(many) == len(few)


def test_what_if_is_for_clinicians_and_a_forecast_for_everybody_who_may_look(world: World) -> None:
    clinician = world.north.client(Role.CLINICIAN).get(f"/patients/{world.north.alice.pk}/")
    own = world.north.client(Role.PATIENT).get("/me/")
    kinds = {kind["kind"]: kind for kind in data_of(clinician)["what_if"]}
    assert kinds["bleeding"].items() >= {"unit": "mL", "low": 50, "high": 3000, "note": "whole blood"}.items()
    assert data_of(own)["what_if"] == []
    assert 'data-testid="what-if"' in clinician.content.decode()
    assert 'data-testid="what-if"' not in own.content.decode()
    for page in (clinician, own):
        assert 'data-testid="forecast"' in page.content.decode()
