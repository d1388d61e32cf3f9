"""The real services, started once for this directory; and devices that may connect to the broker."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from apps.demo.services.embedded import Endpoints, RunningServices, running
from apps.devices.brokers.nats_callout import CalloutService
from tests.demo.services.mqtt_client import Client

REPOSITORY = Path(__file__).resolve().parents[3]
PROGRAM = Path(__file__).with_name("program.py")


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServices]:
    """PostgreSQL, Valkey and the broker in a state directory of their own."""
    with running(tmp_path_factory.mktemp("embedded"), environment={}) as services:
        yield services


@pytest.fixture(scope="session")
def endpoints(embedded: RunningServices) -> Endpoints:
    return embedded.endpoints


class Doorkeeper:
    """A callout service in a thread of its own, and the credentials it knows."""

    def __init__(self, endpoints: Endpoints) -> None:
        assert endpoints.callout is not None
        self.passwords: dict[str, set[str]] = {}
        settings = endpoints.callout
        self._loop = asyncio.new_event_loop()
        self.service = CalloutService(settings.url, settings.user, settings.password, settings.seed, self._authenticate)
        self._task = self._loop.create_task(self.service.run())
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        self.call(self.service.wait_connected())

    def call(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join()
        self._loop.close()

    def _serve(self) -> None:
        try:
            self._loop.run_until_complete(self._task)
        except asyncio.CancelledError:
            return

    async def _authenticate(self, username: str, password: str) -> bool:
        return password in self.passwords.get(username, set())


@pytest.fixture
def doorkeeper(endpoints: Endpoints) -> Iterator[Doorkeeper]:
    """Two devices: `dev-alice` with two passwords, `dev-bob` with one."""
    keeper = Doorkeeper(endpoints)
    keeper.passwords = {"dev-alice": {"first", "second"}, "dev-bob": {"bobs"}}
    yield keeper
    keeper.close()


Connect = Callable[..., Client]


@pytest.fixture
def connect(endpoints: Endpoints) -> Iterator[Connect]:
    """Connect to the broker; whoever is still connected at the end of the test is disconnected."""
    clients: list[Client] = []

    def make(username: str, password: str, **options: Any) -> Client:
        client = Client(endpoints, username, password, **options)
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.__exit__()


@pytest.fixture
def ingest(connect: Connect, endpoints: Endpoints) -> Client:
    """BodyLink's own subscriber to everything that devices say."""
    client = connect("ingest", urlsplit(endpoints.mqtt_url).password)
    assert client.subscribe("bl/v1/+/up/#")
    return client


@pytest.fixture
def platform(connect: Connect, endpoints: Endpoints) -> Client:
    """BodyLink's own publisher to devices."""
    return connect("platform", urlsplit(endpoints.mqtt_platform_url).password)


@pytest.fixture
def start_program(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start `program.py` on a state directory; what still runs at the end of the test is stopped."""
    programs: list[subprocess.Popen[str]] = []

    def start(root: Path, *options: str) -> subprocess.Popen[str]:
        program = subprocess.Popen(
            [sys.executable, str(PROGRAM), str(root), *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=(tmp_path / f"program-{len(programs)}.err").open("w"),
            text=True,
            env={"PYTHONPATH": str(REPOSITORY), "PATH": "/usr/bin:/bin"},
        )
        programs.append(program)
        return program

    yield start
    for program in programs:
        if program.poll() is None:
            program.terminate()
        program.communicate(timeout=60)
