"""The three services together, each unless the environment names another one."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from apps.demo.services.broker import CalloutSettings, EmbeddedBroker
from apps.demo.services.children import Child
from apps.demo.services.errors import ServiceError
from apps.demo.services.layout import Layout
from apps.demo.services.lock import StateLock
from apps.demo.services.ports import PortBook
from apps.demo.services.postgres import EmbeddedPostgres
from apps.demo.services.postgres_roles import APPLICATION, INGEST, MIGRATOR
from apps.demo.services.secret_file import SecretFile
from apps.demo.services.supervisor import Supervisor, supervised
from apps.demo.services.valkey import EmbeddedValkey

_DATABASE_SETTINGS = ("DATABASE_URL", "DATABASE_MIGRATOR_URL", "DATABASE_INGEST_URL")


@dataclass(frozen=True, repr=False)  # no passwords in logs
class Endpoints:
    """Where the services are.

    `mqtt_url` carries the credentials of ingest, `mqtt_platform_url` those of everything else of ours that publishes to
    devices. `callout` is None when the broker is not ours.
    """

    database_url: str
    database_migrator_url: str
    database_ingest_url: str
    redis_url: str
    mqtt_url: str
    mqtt_platform_url: str
    mqtt_host: str
    mqtt_port: int
    callout: CalloutSettings | None


class EmbeddedServices:
    """A context manager: while entered, the state directory is locked and the ports are ours.

    `bind` is the address on which devices reach the broker. `environment` may name services that are there already:
    DATABASE_URL with its two companions, REDIS_URL, MQTT_URL.
    """

    def __init__(self, root: Path, bind: str = "127.0.0.1", environment: Mapping[str, str] | None = None) -> None:
        self.layout = Layout(root)
        self._bind = bind
        self._environment = os.environ if environment is None else environment
        self._held = ExitStack()
        self._children: list[Child] = []
        self._endpoints: Endpoints | None = None

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def open(self) -> Self:
        """Lock the state directory and settle the endpoints. Nothing is started yet. Raises AlreadyRunning."""
        with ExitStack() as held:
            self._lock = held.enter_context(StateLock(self.layout.lock))
            self.ports = PortBook(self.layout.ports)
            held.callback(self.ports.close)
            self.secrets = SecretFile(self.layout.secrets)
            self._endpoints = self._arrange()
            self._held = held.pop_all()
        return self

    def close(self) -> None:
        """Give up the lock and the ports; the children must have been stopped."""
        self._held.close()
        self._endpoints = None
        self._children.clear()

    @contextmanager
    def running(self) -> Iterator[Supervisor]:
        """The services for as long as the context lasts, for a program that keeps its own signal handlers (tests).

        Nothing is restarted by itself: that is done by the supervisor's `tick`.
        """
        with supervised(self.children(), self.layout.logs, self.inherit) as supervisor:
            yield supervisor

    @property
    def endpoints(self) -> Endpoints:
        if self._endpoints is None:
            raise RuntimeError("enter the context first")
        return self._endpoints

    @property
    def inherit(self) -> tuple[int, ...]:
        """For `Supervisor(inherit=…)`: keeps the state directory locked until the last child is gone."""
        return (self._lock.fileno(),)

    def children(self) -> list[Child]:
        return list(self._children)

    def _arrange(self) -> Endpoints:
        migrator, application, ingest = self._arrange_database()
        redis_url = self._arrange_redis()
        broker = self._arrange_broker()
        mqtt_url, platform_url = (broker.url("ingest"), broker.url("platform")) if broker else self._given_mqtt()
        address = urlsplit(mqtt_url)
        return Endpoints(
            database_url=application,
            database_migrator_url=migrator,
            database_ingest_url=ingest,
            redis_url=redis_url,
            mqtt_url=mqtt_url,
            mqtt_platform_url=platform_url,
            mqtt_host=address.hostname or "",
            mqtt_port=address.port or 1883,
            callout=broker.callout if broker else None,
        )

    def _arrange_database(self) -> tuple[str, str, str]:
        given = [self._environment.get(name, "") for name in _DATABASE_SETTINGS]
        if all(given):
            return given[1], given[0], given[2]
        if any(given):
            raise ServiceError(f"set all of {', '.join(_DATABASE_SETTINGS)}, or none of them")
        postgres = EmbeddedPostgres(self.layout.postgres, self.ports.port("postgres"), self.secrets)
        self._children.append(postgres.child())
        url = postgres.cluster.url
        return url(MIGRATOR), url(APPLICATION), url(INGEST)

    def _arrange_redis(self) -> str:
        if given := self._environment.get("REDIS_URL"):
            return given
        valkey = EmbeddedValkey(self.layout.valkey, self.ports.port("valkey"), self.secrets)
        self._children.append(valkey.child())
        return valkey.url

    def _arrange_broker(self) -> EmbeddedBroker | None:
        if self._environment.get("MQTT_URL"):
            return None
        broker = EmbeddedBroker(
            self.layout.broker,
            self._bind,
            mqtt_port=self.ports.port("mqtt", self._bind),
            nats_port=self.ports.port("nats"),
            secrets=self.secrets,
        )
        self._children.append(broker.child())
        return broker

    def _given_mqtt(self) -> tuple[str, str]:
        given = self._environment["MQTT_URL"]
        return given, self._environment.get("MQTT_PLATFORM_URL", given)


@dataclass(frozen=True)
class RunningServices:
    """Opened and started services, and the supervisor that holds their processes."""

    services: EmbeddedServices
    supervisor: Supervisor

    @property
    def endpoints(self) -> Endpoints:
        return self.services.endpoints


@contextmanager
def running(root: Path, environment: Mapping[str, str] | None = None) -> Iterator[RunningServices]:
    """Open and run the services of a state directory in one step; see `EmbeddedServices.running`."""
    with EmbeddedServices(root, environment=environment) as services, services.running() as supervisor:
        yield RunningServices(services, supervisor)
