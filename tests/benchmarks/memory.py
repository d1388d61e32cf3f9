"""How much memory other processes hold, looked at while they work."""

import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from apps.demo.services.processes import every

LOOK_EVERY_S = 0.1
_KB = 1_024
_MB = 1e6


class Memory:
    """While entered, the resident memory of these processes is looked at, in megabytes by name. `before`: on entering;
    `highest`: since then."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids = pids
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.before = self._look()
        self.highest = dict(self.before)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, _type: type | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()

    def growth_mb(self, name: str) -> float:
        return self.highest[name] - self.before[name]

    def _watch(self) -> None:
        while not self._stop.wait(LOOK_EVERY_S):
            for name, megabytes in self._look().items():
                self.highest[name] = max(self.highest[name], megabytes)

    def _look(self) -> dict[str, float]:
        return {name: resident_mb(pid) for name, pid in self._pids.items()}


def resident_mb(pid: int) -> float:
    """Raises FileNotFoundError for a process that is gone."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * _KB / _MB
    return 0.0


def broker_pid(directory: Path) -> int:
    """The process of the broker whose state is in this directory."""
    configuration = str(directory / "nats.conf").encode()
    commands = {each.pid: Path(f"/proc/{each.pid}/cmdline").read_bytes().split(b"\0") for each in every()}
    (found,) = [pid for pid, words in commands.items() if words[0].endswith(b"nats-server") and configuration in words]
    return found
