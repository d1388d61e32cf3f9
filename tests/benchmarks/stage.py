"""Where the benchmarks run: embedded services in a directory of their own, and a fresh database for each of them."""

import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from apps.demo import processes
from apps.demo.services.embedded import EmbeddedServices
from apps.demo.services.postgres_roles import DATABASE
from apps.demo.services.supervisor import Supervisor
from apps.devices.broker import client_for, wait_until_accepted
from tests.benchmarks.load import Sender

_URLS = {"DATABASE_URL": "default", "DATABASE_MIGRATOR_URL": "migrator", "DATABASE_INGEST_URL": "ingest"}
DROP_ATTEMPTS, DROP_AGAIN_S = 100, 0.1
INGEST_CLIENT_ID = f"bodylink-ingest-{processes.INGEST_NAME}"


class Stage:
    """`address`: where devices reach the broker. `web_port`: where daphne listens when it is asked for. `quick`: it
    matters only that things run. `names`: the figures that are wanted."""

    def __init__(self, services: EmbeddedServices, *, quick: bool, names: Set[str]) -> None:
        self.quick = quick
        self.names = names
        self.broker_directory: Path = services.layout.broker
        self.directory: Path = services.layout.root
        self.address = (services.endpoints.mqtt_host, services.endpoints.mqtt_port)
        self.web_port = services.ports.port("web")
        call_command("migrate", verbosity=0)

    @contextmanager
    def database(self, name: str) -> Iterator[None]:
        """A database of its own, migrated and empty, for this process and those that it starts meanwhile."""
        with self._owner() as owner:
            owner.execute(_statement("CREATE DATABASE {} TEMPLATE {}", name, DATABASE))
        self._use(name)
        cache.clear()
        try:
            yield
        finally:
            self._use(DATABASE)
            with self._owner() as owner:
                _drop(owner, name)

    @property
    def commits_file(self) -> Path:
        """Where an ingest that notes its commits (`noting_ingest`) leaves them."""
        return self.directory / "commits"

    @property
    def noting_ingest(self) -> dict[str, Sequence[str]]:
        """Such an ingest in the place of the usual one."""
        return {"ingest": ("tests.benchmarks.noting_ingest", str(self.commits_file), processes.INGEST_NAME)}

    @contextmanager
    def platform(
        self, *names: str, for_devices: Sequence[Sender] = (), instead: Mapping[str, Sequence[str]] | None = None
    ) -> Iterator[Supervisor]:
        """The named processes of BodyLink (`apps.demo.processes`), each ready, and the broker ready for the devices.
        `instead`: of a process another module, with its options."""
        children = processes.platform(
            bind="127.0.0.1", port=self.web_port, state=self.directory, patients=0, scenario=""
        )
        with Supervisor([], self.directory / "logs", catch_signals=False) as supervisor:
            for child in children:
                if child.name in names:
                    other = (instead or {}).get(child.name)
                    supervisor.add(replace(child, argv=[sys.executable, "-u", "-m", *other]) if other else child)
            for sender in for_devices[:1]:
                wait_until_accepted(sender.uid, sender.secret, timeout_s=60)
            yield supervisor
        if "ingest" in names:
            self.end_session(INGEST_CLIENT_ID)

    def end_session(self, client_id: str) -> None:
        """Let the broker forget a persistent session, or it would keep every message for somebody who has gone."""
        address = urlsplit(settings.MQTT_URL)
        client = client_for(settings.MQTT_URL, client_id=client_id, clean_session=True)
        client.connect(address.hostname or "", address.port or 1883)
        while not client.is_connected():
            client.loop()
        client.disconnect()

    def wants(self, name: str) -> bool:
        """Whether this figure is wanted."""
        return name in self.names

    def quick_or(self, quick: int, full: int) -> int:
        """The size of something in a quick run, or in a full one."""
        return quick if self.quick else full

    def url(self, alias: str) -> str:
        """The address of the database in use, for a role."""
        return os.environ[next(name for name, of in _URLS.items() if of == alias)]

    def _use(self, name: str) -> None:
        for variable, alias in _URLS.items():
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = name
            os.environ[variable] = urlunsplit(urlsplit(os.environ[variable])._replace(path=f"/{name}"))

    def _owner(self) -> psycopg.Connection:
        for connection in connections.all():
            connection.close()
        url = urlsplit(self.url("migrator"))._replace(path="/postgres")
        return psycopg.connect(urlunsplit(url), autocommit=True)


def _statement(text: str, *names: str) -> sql.Composed:
    return sql.SQL(text).format(*map(sql.Identifier, names))  # type: ignore[arg-type]


def _drop(owner: psycopg.Connection, name: str) -> None:
    """A closed connection's process takes a moment to leave, and the owner may not end another role's."""
    for _ in range(DROP_ATTEMPTS):
        with suppress(psycopg.errors.ObjectInUse):
            owner.execute(_statement("DROP DATABASE {}", name))
            return
        time.sleep(DROP_AGAIN_S)
    owner.execute(_statement("DROP DATABASE {} WITH (FORCE)", name))
