"""The supervisor starts again what dies; a child that keeps dying is started less and less often."""

import os
import signal
import sys
from pathlib import Path

import psycopg
import pytest
import redis

from apps.demo.services.children import Child
from apps.demo.services.embedded import RunningServices
from apps.demo.services.errors import StartFailed
from apps.demo.services.supervisor import MAX_BACK_OFF_SECONDS, Supervisor, back_off
from tests.demo.services.process_tree import descendants, eventually, survivors


@pytest.mark.parametrize("name", ["postgres", "valkey"])
def test_a_killed_service_answers_again(embedded: RunningServices, name: str) -> None:
    former = embedded.supervisor.pid(name)
    assert former is not None
    os.kill(former, signal.SIGKILL)

    def back() -> bool:
        embedded.supervisor.tick()
        return embedded.supervisor.pid(name) not in (None, former) and _answers(embedded, name)

    assert eventually(back)


def _answers(embedded: RunningServices, name: str) -> bool:
    try:
        if name == "postgres":
            psycopg.connect(embedded.endpoints.database_url).close()
        else:
            redis.Redis.from_url(embedded.endpoints.redis_url).ping()
    except (psycopg.OperationalError, redis.ConnectionError):
        return False
    return True


def test_what_a_killed_child_had_started_is_gone_before_it_is_started_again(tmp_path: Path) -> None:
    script = "import os, time\nfor _ in range(2):\n    os.fork()\ntime.sleep(600)"
    child = Child(name="pool", argv=[sys.executable, "-c", script], env={})
    with Supervisor([child], tmp_path, catch_signals=False) as supervisor:
        supervisor.start()
        former = supervisor.pid("pool")
        assert former is not None
        assert eventually(lambda: len(descendants(former)) == 3)
        family = descendants(former)
        os.kill(former, signal.SIGKILL)

        def back() -> bool:
            supervisor.tick()
            return supervisor.pid("pool") not in (None, former)

        assert eventually(back)
        assert survivors(family) == []


def test_a_child_that_must_not_restart_stays_down(tmp_path: Path) -> None:
    child = Child(name="once", argv=["/bin/true"], env={}, restart=False)
    with Supervisor([child], tmp_path, catch_signals=False) as supervisor:
        supervisor.start()
        supervisor.run_until(exit_after=0.6)
        assert supervisor.pid("once") is None


def test_a_task_runs_to_its_end_and_its_status_is_known(tmp_path: Path) -> None:
    with Supervisor([], tmp_path, catch_signals=False) as supervisor:
        assert supervisor.run_to_end(Child(name="task", argv=["/bin/sh", "-c", "echo done; exit 3"], env={})) == 3
    assert (tmp_path / "task.log").read_text() == "done\n"


def test_a_child_that_ends_while_starting_is_named_with_its_last_words(tmp_path: Path) -> None:
    child = Child(name="broken", argv=["/bin/sh", "-c", "echo no such table; exit 1"], env={}, ready=lambda: False)
    failure = "broken ended while starting: no such table"
    with Supervisor([child], tmp_path, catch_signals=False) as supervisor, pytest.raises(StartFailed, match=failure):
        supervisor.start()


def test_a_command_that_does_not_exist_is_named(tmp_path: Path) -> None:
    child = Child(name="absent", argv=["/nowhere/server"], env={}, ready=lambda: False)
    failure = "cannot start /nowhere/server"
    with Supervisor([child], tmp_path, catch_signals=False) as supervisor, pytest.raises(StartFailed, match=failure):
        supervisor.start()


def test_the_first_restart_is_immediate_and_the_later_ones_wait_longer() -> None:
    longest = [back_off(deaths, jitter=lambda: 1.0) for deaths in range(20)]
    assert longest[0] == 0
    assert longest == sorted(longest)
    assert longest[-1] == MAX_BACK_OFF_SECONDS
    assert back_off(3, jitter=lambda: 0.0) < back_off(3, jitter=lambda: 1.0)
