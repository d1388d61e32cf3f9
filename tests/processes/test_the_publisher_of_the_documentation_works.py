"""The publisher of docs/mqtt.md, as it stands there, against the real broker and ingest."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from apps.core.tenancy import bind
from apps.demo.services.supervisor import Supervisor
from apps.devices.services import provision
from tests.ingest.batches import seqs_of
from tests.personas import World

DOCUMENT = Path(__file__).resolve().parent.parent.parent / "docs" / "mqtt.md"

pytestmark = pytest.mark.processes


def test_what_it_sends_is_stored_and_confirmed(
    world: World, platform: Supervisor, broker: tuple[str, int], tmp_path: Path
) -> None:
    found = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert found
    script = tmp_path / "publisher.py"
    script.write_text(found[1])
    with bind(world.north.id):
        made = provision(model="Node")
    host, port = broker
    arguments = [sys.executable, str(script), host, str(port), made.device.uid, made.secret, "3"]
    subprocess.run(arguments, check=True, timeout=60)
    assert seqs_of(made.device.pk) == [0, 1, 2]


def test_it_has_about_thirty_lines() -> None:
    found = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert found
    assert len([line for line in found[1].splitlines() if line.strip()]) <= 32
