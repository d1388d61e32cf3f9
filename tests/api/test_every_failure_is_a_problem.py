from typing import Any

import pytest
from django.test import Client

from apps.accounts.roles import Role
from apps.readings import api as readings_api
from tests.api.checks import fields_of, is_problem
from tests.personas import World

PATIENTS = "/api/v1/patients/"
JSON = "application/json"
DEEP = "[" * 100_000


@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/v1/nope/", "/api/v2/patients/", "/api/v1/patients"])
def test_an_unknown_address_whatever_the_method(database: None, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    for send in (client.get, client.post, client.patch, client.put, client.delete, client.options):
        assert is_problem(send(path), 404)["type"] == "urn:bodylink:problem:not-found"


def test_an_unknown_address_of_a_page_stays_a_page(database: None, client: Client) -> None:
    assert "text/html" in client.get("/no-such-page/")["Content-Type"]


def test_a_malformed_id_is_an_unknown_address(world: World) -> None:
    is_problem(world.north.client(Role.CLINICIAN).get("/api/v1/patients/42/"), 404)


def test_a_host_that_is_not_ours(database: None, client: Client) -> None:
    is_problem(client.get("/api/v1/patients/", headers={"host": "evil.example"}), 400)


def test_a_method_that_is_not_there_names_those_that_are(world: World) -> None:
    answer = world.north.client(Role.CLINICIAN).delete(PATIENTS)
    is_problem(answer, 405)
    assert answer["Allow"] == "GET, HEAD, POST"


def test_a_form_that_cannot_be_rendered(world: World) -> None:
    is_problem(world.north.client(Role.CLINICIAN).get(PATIENTS, headers={"Accept": "text/csv"}), 406)


def test_a_body_of_another_kind(world: World) -> None:
    is_problem(world.north.client(Role.CLINICIAN).post(PATIENTS, {"mrn": "1"}), 415)


@pytest.mark.parametrize("body", ["[1", "{'mrn': 1}", b"\xff\xfe", '{"mass_kg": NaN}', DEEP])
def test_a_body_that_is_no_json(world: World, body: Any) -> None:
    is_problem(world.north.client(Role.CLINICIAN).post(PATIENTS, body, JSON), 400)


@pytest.mark.parametrize("body", ["[]", '"patient"', "7", "null"])
def test_a_body_that_is_no_object(world: World, body: str) -> None:
    is_problem(world.north.client(Role.CLINICIAN).post(PATIENTS, body, JSON), 400)


def test_a_body_that_is_too_large(world: World, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    is_problem(world.north.client(Role.CLINICIAN).post(PATIENTS, {"mrn": "x" * 200}, JSON), 413)


def test_each_field_at_fault_is_named(world: World) -> None:
    body = {"mrn": 7, "given_name": "", "height_cm": "tall", "colour": "red", "id": "x", "sex": "none"}
    problem = is_problem(world.north.client(Role.CLINICIAN).post(PATIENTS, body, JSON), 400)
    assert fields_of(problem) == {"mrn", "given_name", "family_name", "height_cm", "colour", "id", "sex", "unit"}


@pytest.mark.parametrize("query", ["strat=1", "page_size=0", "page_size=201", "page_size=x", "page_size=٣", "unit=7"])
def test_a_parameter_that_means_nothing(world: World, query: str) -> None:
    problem = is_problem(world.north.client(Role.CLINICIAN).get(f"{PATIENTS}?{query}"), 400)
    assert fields_of(problem) == {query.split("=", maxsplit=1)[0]}


def test_a_parameter_that_is_given_twice(world: World) -> None:
    unit = world.north.ward.pk
    problem = is_problem(world.north.client(Role.CLINICIAN).get(f"{PATIENTS}?unit={unit}&unit={unit}"), 400)
    assert fields_of(problem) == {"unit"}


@pytest.mark.parametrize("cursor", ["x", "%00", "cD1h", "bz0tMQ==", "cD0lMDA=", "é", ""])
def test_a_cursor_that_somebody_made_up(world: World, cursor: str) -> None:
    client = world.north.client(Role.CLINICIAN)
    answer = client.get(f"/api/v1/alerts/?cursor={cursor}")
    assert fields_of(is_problem(answer, 400)) == {"cursor"}


def test_what_nobody_foresaw_says_nothing_of_its_cause(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the secret cause")

    monkeypatch.setattr(readings_api, "vitals_of", broken)
    answer = world.north.client(Role.CLINICIAN).get(f"{PATIENTS}{world.north.alice.pk}/vitals/")
    is_problem(answer, 500)
    assert b"secret" not in answer.content
    assert "the secret cause" in caplog.text


def test_an_error_outside_of_any_view(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the secret cause")

    monkeypatch.setattr("apps.accounts.middleware.own_memberships", broken)
    client = world.north.client(Role.CLINICIAN)
    client.raise_request_exception = False
    answer = client.get(PATIENTS)
    is_problem(answer, 500)
    assert b"secret" not in answer.content
