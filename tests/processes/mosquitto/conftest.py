"""One Mosquitto and one keeper of its credentials for all tests of a file; the database is emptied after each."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from apps.core.tenancy import bind
from apps.demo.services.supervisor import Supervisor
from apps.devices.services import Provisioned, provision
from tests.personas import World
from tests.processes.mosquitto.broker import Mosquitto, program
from tests.waiting import until

WITHIN_S = 5.0
Nodes = tuple[Provisioned, Provisioned]
Say = Callable[[str, float], None]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mosquitto")


@pytest.fixture(scope="module")
def mosquitto(django_db_setup: None, directory: Path) -> Iterator[Mosquitto]:
    if program() is None:
        pytest.skip("MOSQUITTO IS NOT INSTALLED HERE, so its configuration is untested: apt-get install mosquitto")
    made = Mosquitto(directory)
    yield made
    made.close()


@pytest.fixture(scope="module")
def supervisor(mosquitto: Mosquitto, directory: Path) -> Iterator[Supervisor]:
    """Broker and keeper, started again by `tick` when they die."""
    with Supervisor([mosquitto.broker(), mosquitto.keeper()], directory, catch_signals=False) as running:
        running.start()
        yield running


@pytest.fixture
def say(capfd: pytest.CaptureFixture[str]) -> Say:
    """Prints what was measured; nothing is asserted of it but that it was in time."""

    def tell(what: str, seconds: float) -> None:
        with capfd.disabled():
            sys.stderr.write(f"\nmosquitto: {what}: {seconds:.2f} s")

    return tell


@pytest.fixture
def nodes(world: World, mosquitto: Mosquitto, supervisor: Supervisor, say: Say) -> Nodes:
    """A device of each hospital, once both are let in."""
    made = []
    for hospital, uid in ((world.north, "node-north"), (world.south, "node-south")):
        with bind(hospital.id):
            made.append(provision(model="Node", uid=uid))
        begun = time.monotonic()
        until(lambda: accepted(mosquitto, made[-1]), f"{uid} is let in", WITHIN_S)
        say("provisioned to accepted", time.monotonic() - begun)
    return made[0], made[1]


def accepted(mosquitto: Mosquitto, who: Provisioned, secret: str = "") -> bool:
    with mosquitto.connect(who.device.uid, secret or who.secret, client_id="somebody") as client:
        return client.accepted is True
