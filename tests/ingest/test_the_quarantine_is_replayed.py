"""After a fix, what was in quarantine is taken once more: stored where it was missing, once, and left where it still
cannot be taken."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import psycopg
import pytest

from apps.core.tenancy import bind
from apps.devices.models import Device
from apps.devices.services import provision
from apps.ingest import frames
from apps.ingest.connection import connect
from apps.ingest.pipeline import take
from apps.ingest.replaying import Replayed, chosen, replay
from apps.ingest.wire import channels
from apps.readings.quantities import REGISTER
from apps.readings.waves import unpack
from tests.ingest.batches import BOOT, arrival, device, frame, intake, seqs_of, stored
from tests.personas import World


@pytest.fixture
def node(world: World) -> Device:
    return device(world.north, world.north.alice)


@pytest.fixture
def connection(database: None) -> Iterator[psycopg.Connection]:
    with connect() as opened:
        yield opened


def taken(node: Device, *contents: dict[str, Any] | bytes, at: datetime | None = None) -> None:
    door, _ = intake()
    take([arrival(node.uid, content, at=at) for content in contents], door)


def replay_all(connection: psycopg.Connection) -> Replayed:
    return replay(connection, chosen(connection))


def held() -> list[Any]:
    return stored("SELECT reason, count FROM ingest_quarantined ORDER BY reason")


@pytest.fixture
def hotter(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Mends the register: core temperatures up to 400 become plausible."""

    def mend() -> None:
        wider = replace(REGISTER["core_temperature"], high=400.0)
        monkeypatch.setattr(channels, "REGISTER", {**REGISTER, "core_temperature": wider})

    return mend


