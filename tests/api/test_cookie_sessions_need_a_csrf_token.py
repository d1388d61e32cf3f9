from django.test import Client

from apps.accounts.roles import Role
from tests.api.checks import is_problem
from tests.factories import an_alert
from tests.personas import World

JSON = "application/json"


def strict(world: World) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.cookies = world.north.client(Role.CLINICIAN).cookies
    return client


def test_without_it_nothing_is_written(world: World) -> None:
    alert = an_alert(world.north.alice)
    is_problem(strict(world).post(f"/api/v1/alerts/{alert}/acknowledge/", {}, JSON), 403)
    bob = f"/api/v1/patients/{world.north.bob.pk}/"
    is_problem(strict(world).patch(bob, {"bed": "9"}, JSON), 403)
    assert world.north.client(Role.CLINICIAN).get(bob).json()["bed"] == "2"


def test_with_it_a_page_may_write(world: World) -> None:
    client = strict(world)
    client.cookies["csrftoken"] = "a" * 32
    alert = an_alert(world.north.alice)
    answer = client.post(f"/api/v1/alerts/{alert}/acknowledge/", {}, JSON, headers={"X-CSRFToken": "a" * 32})
    assert answer.json()["state"] == "acknowledged"


def test_reading_needs_none(world: World) -> None:
    assert strict(world).get("/api/v1/patients/").status_code == 200
