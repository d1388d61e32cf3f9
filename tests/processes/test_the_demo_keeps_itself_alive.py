"""`manage.py demo` as a whole: one on a directory; a child that dies comes back; killed, it leaves only its state."""

import subprocess
import time
import urllib.request
from collections.abc import Callable

import psycopg
import pytest

from apps.demo.device_client import DeviceClient
from apps.demo.processes import TICKERS
from tests.demo.real_demo import REPOSITORY, RealDemo
from tests.processes.harm import BACK_WITHIN_S, is_back, kill, ticks_go_on
from tests.waiting import until

GONE_WITHIN_S = 20.0
REFUSED_WITHIN_S = 60.0
# A claim of a shard that nobody gives back runs out after 30 s.
TICKED_WITHIN_S = 90.0

pytestmark = pytest.mark.processes


def test_a_second_demo_on_the_same_directory_is_refused_with_one_line(demo: RealDemo) -> None:
    before = demo.left().keys()
    second = subprocess.run(
        demo.command(), cwd=REPOSITORY, env=demo.environment(), check=False, capture_output=True, text=True,
        timeout=REFUSED_WITHIN_S,
    )  # fmt: skip
    assert second.returncode == 1
    refusal = f"bodylink: BodyLink is already running on {demo.state} (process {demo.program_pid}); stop it first\n"
    assert second.stderr == refusal
    assert demo.is_running
    assert before <= demo.left().keys()


def test_a_killed_child_comes_back_and_works(demo: RealDemo, nodes: list[DeviceClient]) -> None:
    works: dict[str, Callable[[], object]] = {
        "web": lambda: urllib.request.urlopen(f"{demo.run['web']}/accounts/login/", timeout=5).status == 200,
        **dict.fromkeys(("worker", *TICKERS), lambda: ticks_go_on(demo) is None),
        "ingest": lambda: nodes[0].send(time.time(), values={"spo2": 97.0}) >= 0 and nodes[0].wait_until_confirmed(30),
        "beat": lambda: ticks_go_on(demo) is None,
        "gatekeeper": lambda: demo.provision(model="Node"),
    }
    killed = {name: kill(demo, name) for name in works}
    for name, work in works.items():
        until(lambda name=name: is_back(demo, name, killed[name]), f"{name} is back", BACK_WITHIN_S)  # type: ignore[misc]
        until(work, f"{name} works", BACK_WITHIN_S)


def test_a_worker_killed_in_the_middle_of_a_tick_loses_nothing(demo: RealDemo) -> None:
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'twin_twinstate'::regclass"
    begun = time.time()
    until(lambda: max(seconds(demo, "readings_derived")) > begun, "the heart rate is derived", TICKED_WITHIN_S)
    with psycopg.connect(demo.urls["DATABASE_MIGRATOR_URL"]) as obstacle:
        # The twin's turn comes after frames were derived and before the alerts: there the tick has to wait.
        obstacle.execute("LOCK TABLE twin_twinstate IN ACCESS EXCLUSIVE MODE")
        until(lambda: demo.rows(waiting)[0][0] > 0, "a tick is on its way", TICKED_WITHIN_S)
        killed = {name: kill(demo, name) for name in TICKERS}
        for name, pid in killed.items():
            until(lambda name=name, pid=pid: is_back(demo, name, pid), f"{name} is back", BACK_WITHIN_S)  # type: ignore[misc]
        obstacle.rollback()
    behind = max(seconds(demo, "readings_frame"))
    until(lambda: max(seconds(demo, "readings_derived")) > behind, "the tick goes on", TICKED_WITHIN_S)
    derived, measured = seconds(demo, "readings_derived"), seconds(demo, "readings_frame")
    assert {second for second in measured if begun < second <= behind} <= derived


def seconds(demo: RealDemo, table: str) -> set[float]:
    """The seconds of the simulated patient of which there is a frame, or something derived."""
    query = f"""SELECT extract(epoch FROM t)::float8 FROM {table} t JOIN patients_patient p ON p.id = t.patient_id
                WHERE p.mrn = 'SIM-0001'"""
    return {second for (second,) in demo.rows(query)}


def test_a_killed_demo_leaves_only_its_state_and_goes_on_from_there(demo: RealDemo) -> None:
    before = seconds(demo, "readings_frame")
    demo.kill()
    until(lambda: demo.left() == {}, "nothing of it is left", GONE_WITHIN_S)
    demo.start()
    assert before <= seconds(demo, "readings_frame")
    ticks_go_on(demo)