@contextmanager
def refusing() -> Iterator[None]:
    """While it lasts, frames of more than one channel are refused whole; they can be told, and so are confirmed."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys.modules["apps.ingest.wire.decode"], "MAX_CHANNELS", 1)
        yield


def refused(node: Device, *contents: dict[str, Any], at: datetime | None = None) -> None:
    with refusing():
        taken(node, *contents, at=at)


def test_a_frame_that_was_confirmed_from_quarantine_is_stored_when_it_can_be(
    node: Device, connection: psycopg.Connection
) -> None:
    refused(node, frame(0))
    taken(node, frame(1))
    assert seqs_of(node.pk) == [1]
    assert stored("SELECT received::text FROM ingest_ledger") == [("{[0,2)}",)]
    assert str(replay_all(connection)) == "1 frames stored, 0 channels added, 0 known already"
    assert seqs_of(node.pk) == [0, 1]
    assert stored("SELECT DISTINCT boot, patient_id IS NULL FROM readings_frame") == [(BOOT, False)]
    assert held() == []


def test_run_twice_it_stores_nothing_twice(node: Device, connection: psycopg.Connection) -> None:
    refused(node, frame(0))
    ids = chosen(connection)
    assert replay(connection, [*ids, *ids]).frames == 1
    assert replay(connection, ids).frames == 0
    assert seqs_of(node.pk) == [0]


def test_two_at_the_same_time_store_a_frame_once(node: Device, connection: psycopg.Connection) -> None:
    refused(node, *(frame(seq) for seq in range(20)))
    ids, together, done = chosen(connection), Barrier(3), []

    def run() -> None:
        with connect() as own:
            together.wait()
            done.append(replay(own, ids).frames)

    threads = [Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == 20
    assert seqs_of(node.pk) == list(range(20))


def test_interrupted_it_leaves_the_row_as_it_was(
    node: Device, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused(node, *(frame(seq) for seq in range(3)))
    ids = chosen(connection)
    real, written = frames.insert, []

    def failing(connection: psycopg.Connection, readings: Any) -> None:
        real(connection, readings)
        written.append(readings)
        if len(written) == 2:
            raise psycopg.OperationalError("the server is gone")

    with monkeypatch.context() as patched:
        patched.setattr(frames, "insert", failing)
        with pytest.raises(psycopg.OperationalError):
            replay(connection, ids)
    assert seqs_of(node.pk) == [0]
    assert len(held()) == 2
    assert replay(connection, ids).frames == 2
    assert seqs_of(node.pk) == [0, 1, 2]


def test_a_frame_that_was_stored_meanwhile_is_not_stored_again(node: Device, connection: psycopg.Connection) -> None:
    """The ledger had it, so that the row stands in for nothing."""
    taken(node, frame(0))
    refused(node, frame(0))
    assert str(replay_all(connection)) == "0 frames stored, 0 channels added, 1 known already"
    assert len(stored()) == 1
    assert held() == []


def test_of_two_payloads_of_one_frame_one_is_stored(node: Device, connection: psycopg.Connection) -> None:
    refused(node, frame(0))
    refused(node, frame(0, oldest=0))
    assert str(replay_all(connection)) == "1 frames stored, 0 channels added, 1 known already"
    assert seqs_of(node.pk) == [0]


def test_a_channel_is_added_to_its_stored_frame(
    world: World, node: Device, connection: psycopg.Connection, hotter: Any
) -> None:
    at = datetime.now(UTC).replace(microsecond=0)
    taken(node, frame(7, t=at.timestamp(), values={"spo2": 97.0, "core_temperature": 300.0}))
    hotter()
    assert str(replay_all(connection)) == "0 frames stored, 1 channels added, 0 known already"
    core, spo2 = REGISTER["core_temperature"].number, REGISTER["spo2"].number
    query = "SELECT patient_id, seq, t, value_codes, value_numbers, boot = %s FROM readings_frame ORDER BY 6 DESC"
    alice = world.north.alice.pk
    assert stored(query, [BOOT]) == [
        (alice, 7, at, [spo2], [97.0], True),
        (alice, 7, at, [core], [300.0], False),
    ]
    assert stored("SELECT count(*) FROM readings_frame WHERE length(waves) > 100") == [(1,)]
    assert held() == []


def test_a_channel_is_added_once_however_often_the_frame_came(
    node: Device, connection: psycopg.Connection, hotter: Any
) -> None:
    bad = frame(7, values={"core_temperature": 300.0})
    taken(node, bad, bad)
    taken(node, {**bad, "oldest": 3})
    hotter()
    outcome = replay_all(connection)
    assert (outcome.channels, outcome.known) == (1, 1)
    taken(node, bad)
    assert replay_all(connection).channels == 0
    assert stored("SELECT count(*) FROM readings_frame WHERE seq = 7 AND cardinality(value_codes) = 1") == [(1,)]


def test_of_several_bad_channels_those_are_added_that_are_good_now(
    node: Device, connection: psycopg.Connection, hotter: Any
) -> None:
    taken(node, frame(0, values={"core_temperature": 300.0, "spo2": 300.0}))
    assert stored("SELECT channels FROM ingest_quarantined") == [(["core_temperature", "spo2"],)]
    hotter()
    assert str(replay_all(connection)) == "0 frames stored, 1 channels added, 0 known already, 1 kept (channel-range)"
    assert stored("SELECT channels FROM ingest_quarantined") == [(["spo2"],)]
    assert replay_all(connection).channels == 0


def test_a_wave_is_added_too(node: Device, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    ecg = {"rate": 250, "unit": "uV", "scale": 2.5, "offset": 0, "samples": [1, 2, 3]}
    with monkeypatch.context() as patched:
        patched.setattr(channels, "ACCEPTED_UNITS", {})
        taken(node, frame(0, waves={"ecg": ecg}))
    assert replay_all(connection).channels == 1
    rows = stored("SELECT waves, duration_s FROM readings_frame ORDER BY length(waves)")
    assert [len(unpack(bytes(waves))) for waves, _ in rows] == [0, 1]
    assert list(unpack(bytes(rows[1][0]))[0].samples) == [1, 2, 3]
    assert rows[1][1] == pytest.approx(3 / 250)


def test_a_frame_taken_from_quarantine_can_leave_a_channel_there(
    node: Device, connection: psycopg.Connection, hotter: Any
) -> None:
    refused(node, frame(0, values={"spo2": 97.0, "core_temperature": 300.0}))
    assert replay_all(connection).frames == 1
    assert held() == [("channel-range", 1)]
    hotter()
    assert replay_all(connection).channels == 1
    assert stored("SELECT value_numbers FROM readings_frame ORDER BY 1") == [([97.0],), ([300.0],)]


def test_what_still_cannot_be_taken_keeps_its_reason_and_count(node: Device, connection: psycopg.Connection) -> None:
    taken(node, b"rubbish", b"rubbish", frame(0, t=12.0))
    before = held()
    outcome = replay_all(connection)
    assert dict(outcome.kept) == {"clock": 1, "format": 1}
    assert held() == before == [("clock", 1), ("format", 2)]


def test_a_device_that_was_unknown_is_known_once_it_is_provisioned(
    world: World, connection: psycopg.Connection
) -> None:
    door, _ = intake()
    take([arrival("ghost-01", frame(0))], door)
    with bind(world.north.id):
        made = provision(model="Node", uid="ghost-01").device
    assert replay_all(connection).frames == 1
    assert stored("SELECT organization_id, device_id, seq FROM readings_frame") == [(world.north.id, made.pk, 0)]
    assert stored("SELECT received::text FROM ingest_ledger") == [("{[0,1)}",)]


def test_a_frame_that_was_never_confirmed_and_came_again_is_not_stored_twice(
    world: World, connection: psycopg.Connection
) -> None:
    hub, node = device(world.north), device(world.north, world.north.alice)
    taken(hub, frame(0, node=node.uid))
    with bind(world.north.id):
        node.hub = hub
        node.save()
    taken(hub, {**frame(0, node=node.uid), "oldest": 0})
    assert str(replay_all(connection)) == "0 frames stored, 0 channels added, 1 known already"
    assert len(stored()) == 1


def test_a_clock_that_was_ahead_is_judged_by_the_arrival_and_not_by_today(
    node: Device, connection: psycopg.Connection
) -> None:
    arrived = datetime.now(UTC) - timedelta(days=2)
    taken(node, frame(0, t=(arrived + timedelta(hours=3)).timestamp()), at=arrived)
    assert dict(replay_all(connection).kept) == {"clock": 1}
    assert stored() == []


def test_minutes_that_were_rolled_up_meanwhile_are_made_again(
    world: World, node: Device, connection: psycopg.Connection
) -> None:
    arrived = datetime.now(UTC) - timedelta(days=2)
    refused(node, frame(0, t=arrived.timestamp()), at=arrived)
    replay_all(connection)
    minute = arrived.replace(second=0, microsecond=0)
    assert stored("SELECT patient_id, minute FROM readings_lateminute") == [(world.north.alice.pk, minute)]


def test_only_what_was_chosen_is_replayed(world: World, connection: psycopg.Connection) -> None:
    first, second = device(world.north), device(world.south)
    for node in (first, second):
        taken(node, b"rubbish", frame(0, t=12.0))
    assert len(chosen(connection)) == 4
    assert len(chosen(connection, reason="clock")) == 2
    assert len(chosen(connection, uid=first.uid)) == 2
    assert len(chosen(connection, uid=first.uid, reason="format")) == 1


def test_what_was_only_counted_cannot_be_replayed(node: Device, connection: psycopg.Connection) -> None:
    taken(node, b"{" + b" " * 300_000)
    assert dict(replay_all(connection).kept) == {"not whole": 1}
