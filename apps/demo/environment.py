"""The environment of BodyLink's processes where nobody set one: the embedded services of a state directory.

Whoever starts the services (`manage.py demo`, the tests) opens them, and with that settles their addresses, before
Django reads its settings; commands beside a running demo read what it left in `environment.json`.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from apps.demo.services.embedded import EmbeddedServices
from apps.demo.services.errors import ServiceError
from apps.demo.services.secret_file import write_private

FILE_NAME: Final = "environment.json"
OPENED: list[EmbeddedServices] = []
"""The services that this process opened, for the command that runs them."""


def use_embedded_services(root: Path, arguments: Sequence[str]) -> None:
    """Fill os.environ. The `demo` command opens the services of its state directory; every other joins a demo that
    runs. Ends the process with one line where neither can be."""
    options = _options(root, arguments)
    if arguments[:1] == ["demo"]:
        try:
            services = EmbeddedServices(options.state, options.bind).open()
        except ServiceError as error:
            sys.exit(f"bodylink: {error}")
        OPENED.append(services)
        os.environ.update(environment_of(services))
        return
    try:
        os.environ.update(json.loads((options.state / FILE_NAME).read_text()))
    except FileNotFoundError:
        sys.exit("bodylink: DATABASE_URL is not set and no demo has run here; `make demo`, or docs/configuration.md")


def environment_of(services: EmbeddedServices) -> dict[str, str]:
    """The settings of a platform on these services."""
    endpoints = services.endpoints
    environment = {
        "SECRET_KEY": os.environ.get("SECRET_KEY") or services.secrets.get("django-secret-key"),
        "DATABASE_URL": endpoints.database_url,
        "DATABASE_MIGRATOR_URL": endpoints.database_migrator_url,
        "DATABASE_INGEST_URL": endpoints.database_ingest_url,
        "REDIS_URL": endpoints.redis_url,
        "MQTT_URL": endpoints.mqtt_url,
        "STATIC_ROOT": str(services.layout.root / "static"),
        "BODYLINK_STATE": str(services.layout.root),
    }
    if endpoints.callout is not None:
        callout = endpoints.callout
        address = urlsplit(callout.url)
        environment["BROKER_CALLOUT_URL"] = (
            f"nats://{quote(callout.user)}:{quote(callout.password)}@{address.hostname}:{address.port}"
        )
        environment["BROKER_CALLOUT_SEED"] = callout.seed
    return environment


def leave_environment(services: EmbeddedServices) -> None:
    """For commands beside the running demo. It holds secrets: its owner's eyes only."""
    write_private(services.layout.root / FILE_NAME, json.dumps(environment_of(services), indent=1))


def _options(root: Path, arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--state", type=Path, default=Path(os.environ.get("BODYLINK_STATE", root)))
    parser.add_argument("--bind", default="127.0.0.1")
    return parser.parse_known_args(arguments)[0]
