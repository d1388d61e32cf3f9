"""Ports that nobody else uses, the same from run to run while that holds."""

import contextlib
import json
import random
import socket
from collections.abc import Iterator
from pathlib import Path

from apps.demo.services.errors import ServiceError

#: Below the range that Linux gives to outgoing connections (32768 and up), above the well-known ones.
CANDIDATES = range(20_000, 32_000)


class PortBook:
    """Ports by name, remembered in a file and kept from other books on this machine until `close`.

    Between choosing a port and the service's bind there is a moment in which another supervisor could choose it too.
    So each chosen port is claimed by a Linux abstract socket, which ends with this process whatever kills it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ports: dict[str, int] = {}
        with contextlib.suppress(FileNotFoundError, ValueError):  # a damaged file only costs the memory of the ports
            self._ports = json.loads(path.read_text())
        self._claims: dict[int, socket.socket] = {}

    def port(self, name: str, host: str = "127.0.0.1") -> int:
        """The port of this name, free to be bound on `host`."""
        for candidate in self._candidates(name):
            if candidate not in self._claims and self._claim(candidate, host):
                self._remember(name, candidate)
                return candidate
        raise ServiceError(f"no free port between {CANDIDATES.start} and {CANDIDATES.stop} for {name}")

    def close(self) -> None:
        while self._claims:
            self._claims.popitem()[1].close()

    def _candidates(self, name: str) -> Iterator[int]:
        if name in self._ports:
            yield self._ports[name]
        yield from random.sample(CANDIDATES, k=1000)

    def _claim(self, port: int, host: str) -> bool:
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            claim.bind(f"\0bodylink-port-{port}")
            for address in {"127.0.0.1", host}:
                _bind_once(address, port)
        except OSError:
            claim.close()
            return False
        self._claims[port] = claim
        return True

    def _remember(self, name: str, port: int) -> None:
        if self._ports.get(name) != port:
            self._ports[name] = port
            draft = self._path.with_suffix(".draft")
            draft.write_text(json.dumps(self._ports, indent=1))
            draft.replace(self._path)


def _bind_once(host: str, port: int) -> None:
    """Raise OSError if a server could not listen there. Connections in TIME_WAIT do not count, as for real servers."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with contextlib.closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
