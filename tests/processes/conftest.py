"""The real processes of ingest, against the real broker and the database of the test session."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connections

from apps.demo.services.children import Child
from apps.demo.services.supervisor import Supervisor
from tests.services_plugin import SERVICES

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
