"""The file is replaced whole or not at all, and only a Mosquitto that catches the signal gets it."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.devices.brokers import mosquitto

CATCHES = "import signal, sys; signal.signal(signal.SIGHUP, lambda *_: sys.exit(3)); "
SAYS = "print(open('/proc/self/comm', 'w').write('mosquitto'), flush=True); input()"


@pytest.fixture
def process(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[bytes]]:
    """One that runs the program given, and has said that it is ready."""
    started = subprocess.Popen([sys.executable, "-c", request.param], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert started.stdout is not None
    started.stdout.readline()
    yield started
    started.kill()
    started.communicate()


@pytest.fixture
def pid_file(tmp_path: Path, process: subprocess.Popen[bytes]) -> Path:
    path = tmp_path / "pid"
    path.write_text(str(process.pid))
    return path


@pytest.mark.parametrize("process", [CATCHES + SAYS], indirect=True)
def test_a_broker_that_listens_is_told(process: subprocess.Popen[bytes], pid_file: Path) -> None:
    assert mosquitto.reload(pid_file)
    assert process.wait(10) == 3


@pytest.mark.parametrize("process", [SAYS, CATCHES + "print('another program', flush=True); input()"], indirect=True)
def test_one_that_would_die_of_it_and_another_program_are_not(process: subprocess.Popen[bytes], pid_file: Path) -> None:
    assert not mosquitto.reload(pid_file)
    process.send_signal(signal.SIGCONT)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.3)


@pytest.mark.parametrize("content", [None, "", "no number", "999999999"])
def test_without_a_broker_nothing_happens(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "pid").write_text(content)
    assert not mosquitto.reload(tmp_path / "pid")


def test_the_file_is_replaced_whole_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "passwords"
    path.write_text("former\n")
    mosquitto.write(path, {"b": "$7$2", "a": "$7$1"})
    assert path.read_text() == "a:$7$1\nb:$7$2\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "passwords"
    path.mkdir()
    with pytest.raises(OSError, match="passwords"):
        mosquitto.write(path, {"a": "$7$1"})
    assert list(tmp_path.iterdir()) == [path]
