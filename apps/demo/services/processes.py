"""What /proc says about processes. A zombie counts as gone: in a container nobody may ever reap it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    """One live process; `started_ticks` (clock ticks since boot) tells it from a later one with the same pid."""

    pid: int
    parent: int
    group: int
    started_ticks: int


def find(pid: int) -> Process | None:
    """The live process with this pid, or None."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # The name stands in parentheses and may hold spaces and parentheses itself.
    fields = text.rpartition(")")[2].split()
    if fields[0] in ("Z", "X"):
        return None
    return Process(pid=pid, parent=int(fields[1]), group=int(fields[2]), started_ticks=int(fields[19]))


def started_ticks(pid: int) -> int | None:
    """When the live process with this pid began, in clock ticks since boot; None if there is none."""
    process = find(pid)
    return process.started_ticks if process else None


def every() -> Iterator[Process]:
    """Every live process that we can see."""
    for entry in Path("/proc").glob("[0-9]*"):
        if process := find(int(entry.name)):
            yield process


def group_members(group: int) -> list[int]:
    """Pids of the live processes of one process group."""
    return [process.pid for process in every() if process.group == group]


def working_in(directory: Path, program: str) -> list[int]:
    """Pids of the live processes of this program (its file's name) with this working directory, as far as we see."""
    wanted = directory.resolve()
    return [
        process.pid
        for process in every()
        if _link(process.pid, "cwd") == wanted and _link(process.pid, "exe").name.removesuffix(" (deleted)") == program
    ]


def _link(pid: int, name: str) -> Path:
    try:
        return Path(f"/proc/{pid}/{name}").readlink()
    except OSError:
        return Path()
