"""PostgreSQL's disk is full, under load: ingest waits and confirms nothing, and goes on by itself once there is room.

Full for the tables, so that every write is refused; and full for the write-ahead log, so that PostgreSQL itself goes
down and cannot come back before there is room.
"""

import shutil
from collections.abc import Iterator
from contextlib import suppress

import psycopg
import pytest

from apps.demo.device_client import DeviceClient
from tests.processes.conftest import on_air, provisioned
from tests.processes.harm import BACK_WITHIN_S, Recovery, everything_is_stored_once, loaded, ticks_go_on
from tests.processes.load import EVERY_S, Load
from tests.processes.small_disk import MISSING, DemoOnASmallDisk, can_be_had
from tests.waiting import until

NOTICED_WITHIN_S = 60.0
FULL_FOR_S = 6.0
WAITING = "frames wait for the database"
# A piece of the log (16 MB) and more, whatever is left of the last.
MESSAGES_OF_1_MB = 40

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoOnASmallDisk]:
    directory = tmp_path_factory.mktemp("small")
    if not can_be_had(directory):
        pytest.skip(MISSING)
    running = DemoOnASmallDisk(directory / "state", patients=1)
    try:
        running.start()
        yield running
        running.interrupt()
        assert running.left() == {}
    finally:
        running.kill()
        shutil.rmtree(running.state, ignore_errors=True)


@pytest.fixture(scope="module")
def credentials(small: DemoOnASmallDisk) -> list[dict[str, str]]:
    return provisioned(small)


@pytest.fixture
def nodes(small: DemoOnASmallDisk, credentials: list[dict[str, str]]) -> Iterator[list[DeviceClient]]:
    with on_air(small, credentials) as clients:
        yield clients


def waits(demo: DemoOnASmallDisk) -> int:
    """How often ingest has said that it waits."""
    return (demo.state / "logs" / "ingest.log").read_text().count(WAITING)


def nothing_is_confirmed(load: Load, seconds: float) -> None:
    safe, enough = load.confirmed(), len(load.sent) + seconds / EVERY_S
    until(lambda: len(load.sent) >= enough, "the load goes on", NOTICED_WITHIN_S)
    assert load.confirmed() == safe


def use_up_the_log(demo: DemoOnASmallDisk) -> None:
    """Write to the log and to nothing else, until PostgreSQL finds no room for its next piece and goes down."""
    with suppress(psycopg.OperationalError), psycopg.connect(demo.urls["DATABASE_MIGRATOR_URL"]) as connection:
        for _ in range(MESSAGES_OF_1_MB):
            connection.execute("SELECT pg_logical_emit_message(false, 'harm', repeat('x', 1000000), true)")
        raise AssertionError("PostgreSQL found room for its log")


def is_down(demo: DemoOnASmallDisk) -> bool:
    with suppress(psycopg.OperationalError):
        demo.rows("SELECT 1")
        return False
    return True


def test_no_room_for_a_row(small: DemoOnASmallDisk, nodes: list[DeviceClient]) -> None:
    ingest, postgres = small.pid("ingest"), small.pid("postgres")
    with Load(nodes) as load:
        loaded(load)
        said = waits(small)
        with small.full():
            until(lambda: waits(small) > said + 2, "ingest waits", NOTICED_WITHIN_S)
            nothing_is_confirmed(load, FULL_FOR_S)
        recovered_s = Recovery(load).wait()
        loaded(load)
    everything_is_stored_once(small, nodes, load, harm="disk full for tables", recovered_s=recovered_s)
    assert (small.pid("ingest"), small.pid("postgres")) == (ingest, postgres)
    ticks_go_on(small)


def test_no_room_for_the_log(small: DemoOnASmallDisk, nodes: list[DeviceClient]) -> None:
    ingest = small.pid("ingest")
    with Load(nodes) as load:
        loaded(load)
        with small.full():
            use_up_the_log(small)
            until(lambda: is_down(small), "PostgreSQL is down", NOTICED_WITHIN_S)
            nothing_is_confirmed(load, FULL_FOR_S)
        recovered_s = Recovery(load).wait()
        loaded(load)
    everything_is_stored_once(small, nodes, load, harm="disk full for the log", recovered_s=recovered_s)
    assert small.pid("ingest") == ingest
    until(lambda: small.rows("SELECT 1"), "PostgreSQL is back", BACK_WITHIN_S)
    ticks_go_on(small)
