"""docs/mqtt.md: its publisher runs as it stands there, its table is the register's, its example is a frame."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from apps.core.tenancy import bind
from apps.demo.services.supervisor import Supervisor
from apps.devices.services import Provisioned, bind_device, provision
from apps.ingest import wire
from apps.readings.quantities import REGISTER
from tests.ingest.batches import stored
from tests.personas import World
from tests.processes.conftest import broker, platform  # noqa: F401  fixtures
from tests.waiting import until

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "mqtt.md").read_text()
LONGEST_LINES = 30
SECONDS = 6
PATIENCE_S = 90.0


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@contextmanager
def publisher(path: Path, address: tuple[str, int], device: Provisioned) -> Iterator[subprocess.Popen[bytes]]:
    [source] = blocks("python")
    path.write_text(source)
    arguments = [*map(str, address), device.device.uid, device.secret, str(SECONDS)]
    process = subprocess.Popen([sys.executable, str(path), *arguments])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_the_publisher_has_thirty_lines_at_most() -> None:
    [source] = blocks("python")
    assert len(source.splitlines()) <= LONGEST_LINES


@pytest.mark.processes
def test_the_publisher_loses_nothing_although_ingest_is_killed(
    world: World,
    platform: Supervisor,  # noqa: F811
    broker: tuple[str, int],  # noqa: F811
    tmp_path: Path,
) -> None:
    with bind(world.north.id):
        node = provision(model="Node", uid="node-of-the-page")
        bind_device(device=node.device, patient=world.north.alice, since=node.device.created_at)
    with publisher(tmp_path / "publisher.py", broker, node) as process:

        def arrived(count: int) -> bool:
            platform.tick()
            return len(stored("SELECT seq FROM readings_frame")) >= count

        until(lambda: arrived(2), "the first frames are stored", PATIENCE_S)
        pid = platform.pid("ingest")
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

        def ended() -> bool:
            platform.tick()
            return process.poll() is not None

        until(ended, "the publisher has been told that all is safe", PATIENCE_S)
        assert process.returncode == 0
    rows = stored("SELECT seq, patient_id, value_numbers FROM readings_frame ORDER BY seq")
    assert rows == [(seq, world.north.alice.pk, [97.0, 33.4]) for seq in range(SECONDS)]
    assert stored("SELECT reason FROM ingest_quarantined") == []


def test_the_example_is_a_frame_without_fault() -> None:
    frame = wire.decode(blocks("json")[0].encode())
    assert frame.faults == ()
    assert [wave.code for wave in frame.waves] == ["ecg", "ppg_red"]


def test_the_table_names_every_quantity_of_the_register() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (wave|value) \| `(\S+)` \| (\S+) to (\S+) \|", PAGE, re.MULTILINE)
    found = [(code, form, unit, float(low), float(high)) for code, form, unit, low, high in rows]
    assert found == [(q.code, str(q.form), q.unit, float(q.low), float(q.high)) for q in REGISTER.values()]
