"""A demo whose PostgreSQL keeps all it has on a small disk of its own, which can be filled and given room again.

The disk is a tmpfs in a mount namespace of the demo's own, made in a user namespace; that needs no root where the
kernel allows it.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.demo.real_demo import RealDemo

SIZE_MB = 512
MISSING = "this machine gives nobody a mount namespace (unshare --user --map-root-user --mount)"
_NAMESPACES = ("unshare", "--user", "--map-root-user", "--mount")
_MOUNT = f'mount -t tmpfs -o size={SIZE_MB}m,mode=755 tmpfs "$1" && shift && exec "$@"'
_BLOCK = b"\0" * 65_536


def can_be_had(directory: Path) -> bool:
    """Whether this machine lets us have such a disk."""
    try:
        done = subprocess.run(
            [*_NAMESPACES, "sh", "-c", _MOUNT, "sh", str(directory), "true"], check=False, capture_output=True
        )
    except FileNotFoundError:
        return False
    return done.returncode == 0


class DemoOnASmallDisk(RealDemo):
    def command(self) -> list[str]:
        disk = self.state / "postgres"
        disk.mkdir(parents=True, exist_ok=True)
        return [*_NAMESPACES, "sh", "-c", _MOUNT, "sh", str(disk), *super().command()]

    @contextmanager
    def full(self) -> Iterator[None]:
        """While entered there is no room for another byte."""
        ballast = Path(f"/proc/{self.program_pid}/root{self.state}/postgres/ballast")
        descriptor = os.open(ballast, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            _fill(descriptor)
            yield
        finally:
            os.close(descriptor)
            ballast.unlink()


def _fill(descriptor: int) -> None:
    """What the file system has left, to the last page of it."""
    block = _BLOCK
    while block:
        try:
            os.write(descriptor, block)
        except OSError:
            block = block[: len(block) // 2]
