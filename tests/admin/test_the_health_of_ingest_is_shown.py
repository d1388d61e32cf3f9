"""How ingest is: a technician sees their organization's losses, the operator the platform's processes and sums."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.test import Client
from redis.exceptions import ConnectionError as RedisConnectionError

from apps.accounts.roles import Role
from apps.ingest.heartbeat import HTTP, METER, Meter, beat
from apps.ingest.pipeline import take
from tests.admin.browser import Browser, address, an_operator, browser
from tests.admin.conftest import quarantine
from tests.admin.test_forms_are_sent_from_our_pages_only import Forbidden
from tests.ingest.batches import OPEN, arrival, device, frame, intake
from tests.personas import World

HEALTH = "ingest_quarantined_health"


@pytest.fixture(autouse=True)
def own_cache(settings: Any) -> Iterator[None]:
    """Other ingests that use the same Redis leave their signs elsewhere."""
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": uuid4().hex}}
    caches.close_all()
    yield
    while OPEN:
        OPEN.pop().connection.close()


def text_of(visitor: Browser) -> str:
    answer = visitor.open(address(HEALTH))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def losses(world: World) -> None:
    """North has given up 9 frames, south 4; both have rubbish, and somebody unknown too."""
    door, _ = intake()
    for hospital, oldest in ((world.north, 10), (world.south, 5)):
        node = device(hospital, hospital.alice)
        take([arrival(node.uid, frame(0)), arrival(node.uid, frame(oldest, oldest=oldest))], door)
        quarantine(node.uid, hospital, payload=b"rubbish", reason=f"reason-{hospital.organization.slug}")
    quarantine("ghost", None, payload=b"x", reason="unknown-device")


def test_a_technician_sees_what_their_organization_lost(world: World) -> None:
    losses(world)
    text = text_of(browser(world.north, Role.TECHNICIAN))
    assert "9 frames: they no longer had them" in text
    assert "reason-northgate" in text
    assert "reason-southbank" not in text
    assert "unknown-device" not in text


def test_the_operator_sees_sums_of_all_and_the_processes(world: World) -> None:
    losses(world)
    beat("main", connected=True, lag_s=0.25)
    beat("spare", connected=False, lag_s=0.0)
    beat("web-1", connected=True, lag_s=0.01, door=HTTP)
    text = text_of(an_operator())
    assert "13 frames: they no longer had them" in text
    for said in ("reason-northgate", "reason-southbank", "unknown-device"):
        assert said in text
    for said in ("main</td><td>mqtt", "spare</td><td>mqtt", "web-1</td><td>http", "no broker", "0.250 s"):
        assert said in text


def test_a_technician_is_told_whether_frames_are_taken_and_not_by_what(world: World) -> None:
    visitor = browser(world.north, Role.TECHNICIAN)
    assert "are not taken" in text_of(visitor)
    beat("web-1", connected=True, lag_s=0.01, door=HTTP)
    assert "are not taken" in text_of(visitor)
    beat("main", connected=True, lag_s=0.25)
    text = text_of(visitor)
    assert "are taken" in text
    assert "main</td>" not in text


def test_one_that_fell_silent_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    beat("main", connected=True, lag_s=0.25)
    caches["default"].delete("ingest:mqtt:main")
    assert 'main</td><td>mqtt</td> <td><span class="state-chip" data-state="silent">silent' in text_of(an_operator())


def test_without_redis_the_rest_is_shown(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    losses(world)

    def away() -> None:
        raise RedisConnectionError

    monkeypatch.setattr("apps.ingest.admin.health.processes", away)
    text = text_of(browser(world.north, Role.TECHNICIAN))
    assert "Redis is away" in text
    assert "9 frames" in text


def test_neither_it_nor_the_list_needs_what_our_policy_forbids(world: World) -> None:
    losses(world)
    beat("main", connected=True, lag_s=0.25)
    for visitor in (browser(world.north, Role.TECHNICIAN), an_operator()):
        for page in (HEALTH, "ingest_quarantined_changelist"):
            parser = Forbidden()
            parser.feed(visitor.open(address(page)).content.decode())
            assert parser.found == []


def test_the_list_leads_to_it_and_it_to_the_list(world: World) -> None:
    losses(world)
    visitor = browser(world.north, Role.TECHNICIAN)
    assert address(HEALTH) in visitor.open(address("ingest_quarantined_changelist")).content.decode()
    assert f"{address('ingest_quarantined_changelist')}?reason=reason-northgate" in text_of(visitor)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.PRIVACY_OFFICER])
def test_other_roles_of_the_admin_are_refused(world: World, role: Role) -> None:
    assert browser(world.north, role).client.get(address(HEALTH)).status_code == 403


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.PATIENT])
def test_who_has_no_admin_is_sent_away(world: World, role: Role) -> None:
    assert browser(world.north, role).client.get(address(HEALTH)).status_code == 302


def test_nobody_is_told_without_signing_in(world: World, client: Client) -> None:
    assert client.get(address(HEALTH)).status_code == 302


def test_what_is_taken_is_metered(world: World) -> None:
    door, _ = intake()
    before = METER.figures()["frames_per_s"]
    take([arrival(device(world.north).uid, frame(seq)) for seq in range(5)], door)
    assert METER.figures()["frames_per_s"] > before


class _Hand:
    """A clock that is moved by hand."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_rates_are_those_of_the_last_minute() -> None:
    hand = _Hand()
    meter = Meter(hand)
    for _ in range(120):
        hand.now += 1.0
        meter.note(50, 0.1)
    assert meter.figures() == {"frames_per_s": 50.0, "batches_per_s": 1.0, "lag_p99_s": 0.1}
    hand.now += 45.0
    assert meter.figures()["frames_per_s"] == 50.0 * 15 / 60
    hand.now += 60.0
    assert meter.figures() == {"frames_per_s": 0.0, "batches_per_s": 0.0, "lag_p99_s": 0.0}


def test_the_lag_is_that_of_frames_and_not_of_batches() -> None:
    meter = Meter(_Hand())
    meter.note(1, 9.0)
    meter.note(1000, 0.5)
    assert meter.figures()["lag_p99_s"] == 0.5
    meter.note(100, 3.0)
    assert meter.figures()["lag_p99_s"] == 3.0
