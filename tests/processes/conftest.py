"""The real processes: ingest and the gatekeeper on the services of the test session, or a whole demo of its own."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connections

from apps.demo.device_client import DeviceClient
from apps.demo.services.children import Child
from apps.demo.services.supervisor import Supervisor
from tests.demo.real_demo import RealDemo
from tests.processes.counts import told
from tests.processes.small_disk import MISSING
from tests.services_plugin import SERVICES
from tests.waiting import until

ROOT = Path(__file__).resolve().parent.parent.parent
ALIASES = {"DATABASE_URL": "default", "DATABASE_MIGRATOR_URL": "migrator", "DATABASE_INGEST_URL": "ingest"}


def environment() -> dict[str, str]:
    """This session's environment, with the session's own database."""
    own = dict(os.environ)
    for variable, alias in ALIASES.items():
        address = urlsplit(own[variable])
        own[variable] = urlunsplit(address._replace(path="/" + str(connections[alias].settings_dict["NAME"])))
    return own | {"DJANGO_SETTINGS_MODULE": "bodylink.settings", "PYTHONUNBUFFERED": "1"}


def manage(name: str, *arguments: str) -> Child:
    return Child(name=name, argv=[sys.executable, "manage.py", *arguments], env=environment(), cwd=ROOT)


@pytest.fixture
def platform(database: None, tmp_path: Path) -> Iterator[Supervisor]:
    """Gatekeeper and one ingest, restarted when they die (by the supervisor's `tick`)."""
    if SERVICES is None:
        pytest.skip("the processes need the embedded broker; the services of this session are external")
    supervisor = Supervisor([], tmp_path, catch_signals=False)
    with supervisor:
        supervisor.add(manage("gatekeeper", "gatekeeper"))
        supervisor.add(manage("ingest", "ingest_mqtt", "--name", "test"))
        yield supervisor


@pytest.fixture
def broker() -> tuple[str, int]:
    assert SERVICES is not None
    endpoints: Any = SERVICES.endpoints
    return endpoints.mqtt_host, endpoints.mqtt_port


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealDemo]:
    """A demo with one patient, for tests that harm its parts. Each leaves it working."""
    running = RealDemo(tmp_path_factory.mktemp("processes") / "state", patients=1)
    try:
        running.start()
        yield running
        running.interrupt()
        assert running.left() == {}
    finally:
        running.kill()
        shutil.rmtree(running.state, ignore_errors=True)


def provisioned(demo: RealDemo) -> list[dict[str, str]]:
    """Devices of a demo that are let in."""
    return [demo.provision(model="Node") for _ in range(3)]


@contextmanager
def on_air(demo: RealDemo, credentials: list[dict[str, str]]) -> Iterator[list[DeviceClient]]:
    """These devices, connected, each in a new boot."""
    clients = [DeviceClient(each["username"], each["password"], *demo.broker) for each in credentials]
    for client in clients:
        client.start()
    try:
        until(lambda: all(client.connected for client in clients), "the devices are connected", 30)
        yield clients
    finally:
        for client in clients:
            client.stop()


@pytest.fixture(scope="package")
def credentials(demo: RealDemo) -> list[dict[str, str]]:
    return provisioned(demo)


@pytest.fixture
def nodes(demo: RealDemo, credentials: list[dict[str, str]]) -> Iterator[list[DeviceClient]]:
    with on_air(demo, credentials) as clients:
        yield clients


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if lines := told():
        terminalreporter.section("frames under harm")
        for line in lines:
            terminalreporter.write_line(line)
    skipped = " ".join(str(report.longrepr) for report in terminalreporter.getreports("skipped"))
    if MISSING in skipped:
        terminalreporter.write_sep("!", f"SKIPPED tests of a full disk: {MISSING}")
