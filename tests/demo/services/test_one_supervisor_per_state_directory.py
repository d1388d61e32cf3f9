"""Two on one directory: the second is refused with one line. Two on two directories: neither notices the other."""

import json
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

from apps.demo.services.embedded import EmbeddedServices
from apps.demo.services.ports import PortBook

Start = Callable[..., subprocess.Popen[str]]


def test_the_second_on_one_directory_is_refused_with_one_clear_line(start_program: Start, tmp_path: Path) -> None:
    first = start_program(tmp_path / "state", "bare")
    assert first.stdout is not None
    assert first.stdout.readline()
    second = start_program(tmp_path / "state", "bare")
    assert second.wait(30) == 1
    complaint = (tmp_path / "program-1.err").read_text()
    state = tmp_path / "state"
    assert complaint == f"BodyLink is already running on {state} (process {first.pid}); stop it first\n"
    assert first.poll() is None


def test_two_directories_never_share_a_port(tmp_path: Path) -> None:
    with EmbeddedServices(tmp_path / "a", environment={}) as a, EmbeddedServices(tmp_path / "b", environment={}) as b:
        names = ("postgres", "valkey", "mqtt", "nats")
        used = [book[name] for book in (_ports(a), _ports(b)) for name in names]
    assert len(set(used)) == 8


def test_a_port_is_the_same_in_the_next_run(tmp_path: Path) -> None:
    book = PortBook(tmp_path / "ports.json")
    first = book.port("mqtt")
    book.close()
    book = PortBook(tmp_path / "ports.json")
    assert book.port("mqtt") == first
    book.close()


def test_a_port_that_somebody_took_is_chosen_anew(tmp_path: Path) -> None:
    book = PortBook(tmp_path / "ports.json")
    first = book.port("mqtt")
    book.close()
    with socket.create_server(("127.0.0.1", first)):
        book = PortBook(tmp_path / "ports.json")
        second = book.port("mqtt")
        book.close()
    assert second != first


def test_a_remembered_port_that_another_bodylink_is_about_to_use_is_chosen_anew(tmp_path: Path) -> None:
    book, other = PortBook(tmp_path / "ports.json"), PortBook(tmp_path / "other.json")
    first = book.port("mqtt")  # claimed, but nothing listens there yet
    (tmp_path / "other.json").write_text(f'{{"mqtt": {first}}}')
    other = PortBook(tmp_path / "other.json")
    assert other.port("mqtt") != first
    book.close()
    other.close()


def _ports(services: EmbeddedServices) -> dict[str, int]:
    ports: dict[str, int] = json.loads(services.layout.ports.read_text())
    return ports
