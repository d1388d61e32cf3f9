"""However a supervisor ends, none of its processes outlives it, nor anything that they started."""

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from apps.demo.services.processes import Process
from tests.demo.services.process_tree import descendants, eventually, survivors

Start = Callable[..., subprocess.Popen[str]]


@pytest.mark.parametrize(
    ("how", "options"), [(signal.SIGTERM, []), (signal.SIGINT, ["bare"]), (signal.SIGHUP, ["bare"])]
)
def test_a_stopped_supervisor_leaves_no_process(
    start_program: Start, tmp_path: Path, how: signal.Signals, options: list[str]
) -> None:
    program = start_program(tmp_path / "state", *options)
    assert program.stdout is not None
    assert program.stdout.readline()
    family = descendants(program.pid)
    program.send_signal(how)
    assert program.wait(60) == 0
    assert survivors(family) == []


def test_a_killed_supervisor_takes_everything_with_it_and_can_be_started_again(
    start_program: Start, tmp_path: Path
) -> None:
    program = start_program(tmp_path / "state")
    assert program.stdout is not None
    pids = json.loads(program.stdout.readline())
    assert set(pids) == {"postgres", "valkey", "broker", "family"}
    family = descendants(program.pid)
    # launchers, servers, PostgreSQL's backends, and three stubborn grandchildren
    assert len(family) > 4 + 4 + 4 + 3
    program.kill()
    assert eventually(lambda: survivors(family) == [])

    again = start_program(tmp_path / "state")
    assert again.stdout is not None
    assert set(json.loads(again.stdout.readline())) == set(pids)


def test_a_killed_launcher_leaves_nothing_either(start_program: Start, tmp_path: Path) -> None:
    program = start_program(tmp_path / "state")
    assert program.stdout is not None
    pids = json.loads(program.stdout.readline())
    assert _survivors_of_a_killed_launcher(program.pid, pids["postgres"]) == []
    # One of the stubborn grandchildren has a session of its own; nobody is left who could know that it is ours.
    (loner,) = _survivors_of_a_killed_launcher(program.pid, pids["family"], but=1)
    assert os.getsid(loner.pid) == loner.pid
    os.kill(loner.pid, signal.SIGKILL)


def _survivors_of_a_killed_launcher(supervisor: int, child: int, but: int = 0) -> list[Process]:
    launcher = next(each.parent for each in descendants(supervisor) if each.pid == child)
    family = descendants(launcher)
    os.kill(launcher, signal.SIGKILL)
    eventually(lambda: len(survivors(family)) <= but)
    return survivors(family)
