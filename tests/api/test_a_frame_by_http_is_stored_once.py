"""However often and by whatever way a frame comes, at the same time too, it is stored once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from apps.ingest import frames
from apps.ingest.http.door import DOOR
from apps.ingest.pipeline import Intake, take
from tests.api.by_http import FRAMES, HttpDevice, acknowledged, http_device
from tests.api.checks import is_problem
from tests.ingest.batches import BOOT, OPEN, arrival, frame, intake, seqs_of, stored
from tests.personas import World


@pytest.fixture
def node(world: World) -> HttpDevice:
    return http_device(world.north, world.north.alice)


def test_a_request_that_is_repeated_is_answered_alike(node: HttpDevice) -> None:
    body = [frame(seq) for seq in range(5)]
    assert node.sends(body) == node.sends(body) == {"acknowledged": [acknowledged(BOOT, 4)], "quarantined": []}
    assert seqs_of(node.device.pk) == [0, 1, 2, 3, 4]


def test_a_frame_twice_in_one_request_is_stored_once(node: HttpDevice) -> None:
    node.sends([frame(0), frame(0), frame(0, t=datetime(2026, 1, 1, tzinfo=UTC).timestamp())])
    assert seqs_of(node.device.pk) == [0]


def test_by_mqtt_and_by_http_is_the_same_frame(node: HttpDevice) -> None:
    door, _ = intake()
    take([arrival(node.uid, frame(seq)) for seq in (0, 1)], door)
    assert node.sends([frame(seq) for seq in (1, 2)])["acknowledged"] == [acknowledged(BOOT, 2)]
    assert take([arrival(node.uid, frame(2))], door) == []
    assert seqs_of(node.device.pk) == [0, 1, 2]
    OPEN.pop().connection.close()


def test_requests_at_the_same_time_store_a_frame_once(node: HttpDevice) -> None:
    together, body = Barrier(6), [frame(seq) for seq in range(40)]

    def send(_number: int) -> int:
        together.wait()
        return HttpDevice(node.device, node.secret, Client()).post(FRAMES, body).status_code

    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(send, range(6))) == [200] * 6
    assert seqs_of(node.device.pk) == list(range(40))
    assert stored("SELECT received::text FROM ingest_ledger") == [("{[0,40)}",)]


def test_a_database_that_was_restarted_is_found_again(node: HttpDevice) -> None:
    node.sends(frame(0))
    with connections["ingest"].cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
            "AND application_name = 'bodylink-ingest' AND datname = current_database()"
        )
        assert cursor.fetchone()[0] >= 1
    assert node.sends(frame(1))["acknowledged"] == [acknowledged(BOOT, 1)]


def test_while_the_database_is_away_nothing_is_confirmed_and_it_is_said_when_to_come_again(
    node: HttpDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shut_down(connection: Any, *_: Any) -> None:
        connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with monkeypatch.context() as patched:
        patched.setattr(frames, "insert", shut_down)
        answer = node.post(FRAMES, [frame(0)])
        assert is_problem(answer, 503)["type"] == "urn:bodylink:problem:unavailable"
        assert answer["Retry-After"] == "5"
    assert stored() == []
    assert node.sends([frame(0)])["acknowledged"] == [acknowledged(BOOT, 0)]


def test_what_can_never_be_stored_does_not_lose_the_rest(node: HttpDevice, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(connection: Any, readings: list[Any]) -> None:
        if any(reading.seq == 3 for reading in readings):
            raise ValueError("beyond anything")
        real(connection, readings)

    real = frames.insert
    monkeypatch.setattr(frames, "insert", failing)
    told = node.sends([frame(seq) for seq in range(6)])
    assert told["acknowledged"] == [acknowledged(BOOT, 2, (4, 5))]
    assert [(held["index"], held["reason"]) for held in told["quarantined"]] == [(3, "storage")]
    assert seqs_of(node.device.pk) == [0, 1, 2, 4, 5]


def test_every_intake_that_was_lent_comes_back() -> None:
    lent: list[Intake] = []

    def fails(door: Intake) -> None:
        lent.append(door)
        raise KeyError

    for _ in range(10):
        with pytest.raises(KeyError):
            DOOR.through(fails)
    assert {id(door) for door in lent} == {id(lent[0])}
