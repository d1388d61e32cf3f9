"""One child process: how it is started, watched and stopped. It runs under `launcher.py`, which see."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from apps.demo.services import logs, processes

LAUNCHER = Path(__file__).with_name("launcher.py")
#: What the launcher may need beyond the child's own grace: clearing leftovers, and a busy machine.
LAUNCHER_EXTRA_SECONDS = 5.0


@dataclass(frozen=True)
class Child:
    """What to run and how.

    `env` is the whole environment of the process. `prepare` runs before every start. `ready` is asked again and again
    until it says True; an exception of it counts as not yet. `grace_seconds` lie between `stop_signal` and SIGKILL.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    ready: Callable[[], bool] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace_seconds: float = 10.0
    restart: bool = True
    prepare: Callable[[], None] | None = None
    ready_seconds: float = 60.0
    cwd: Path | None = None


class RunningChild:
    """A `Child` that was started."""

    def __init__(self, child: Child, logs_dir: Path, *, fresh_log: bool, inherit: Sequence[int] = ()) -> None:
        """Start it. `inherit`: descriptors that the launcher keeps open for as long as anything of the child lives."""
        if threading.current_thread() is not threading.main_thread():
            # The kernel takes the end of the starting thread for the end of the parent.
            raise RuntimeError("children must be started from the main thread")
        self.child = child
        self.started_at = time.monotonic()
        if child.prepare:
            child.prepare()
        read_end, write_end = os.pipe()
        with logs.open_log(logs_dir, child.name, fresh=fresh_log) as log:
            self._launcher = subprocess.Popen(  # noqa: S603 - the command is ours
                self._command(write_end),
                env=dict(child.env),
                cwd=child.cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[write_end, *inherit],
                start_new_session=True,  # a Ctrl-C on the terminal is the supervisor's to handle
            )
        os.close(write_end)
        with os.fdopen(read_end) as report:
            reported = report.readline()
        #: The child's own process id; None if it could not be started.
        self.pid = int(reported) if reported else None

    def _command(self, report_fd: int) -> list[str]:
        options = [os.getpid(), int(self.child.stop_signal), self.child.grace_seconds, report_fd]
        return [sys.executable, "-I", "-S", str(LAUNCHER), *map(str, options), *self.child.argv]

    @property
    def exit_status(self) -> int | None:
        """None while it runs; else the child's status, 128 + n for a signal, -n if its launcher itself was killed."""
        return self._launcher.poll()

    def ask_to_stop(self) -> None:
        """Begin the stop: stop signal, grace, SIGKILL. Returns at once."""
        if self.exit_status is None:
            self._launcher.terminate()

    def wait_until_gone(self) -> None:
        """After `ask_to_stop`, or after an exit: return when nothing of it is left."""
        try:
            self._launcher.wait(self.child.grace_seconds + LAUNCHER_EXTRA_SECONDS)
        except subprocess.TimeoutExpired:
            self._launcher.kill()
            self._launcher.wait()
        if self._launcher.returncode < 0:
            self._clear_group()

    def _clear_group(self) -> None:
        """The launcher was killed, so nobody cleaned up behind it; its children got their stop signal by the kernel."""
        deadline = time.monotonic() + self.child.grace_seconds
        while members := processes.group_members(self._launcher.pid):
            if time.monotonic() >= deadline:
                for pid in members:
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)
