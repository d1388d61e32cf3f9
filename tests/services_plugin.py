"""Gives the test session its services before Django's settings are read.

With DATABASE_URL (and its two sisters), REDIS_URL and MQTT_URL in the environment those are used; otherwise the
embedded ones under `.bodylink/test`, started at the first test that needs a database.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.demo.environment import environment_of
from apps.demo.services.embedded import EmbeddedServices
from apps.demo.services.errors import AlreadyRunning

ROOT = Path(__file__).resolve().parent.parent


def _open() -> EmbeddedServices:
    """The usual state directory; while another test session holds it, one of our own."""
    try:
        return EmbeddedServices(ROOT / ".bodylink" / "test").open()
    except AlreadyRunning:
        return EmbeddedServices(ROOT / ".bodylink" / f"test-{os.getpid()}").open()


# A worker of pytest-xdist inherits what the session that started it had set for itself.
OURS = "BODYLINK_SET_BY_TESTS"
for name in os.environ.pop(OURS, "").split():
    del os.environ[name]

SERVICES = None if "DATABASE_URL" in os.environ else _open()

if SERVICES is not None:
    ours = environment_of(SERVICES)
    os.environ.update(ours | {OURS: " ".join(ours)})


@pytest.fixture(scope="session")
def services() -> Iterator[None]:
    """PostgreSQL, Valkey and the broker are up."""
    if SERVICES is None:
        yield
        return
    with SERVICES.running():
        yield


def pytest_unconfigure() -> None:
    if SERVICES is not None:
        SERVICES.close()
        if SERVICES.layout.root.name != "test":
            shutil.rmtree(SERVICES.layout.root)
