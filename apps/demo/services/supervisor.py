"""Starts children in order, restarts those that die, stops all in reverse order; leaves no process behind.

Linux only (see `launcher.py`). Everything happens in the main thread: `tick` is one round of supervision, `run_until`
repeats it.
"""

import contextlib
import logging
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, Self

from apps.demo.services import logs
from apps.demo.services.children import Child, RunningChild
from apps.demo.services.errors import ServiceError, StartFailed, StopRequested

log = logging.getLogger("bodylink.supervisor")

TICK_SECONDS = 0.2
MAX_BACK_OFF_SECONDS = 30.0
#: A child that ran this long has recovered: its next death is a first one again.
HEALTHY_SECONDS = 60.0
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class _Slot:
    child: Child
    running: RunningChild | None
    deaths: int = 0
    due_at: float = field(default=float("inf"))


class Supervisor:
    """Keeps children running. Use as a context manager: on leaving, whatever the reason, all are stopped.

    `inherit`: file descriptors (the state directory's lock) held open by every child's launcher as well.
    `catch_signals`: SIGINT, SIGTERM and SIGHUP end `start` (StopRequested) and `run_until` instead of the process.
    """

    def __init__(
        self,
        children: Sequence[Child],
        logs_dir: Path,
        *,
        inherit: Sequence[int] = (),
        catch_signals: bool = True,
    ) -> None:
        self._waiting = list(children)
        self._logs_dir = logs_dir
        self._inherit = tuple(inherit)
        self._slots: list[_Slot] = []
        self._catch_signals = catch_signals
        self._former_handlers: dict[signal.Signals, Any] = {}
        self._stop_requested = False

    def __enter__(self) -> Self:
        if self._catch_signals:
            for number in _STOP_SIGNALS:
                self._former_handlers[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(self, *_exc: object) -> None:
        try:
            self.stop()
        finally:
            for number, handler in self._former_handlers.items():
                signal.signal(number, handler)
            self._former_handlers.clear()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stop_requested = True

    def start(self) -> None:
        """Start the children given, each when the one before is ready. StartFailed names the culprit."""
        while self._waiting:
            self.add(self._waiting.pop(0))

    def add(self, child: Child) -> None:
        """Start one more child and wait until it is ready."""
        first = self._spawn(child, fresh_log=True)
        slot = _Slot(child, first)
        self._slots.append(slot)
        deadline = time.monotonic() + child.ready_seconds
        while not _is_ready(child):
            self._pause()
            if slot.running is not first:
                raise StartFailed(f"{child.name} ended while starting: {self._why(child)}")
            if time.monotonic() > deadline:
                raise StartFailed(f"{child.name} is not ready after {child.ready_seconds:.0f} s: {self._why(child)}")

    def run_to_end(self, child: Child) -> int:
        """Run a child that is meant to end (a migration), supervising the others meanwhile; its exit status."""
        running = self._spawn(child, fresh_log=True)
        try:
            while (status := running.exit_status) is None:
                self._pause()
            return status
        finally:
            running.ask_to_stop()
            running.wait_until_gone()

    def run_until(self, stop_event: threading.Event | None = None, exit_after: float | None = None) -> None:
        """Supervise until a stop signal, the event, or `exit_after` seconds from now; leave the context to stop."""
        deadline = time.monotonic() + exit_after if exit_after is not None else float("inf")
        with contextlib.suppress(StopRequested):
            while time.monotonic() < deadline and not (stop_event and stop_event.is_set()):
                self._pause()

    def tick(self) -> None:
        """One round: note who died, restart who is due, bound the logs."""
        for slot in self._slots:
            if slot.running is not None and slot.running.exit_status is not None:
                self._note_death(slot, slot.running)
            if slot.running is None and time.monotonic() >= slot.due_at:
                self._restart(slot)
            logs.bound(self._logs_dir, slot.child.name)

    def stop(self) -> None:
        """Stop all children in reverse order. Returns when nothing of them is left."""
        while self._slots:
            running = self._slots[-1].running
            if running is not None:
                running.ask_to_stop()
                running.wait_until_gone()
            self._slots.pop()

    def pid(self, name: str) -> int | None:
        """The process id of a child (its own, not its launcher's); None while it is down."""
        for slot in self._slots:
            if slot.child.name == name and slot.running is not None and slot.running.exit_status is None:
                return slot.running.pid
        return None

    def _spawn(self, child: Child, *, fresh_log: bool) -> RunningChild:
        return RunningChild(child, self._logs_dir, fresh_log=fresh_log, inherit=self._inherit)

    def _pause(self) -> None:
        if self._stop_requested:
            raise StopRequested
        self.tick()
        time.sleep(TICK_SECONDS)

    def _note_death(self, slot: _Slot, running: RunningChild) -> None:
        status = running.exit_status
        running.wait_until_gone()
        slot.running = None
        if not slot.child.restart:
            log.info("%s ended with status %s", slot.child.name, status)
            return
        if time.monotonic() - running.started_at >= HEALTHY_SECONDS:
            slot.deaths = 0
        self._schedule(slot, f"ended with status {status}")

    def _restart(self, slot: _Slot) -> None:
        slot.due_at = float("inf")
        try:
            slot.running = self._spawn(slot.child, fresh_log=False)
        except (ServiceError, OSError) as error:
            self._schedule(slot, f"could not be started: {error}")
        else:
            log.info("%s started again", slot.child.name)

    def _schedule(self, slot: _Slot, what_happened: str) -> None:
        delay_seconds = back_off(slot.deaths)
        slot.deaths += 1
        slot.due_at = time.monotonic() + delay_seconds
        log.warning("%s %s; starting it again in %.1f s", slot.child.name, what_happened, delay_seconds)

    def _why(self, child: Child) -> str:
        return logs.tail(self._logs_dir, child.name) or f"see {self._logs_dir / child.name}.log"


def back_off(deaths: int, jitter: Callable[[], float] = random.random) -> float:
    """Seconds before a restart: none after the first death, then doubling with jitter, bounded."""
    if deaths == 0:
        return 0.0
    longest = min(MAX_BACK_OFF_SECONDS, 0.5 * 2.0 ** min(deaths, 10))
    return longest * (0.5 + 0.5 * jitter())


def _is_ready(child: Child) -> bool:
    if child.ready is None:
        return True
    try:
        return child.ready()
    except ServiceError:
        raise
    except Exception as error:  # noqa: BLE001 - a probe fails in as many ways as there are clients; it is asked again
        log.debug("%s is not ready: %s", child.name, error)
        return False


@contextlib.contextmanager
def supervised(children: Sequence[Child], logs_dir: Path, inherit: Sequence[int] = ()) -> Iterator[Supervisor]:
    """Started children, for as long as the context lasts, inside a program that keeps its own signal handlers."""
    with Supervisor(children, logs_dir, inherit=inherit, catch_signals=False) as supervisor:
        supervisor.start()
        yield supervisor
