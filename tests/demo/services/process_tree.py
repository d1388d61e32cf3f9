"""Looking at processes from a test."""

import time
from collections.abc import Callable

from apps.demo.services.processes import Process, every, find


def descendants(pid: int) -> list[Process]:
    """Every live process below this one."""
    everyone = list(every())
    found: list[Process] = []
    level = [pid]
    while level:
        below = [process for process in everyone if process.parent in level]
        found += below
        level = [process.pid for process in below]
    return found


def survivors(processes: list[Process]) -> list[Process]:
    """Those of them that still live (and are not later processes with the same number)."""
    return [each for each in processes if (now := find(each.pid)) and now.started_ticks == each.started_ticks]


def eventually(condition: Callable[[], bool], within_seconds: float = 20.0) -> bool:
    """Whether the condition comes true; asked again and again."""
    deadline = time.monotonic() + within_seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True
