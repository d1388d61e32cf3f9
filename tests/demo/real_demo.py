"""`manage.py demo` as a process of its own, on a state directory of its own: the whole platform as a user starts it."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg

from apps.demo.services.processes import every
from tests.waiting import until

REPOSITORY = Path(__file__).resolve().parents[2]
READY_WITHIN_S = 180.0
STOPPED_WITHIN_S = 90.0
# What a test session's own services have put into the environment must not reach a demo.
_OURS = ("DATABASE_", "REDIS_", "MQTT_", "BROKER_", "BODYLINK_STATE", "SECRET_KEY", "STATIC_ROOT", "DJANGO_")
# By what the command line of each child is known.
_PROGRAMS = {
    "postgres": "postgres",
    "valkey": "valkey-server",
    "broker": "nats-server",
    "gatekeeper": "gatekeeper",
    "ingest": "ingest_mqtt",
    "ticker-1": "ticker-1@%h",
    "ticker-2": "ticker-2@%h",
    "worker": "worker@%h",
    "beat": "beat",
    "web": "daphne",
    "simulator": "simulate",
}


class RealDemo:
    """Start, look at, and end a demo. `state` may hold what an earlier one left."""

    def __init__(self, state: Path, *, patients: int) -> None:
        self.state = state
        self._patients = patients
        self._program: subprocess.Popen[bytes] | None = None
        self._output = state.with_name(f"{state.name}.out")

    def start(self) -> None:
        """Return when it says that it is ready."""
        with self._output.open("wb") as output:
            self._program = subprocess.Popen(
                self.command(), cwd=REPOSITORY, env=self.environment(), stdout=output, stderr=output,
                stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        until(lambda: self.is_ready or not self.is_running, "the demo is ready", READY_WITHIN_S)
        assert self.is_ready, f"the demo ended: {self.output}"

    def command(self) -> list[str]:
        port = str(_free_port())
        options = ["--state", str(self.state), "--port", port, "--patients", str(self._patients)]
        return [sys.executable, "manage.py", "demo", *options]

    @staticmethod
    def environment() -> dict[str, str]:
        """The test session's environment without its services."""
        return {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}

    @property
    def output(self) -> str:
        return self._output.read_text()

    @property
    def is_ready(self) -> bool:
        return "BodyLink is ready: " in self.output

    @property
    def is_running(self) -> bool:
        return self._program is not None and self._program.poll() is None

    @property
    def program_pid(self) -> int:
        assert self._program is not None
        return self._program.pid

    @property
    def run(self) -> dict[str, Any]:
        """What run.json tells other programs."""
        told: dict[str, Any] = json.loads((self.state / "run.json").read_text())
        return told

    @property
    def urls(self) -> dict[str, str]:
        """The settings that it leaves for commands beside it, every role's database among them."""
        left: dict[str, str] = json.loads((self.state / "environment.json").read_text())
        return left

    @property
    def broker(self) -> tuple[str, int]:
        return self.run["mqtt"]["host"], self.run["mqtt"]["port"]

    def interrupt(self) -> int:
        """Stop it as Ctrl-C does; its exit status."""
        assert self._program is not None
        self._program.send_signal(signal.SIGINT)
        return self._program.wait(STOPPED_WITHIN_S)

    def kill(self) -> None:
        """End the supervisor without a chance to clean up."""
        assert self._program is not None
        self._program.kill()
        self._program.wait()

    def pid(self, name: str) -> int | None:
        """The process of a child (not its launcher); None while it is down."""
        everyone = list(every())
        launchers = {process.pid for process in everyone if process.parent == self.program_pid}
        for process in everyone:
            if process.parent in launchers and _PROGRAMS[name] in _words(process.pid):
                return process.pid
        return None

    def left(self) -> dict[int, str]:
        """Every live process that has to do with the state directory, whoever its parent is: pid and command."""
        own = str(self.state).encode()
        return {process.pid: " ".join(_words(process.pid)) for process in every() if own in _traces(process.pid)}

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command beside the demo, to its end."""
        return subprocess.run(**self._beside(arguments), check=False, capture_output=True, timeout=120)

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        """A command beside the demo that goes on. Whoever begins it ends it."""
        return subprocess.Popen(**self._beside(arguments), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def provision(self, *, model: str, organization: str = "northgate", mrn: str | None = None) -> dict[str, str]:
        """A device with its password, as `provision_device` prints it."""
        options = ["--organization", organization, "--model", model, "--json"]
        done = self.manage("provision_device", *options, *(["--patient", mrn] if mrn else []))
        assert done.returncode == 0, done.stderr
        printed: dict[str, str] = json.loads(done.stdout)
        return printed

    def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Rows as the owner of the tables sees them, of every organization."""
        with psycopg.connect(self.urls["DATABASE_MIGRATOR_URL"], connect_timeout=5) as connection:
            return connection.execute(query, parameters).fetchall()  # type: ignore[arg-type]

    def _beside(self, arguments: tuple[str, ...]) -> dict[str, Any]:
        environment = self.environment() | {"BODYLINK_STATE": str(self.state), "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "manage.py", *arguments]
        return {"args": command, "cwd": REPOSITORY, "env": environment, "stdin": subprocess.DEVNULL, "text": True}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _words(pid: int) -> list[str]:
    """The command line, paths shortened to their names; a program may have made one string of it."""
    words = _read(Path(f"/proc/{pid}/cmdline")).replace(b"\0", b" ").decode(errors="replace").split()
    return [word.rpartition("/")[2] for word in words]


def _traces(pid: int) -> bytes:
    """Where a process could name a directory."""
    if pid == os.getpid():
        return b""
    here = Path(f"/proc/{pid}")
    return b"\0".join((_read(here / "cmdline"), _read(here / "environ"), _link(here / "cwd"), _link(here / "fd/1")))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _link(path: Path) -> bytes:
    try:
        return os.fsencode(path.readlink())
    except OSError:
        return b""
