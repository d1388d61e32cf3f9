"""What Docker would be given names what there is. Nothing is built or started: no engine runs where the tests do."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"
COMPOSE = (DOCKER / "compose.yaml").read_text()
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE)["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("image") == "bodylink"}
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text()
SECRETS = ("PASSWORD", "SECRET_KEY")


def names_in_tables(text: str) -> set[str]:
    return {name for line in text.splitlines() if line.startswith("|") for name in re.findall(r"`([A-Z_]+)`", line)}


def test_every_process_is_there() -> None:
    assert set(OURS) == {"keeper", "migrate", "web", "ingest", "ticker", "worker", "beat"}
    assert set(SERVICES) - set(OURS) == {"postgres", "valkey", "mosquitto"}


@pytest.mark.parametrize("name", OURS)
def test_each_variable_of_a_process_is_documented(name: str) -> None:
    assert set(OURS[name]["environment"]) <= names_in_tables(CONFIGURATION)


@pytest.mark.parametrize("name", OURS)
def test_each_process_has_the_authorities_that_it_is_told_to_trust(name: str) -> None:
    place = OURS[name]["environment"]["SSL_CERT_FILE"]
    assert any(f":{place}:ro" in volume for volume in OURS[name]["volumes"])


def test_only_who_needs_it_gets_the_key_to_a_role() -> None:
    def holders(variable: str) -> set[str]:
        return {name for name, service in OURS.items() if variable in service["environment"]}

    assert holders("DATABASE_MIGRATOR_URL") == {"migrate"}
    assert holders("DATABASE_INGEST_URL") == {"keeper", "web", "ingest"}


def test_what_has_to_be_filled_in_is_named_everywhere_and_holds_no_default() -> None:
    wanted = set(re.findall(r"\$\{([A-Z_]+)", COMPOSE))
    example = (DOCKER / "environment.example").read_text()
    assert set(re.findall(r"\$\{[A-Z_]+(.*?)\}", COMPOSE)) == {":?"}
    assert dict(re.findall(r"^([A-Z_]+)=(.*)$", example, re.MULTILINE)) == dict.fromkeys(wanted, "")
    assert wanted <= names_in_tables((ROOT / "docs" / "production.md").read_text())


def test_no_secret_stands_in_any_file() -> None:
    for path in DOCKER.rglob("*"):
        if path.is_file() and path.name != "environment.example":
            for line in path.read_text().splitlines():
                if any(f"{word}:" in line for word in SECRETS) and not line.lstrip().startswith("#"):
                    assert "${" in line, (path, line)


@pytest.mark.parametrize("name", OURS)
def test_each_command_exists(name: str) -> None:
    command = OURS[name].get("command", ["daphne"])
    if command[:2] == ["python", "manage.py"]:
        assert command[2] in get_commands()
    else:
        assert command[0] in {"daphne", "celery"}


def test_only_the_devices_listener_is_reached_from_outside() -> None:
    assert SERVICES["mosquitto"]["ports"] == ["8883:8883"]
    assert SERVICES["web"]["ports"] == ["127.0.0.1:8000:8000"]
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["mosquitto", "web"]


@pytest.mark.parametrize("dockerfile", ["app", "mosquitto"])
def test_what_an_image_copies_exists_and_is_let_through(dockerfile: str) -> None:
    context = ROOT if dockerfile == "app" else DOCKER / "mosquitto"
    through = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    text = (DOCKER / dockerfile / "Dockerfile").read_text()
    sources = [source for line in re.findall(r"^COPY (?!--)(.+) \S+$", text, re.MULTILINE) for source in line.split()]
    assert sources
    for source in sources:
        assert (context / source).exists(), source
        assert dockerfile != "app" or source in through, source
    assert re.findall(r"^USER (\S+)$", text, re.MULTILINE) not in ([], ["root"])


def test_mosquitto_and_compose_agree_on_where_things_are() -> None:
    configuration = (DOCKER / "mosquitto" / "mosquitto.conf").read_text()
    places = {re.findall(r":(/[a-z/]+)", volume)[0] for volume in SERVICES["mosquitto"]["volumes"]}
    for path in re.findall(r" (/mosquitto/\S+)", configuration):
        assert path.startswith("/mosquitto/config/") or any(path.startswith(place) for place in places), path
    given = [argument.partition("=")[2] for argument in SERVICES["keeper"]["command"] if "=" in argument]
    assert given
    assert all(f" {path}\n" in configuration for path in given)
    assert "allow_anonymous false" in configuration
