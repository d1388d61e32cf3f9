"""One supervisor per state directory."""

import fcntl
import json
import os
import time
from pathlib import Path
from typing import Self

from apps.demo.services import processes
from apps.demo.services.errors import AlreadyRunning

#: A killed supervisor's children stop by themselves within their grace; we wait that long for them.
LEFTOVERS_SECONDS = 30.0


class StateLock:
    """An advisory lock on a file. The launchers inherit its descriptor, so it is free only when the last child is gone.

    Raises AlreadyRunning at once while another supervisor lives.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def __enter__(self) -> Self:
        deadline = time.monotonic() + LEFTOVERS_SECONDS
        while not self._try():
            if holder := self._live_holder():
                raise self._refusal(f"process {holder}")
            if time.monotonic() > deadline:
                raise self._refusal("processes of an earlier run that did not stop")
            time.sleep(0.1)
        os.ftruncate(self._descriptor, 0)
        mine = {"pid": os.getpid(), "started_ticks": processes.started_ticks(os.getpid())}
        os.pwrite(self._descriptor, json.dumps(mine).encode(), 0)
        return self

    def __exit__(self, *_exc: object) -> None:
        os.close(self._descriptor)

    def fileno(self) -> int:
        return self._descriptor

    def _try(self) -> bool:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _live_holder(self) -> int | None:
        """The supervisor's pid, if the one that wrote the file still lives (a pid may have been given anew)."""
        try:
            holder = json.loads(os.pread(self._descriptor, 4096, 0))
        except ValueError:
            return None
        lives = processes.started_ticks(holder["pid"]) == holder["started_ticks"]
        return int(holder["pid"]) if lives else None

    def _refusal(self, holder: str) -> AlreadyRunning:
        os.close(self._descriptor)
        return AlreadyRunning(f"BodyLink is already running on {self._path.parent} ({holder}); stop it first")
