"""The way of a mobile app: allauth headless, and the session token with every request."""

from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client

from apps.accounts.models import User
from apps.accounts.roles import Role
from apps.core.tenancy import bind
from tests.api.checks import is_problem, listed
from tests.personas import PASSWORD, World

LOGIN = "/_allauth/app/v1/auth/login"
SESSION = "/_allauth/app/v1/auth/session"
JSON = "application/json"


def sign_in(client: Client, email: str, password: str) -> HttpResponse:
    body = {"email": email, "password": password}
    return client.post(LOGIN, body, content_type=JSON)  # type: ignore[return-value]


def token_of(response: Any) -> str:
    assert response.status_code == 200, response.content
    return str(response.json()["meta"]["session_token"])


def test_the_token_of_a_sign_in_opens_the_api(world: World, client: Client) -> None:
    token = token_of(sign_in(client, world.north.people[Role.CLINICIAN].email, PASSWORD))
    answer = Client().get("/api/v1/patients/", headers={"X-Session-Token": token})
    assert {patient["given_name"] for patient in listed(answer)} == {"Alice", "Bob"}


def test_an_app_needs_no_csrf_token(world: World, client: Client) -> None:
    token = token_of(sign_in(client, world.north.people[Role.CLINICIAN].email, PASSWORD))
    strict = Client(enforce_csrf_checks=True)
    answer = strict.patch(
        f"/api/v1/patients/{world.north.bob.pk}/", {"bed": "9"}, JSON, headers={"X-Session-Token": token}
    )
    assert answer.status_code == 200
    assert answer.json()["bed"] == "9"


def test_a_wrong_password_gives_no_token(world: World, client: Client) -> None:
    answer = sign_in(client, world.north.people[Role.PATIENT].email, "not the password")
    assert answer.status_code == 400
    assert "session_token" not in str(answer.content)


def test_an_unknown_address_is_answered_like_a_wrong_password(world: World, client: Client) -> None:
    known = sign_in(client, world.north.people[Role.PATIENT].email, "not the password")
    unknown = sign_in(client, f"{uuid4().hex}@northgate.example", "not the password")
    assert (unknown.status_code, unknown.content) == (known.status_code, known.content)


def test_guessing_is_stopped(world: World, client: Client) -> None:
    email = world.north.people[Role.CLINICIAN].email
    for attempt in range(6):
        sign_in(client, email, f"guess {attempt}")
    answer = sign_in(client, email, PASSWORD)
    assert answer.status_code == 400
    assert "too_many_login_attempts" in str(answer.content)


def test_signing_out_ends_the_token(world: World, client: Client) -> None:
    headers = {"X-Session-Token": token_of(sign_in(client, world.north.people[Role.CLINICIAN].email, PASSWORD))}
    assert Client().delete(SESSION, headers=headers).status_code == 401
    is_problem(Client().get("/api/v1/patients/", headers=headers), 401)


def test_a_made_up_token_is_refused_even_beside_a_good_cookie(world: World) -> None:
    is_problem(Client().get("/api/v1/patients/", headers={"X-Session-Token": "made-up"}), 401)
    signed_in = world.north.client(Role.CLINICIAN)
    is_problem(signed_in.get("/api/v1/patients/", headers={"X-Session-Token": "made-up"}), 401)


def test_a_token_says_who_one_is(world: World, client: Client) -> None:
    token = token_of(sign_in(client, world.south.people[Role.TECHNICIAN].email, PASSWORD))
    answer = Client().get("/api/v1/organizations/current/", headers={"X-Session-Token": token})
    assert answer.json()["slug"] == "southbank"
    assert answer.json()["role"] == "technician"


def test_an_account_that_was_closed_is_out_at_once(world: World, client: Client) -> None:
    person = world.north.people[Role.CLINICIAN]
    token = token_of(sign_in(client, person.email, PASSWORD))
    with bind(world.north.id, user_id=person.pk):
        User.objects.filter(pk=person.pk).update(is_active=False)
    is_problem(Client().get("/api/v1/patients/", headers={"X-Session-Token": token}), 401)
