"""Every example of docs/http-ingest.md, run as it stands there by a shell with curl against the real application."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connections

from apps.core.tenancy import bind
from apps.readings.models import CurrentValue, Frame
from tests.api.by_http import HttpDevice, http_device, last_tick
from tests.factories import a_current_value, now
from tests.personas import World

PAGE = Path(__file__).parents[2] / "docs" / "http-ingest.md"
EXAMPLE = re.compile(r"```sh\n(.*?)```\n(?:```json\n(.*?)```)?", re.DOTALL)
EXAMPLES = EXAMPLE.findall(PAGE.read_text())

pytestmark = pytest.mark.skipif(
    shutil.which("curl") is None and "CI" not in os.environ, reason="curl is not there: the examples were NOT run"
)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: pytest shows what fails."""

    def handle(self) -> None:
        super().handle()
        connections.close_all()


@pytest.fixture
def address(world: World) -> Iterator[str]:
    with make_server("127.0.0.1", 0, get_wsgi_application(), _Server, _Quiet) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def node(world: World) -> HttpDevice:
    return http_device(world.north, world.north.alice)


def run(script: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_they_answer_what_the_page_says(world: World, address: str, node: HttpDevice) -> None:
    environment = {
        "URL": address,
        "DEVICE": node.uid,
        "SECRET": node.secret,
        "PATIENT": str(world.north.alice.pk),
    }
    last_tick(world.north)
    assert len(EXAMPLES) == 7
    for script, expected in EXAMPLES:
        if "/data/analyze" in script:
            what_a_tick_makes_of_it(world)
        said = run(script, environment)
        assert said
        if expected:
            assert json.loads(said) == json.loads(expected), script
    with bind(world.north.id):
        assert sorted(Frame.objects.filter(boot="9f3a61c0").values_list("seq", flat=True)) == [0, 1, 2, 3, 4]


def what_a_tick_makes_of_it(world: World) -> None:
    for code, value in (("spo2", 97.0), ("skin_temperature", 33.4)):
        a_current_value(world.north.alice, code, value, now())
    with bind(world.north.id):
        assert CurrentValue.objects.count() == 2
