"""Runs one command, and lets neither it nor anything it started outlive its supervisor.

A script of its own, with nothing but the standard library, run as
`python -I -S launcher.py PARENT STOP_SIGNAL GRACE FD COMMAND...`.
It stands between the supervisor and a child, because the kernel's "tell me when my parent dies" reaches only one
generation: Celery's pool or PostgreSQL's backends would stay behind.

- It gets SIGTERM: it sends STOP_SIGNAL to the command and waits GRACE seconds before SIGKILL.
- Its supervisor dies: the same, but without much patience, since everything that the command needs is ending too.
- The command ends, however: what it leaves behind is adopted here (child subreaper) and killed.
- It is killed itself: the kernel sends STOP_SIGNAL to the command; the supervisor clears the process group.

The command's pid is written to the file descriptor FD. The exit status is the command's (128 + n for a signal).
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
#: How long what the command leaves behind may take to notice and end by itself, in seconds.
LEFTOVER_GRACE_SECONDS = 2.0
#: How long the command may take to end when the supervisor was killed.
ORPHAN_GRACE_SECONDS = 3.0
WATCHED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)

_prctl = ctypes.CDLL(None, use_errno=True).prctl


def main() -> int:
    parent, stop_signal, report_fd = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[4])
    grace_seconds = float(sys.argv[3])
    _prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        return 1  # it died before we could ask to be told
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    process = start(sys.argv[5:], stop_signal)
    os.write(report_fd, b"%d\n" % process.pid)
    os.close(report_fd)
    status = watch(process.pid, stop_signal, grace_seconds, parent)
    clear_leftovers()
    return status


def start(argv: list[str], stop_signal: int) -> subprocess.Popen[bytes]:
    """Start the command; our own standard streams are its. The object must be kept: being forgotten, it would reap."""
    launcher = os.getpid()

    def in_child() -> None:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)
        _prctl(PR_SET_PDEATHSIG, stop_signal)
        if os.getppid() != launcher:
            os._exit(1)

    try:
        return subprocess.Popen(argv, preexec_fn=in_child)  # noqa: S603, PLW1509 - ours, and no threads here
    except OSError as error:
        sys.exit(f"cannot start {argv[0]}: {error}")


def watch(command: int, stop_signal: int, grace_seconds: float, parent: int) -> int:
    """Wait for the command's end, stopping it when asked to; its exit status."""
    deadline: float | None = None
    while True:
        status = reap(command)
        if status is not None:
            return status
        if deadline is None:
            received = signal.sigwait(WATCHED)
            if received != signal.SIGCHLD:
                os.kill(command, stop_signal)
                orphaned = os.getppid() != parent
                deadline = time.monotonic() + (min(grace_seconds, ORPHAN_GRACE_SECONDS) if orphaned else grace_seconds)
        elif time.monotonic() >= deadline:
            os.kill(command, signal.SIGKILL)
            deadline = float("inf")
        else:
            signal.sigtimedwait(WATCHED, min(deadline - time.monotonic(), 1.0))


def reap(command: int) -> int | None:
    """Collect whatever has ended; the command's exit status if it is among that."""
    status = None
    while True:
        try:
            pid, raw = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return status
        if pid == 0:
            return status
        if pid == command:
            code = os.waitstatus_to_exitcode(raw)
            status = code if code >= 0 else 128 - code


def clear_leftovers() -> None:
    """Give the command's orphans, now our children, a moment, then kill them until none is left."""
    patience = time.monotonic() + LEFTOVER_GRACE_SECONDS
    while True:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        if time.monotonic() >= patience:
            for pid in children():
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)


def children() -> list[int]:
    """Pids of our children. None can vanish meanwhile: only we reap them."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # someone else's, gone meanwhile
        if parent == os.getpid():
            found.append(int(stat.parent.name))
    return found


if __name__ == "__main__":
    sys.exit(main())
