"""Devices sign in by HTTP Basic with what opens the broker; whatever is wrong with it, the answer is the same."""

from datetime import timedelta

import pytest
from django.test import Client

from apps.accounts.roles import Role
from apps.core.tenancy import bind
from apps.devices.models import Credential, Purpose
from apps.devices.services import issue_credential, retire, revoke, rotate
from tests.api.by_http import FRAMES, HttpDevice, basic, http_device
from tests.api.checks import is_problem
from tests.factories import now
from tests.ingest.batches import frame, stored
from tests.personas import World

PATHS = [
    ("post", FRAMES),
    ("post", "/data/ingest"),
    ("get", "/data/analyze"),
    ("get", "/data"),
    ("post", "/alert/send"),
]
BODY = {"spo2_data": 97.0}


@pytest.fixture
def node(world: World) -> HttpDevice:
    return http_device(world.north, world.north.alice)


def refused(client: Client, authorization: str | None, path: str = FRAMES, method: str = "post") -> str:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = getattr(client, method)(path, BODY if method == "post" else {}, "application/json", headers=headers)
    assert answer["WWW-Authenticate"].startswith("Basic realm=")
    detail: str = is_problem(answer, 401)["detail"]
    return detail


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_without_a_secret_nothing_is_answered(node: HttpDevice, method: str, path: str) -> None:
    refused(node.client, None, path, method)
    refused(node.client, basic(node.uid, "wrong"), path, method)


@pytest.mark.parametrize(
    "authorization",
    [
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic bm8tY29sb24=",
        "Basic /////w==",
        "Bearer abc",
        "Basic " + "A" * 5000,
        basic("", ""),
        basic("no-such-device", "x"),
        basic("a\x00b-c", "x"),
        basic("Ünode", "x"),
    ],
)
def test_whatever_is_wrong_with_it_the_answer_is_the_same(node: HttpDevice, authorization: str) -> None:
    assert refused(node.client, authorization) == refused(node.client, basic(node.uid, "wrong"))


def test_a_good_secret_of_another_device_opens_nothing(world: World, node: HttpDevice) -> None:
    neighbour = http_device(world.south, world.south.alice)
    refused(node.client, basic(node.uid, neighbour.secret))
    refused(node.client, basic(neighbour.uid, node.secret))


def test_a_device_speaks_for_no_other_and_learns_nothing_of_it(world: World, node: HttpDevice) -> None:
    node.sends([frame(seq) for seq in range(5)])
    for other in (http_device(world.south, world.south.alice), http_device(world.north, world.north.bob)):
        told = other.sends([frame(3, node=node.uid)])
        assert told["acknowledged"] == []
        assert [held["reason"] for held in told["quarantined"]] == ["unknown-node"]
    assert stored("SELECT DISTINCT device_id FROM readings_frame") == [(node.device.pk,)]


def test_what_ended_opens_nothing_from_then_on(world: World, node: HttpDevice) -> None:
    with bind(world.north.id):
        newer = rotate(device=node.device)
        expired = issue_credential(device=node.device, purpose=Purpose.REPLAY, expires_at=now() - timedelta(seconds=1))
    node.sends(frame(0))
    refused(node.client, basic(node.uid, expired))
    with bind(world.north.id):
        revoke(credentials=[c for c in Credential.objects.filter(device=node.device) if c.purpose != Purpose.ROTATION])
    refused(node.client, basic(node.uid, node.secret))
    node.secret = newer
    node.sends(frame(1))
    with bind(world.north.id):
        retire(device=node.device)
    refused(node.client, basic(node.uid, newer))
    assert stored("SELECT count(*) FROM readings_frame") == [(2,)]


def test_a_person_is_no_device_and_a_device_no_person(world: World, node: HttpDevice) -> None:
    person = world.north.client(Role.TECHNICIAN)
    assert is_problem(person.post(FRAMES, frame(0), "application/json"), 401)
    is_problem(node.get("/api/v1/patients/"), 401)


def test_who_is_refused_leaves_nothing_behind(node: HttpDevice) -> None:
    refused(node.client, basic(node.uid, "wrong"))
    assert stored("SELECT count(*) FROM readings_frame") == [(0,)]
    assert stored("SELECT count(*) FROM ingest_quarantined") == [(0,)]


def test_a_parameter_that_is_not_known_is_refused(node: HttpDevice) -> None:
    is_problem(node.post(f"{FRAMES}?boot=1", frame(0)), 400)
    assert stored("SELECT count(*) FROM readings_frame") == [(0,)]
