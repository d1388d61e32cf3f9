"""Two ingests under two names lose nothing and store nothing twice, also when one is killed; under one name there is
one."""

import subprocess
from collections.abc import Iterator

import pytest

from apps.demo.device_client import DeviceClient
from tests.demo.real_demo import RealDemo
from tests.processes.harm import Recovery, everything_is_stored_once, loaded
from tests.processes.load import Load
from tests.waiting import until

SERVES_WITHIN_S, REFUSED_WITHIN_S = 60.0, 60.0

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module", autouse=True)
def namesake(demo: RealDemo) -> Iterator[subprocess.Popen[str]]:
    """One more ingest under the name of the first. It takes a while to give up, in which the other test goes on."""
    process = demo.begin("ingest_mqtt", "--name", "demo")
    yield process
    process.kill()
    process.communicate()


@pytest.fixture
def second(demo: RealDemo) -> Iterator[subprocess.Popen[str]]:
    """One more ingest, once it holds its name."""
    process = demo.begin("ingest_mqtt", "--name", "second")
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = %s"
    ((name,),) = demo.rows("SELECT hashtext('bodylink-ingest-second')::bigint & 4294967295")
    try:
        until(lambda: demo.rows(held, name)[0][0] == 1, "the second ingest serves", SERVES_WITHIN_S)
        yield process
    finally:
        process.kill()
        process.communicate()


def test_two_ingests_store_each_frame_once_also_when_one_is_killed(
    demo: RealDemo, nodes: list[DeviceClient], second: subprocess.Popen[str]
) -> None:
    with Load(nodes) as load:
        loaded(load)
        assert second.poll() is None
        second.kill()
        recovered_s = Recovery(load).wait()
        loaded(load)
    everything_is_stored_once(demo, nodes, load, harm="one of two ingests, kill -9", recovered_s=recovered_s)


def test_a_second_ingest_under_the_same_name_refuses_with_one_line(
    demo: RealDemo, namesake: subprocess.Popen[str]
) -> None:
    first = demo.pid("ingest")
    said, _ = namesake.communicate(timeout=REFUSED_WITHIN_S)
    assert namesake.returncode == 1
    assert said == "CommandError: an ingest called demo runs already\n"
    assert demo.pid("ingest") == first is not None
