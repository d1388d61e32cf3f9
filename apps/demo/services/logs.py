"""One log file per child, bounded: the last run's is kept beside it, a running one is cut when it grows too large."""

import os
import shutil
from pathlib import Path
from typing import IO

MAX_LOG_BYTES = 20_000_000


def open_log(directory: Path, name: str, *, fresh: bool) -> IO[bytes]:
    """The child's log, opened for appending. `fresh` (the start of a run) moves what is there to `<name>.1.log`."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{name}.log"
    if fresh and path.exists():
        path.replace(_former(path))
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    return os.fdopen(descriptor, "wb")


def bound(directory: Path, name: str, max_bytes: int = MAX_LOG_BYTES) -> None:
    """Copy a too large log aside and cut it. The child keeps writing: it appends, so it goes on at the new end."""
    path = directory / f"{name}.log"
    if path.exists() and path.stat().st_size > max_bytes:
        shutil.copyfile(path, _former(path))
        os.truncate(path, 0)


def tail(directory: Path, name: str, lines: int = 5) -> str:
    """The log's last lines, for an error message."""
    path = directory / f"{name}.log"
    if not path.exists():
        return ""
    with path.open("rb") as log:
        log.seek(max(0, path.stat().st_size - 4096))
        return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])


def _former(path: Path) -> Path:
    return path.with_suffix(".1.log")
