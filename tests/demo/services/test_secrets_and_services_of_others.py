"""Secrets are private and last; services that the environment names are used instead of ours."""

import stat
from pathlib import Path

import pytest

from apps.demo.services.embedded import EmbeddedServices
from apps.demo.services.errors import ServiceError
from apps.demo.services.secret_file import SecretFile

GIVEN = {
    "DATABASE_URL": "postgresql://app@db/bodylink",
    "DATABASE_MIGRATOR_URL": "postgresql://migrator@db/bodylink",
    "DATABASE_INGEST_URL": "postgresql://ingest@db/bodylink",
    "REDIS_URL": "redis://cache:6379/0",
    "MQTT_URL": "mqtt://bodylink:secret@broker:8883",
}


def test_a_secret_is_random_private_and_the_same_in_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    secrets = SecretFile(path)
    first = secrets.get("django")
    assert len(first) == 64
    assert first != secrets.get("valkey")
    assert SecretFile(path).get("django") == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_damaged_secrets_file_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{")
    with pytest.raises(ServiceError, match=r"secrets\.json is damaged"):
        SecretFile(tmp_path / "secrets.json")


def test_services_of_the_environment_win_and_nothing_is_started_for_them(tmp_path: Path) -> None:
    with EmbeddedServices(tmp_path, environment=GIVEN) as services:
        assert services.children() == []
        assert services.endpoints.database_url == GIVEN["DATABASE_URL"]
        assert services.endpoints.database_migrator_url == GIVEN["DATABASE_MIGRATOR_URL"]
        assert services.endpoints.database_ingest_url == GIVEN["DATABASE_INGEST_URL"]
        assert services.endpoints.redis_url == GIVEN["REDIS_URL"]
        assert services.endpoints.mqtt_url == GIVEN["MQTT_URL"]
        assert (services.endpoints.mqtt_host, services.endpoints.mqtt_port) == ("broker", 8883)
        assert services.endpoints.callout is None


def test_one_given_database_url_without_its_companions_is_refused(tmp_path: Path) -> None:
    services = EmbeddedServices(tmp_path, environment={"DATABASE_URL": GIVEN["DATABASE_URL"]})
    with pytest.raises(ServiceError, match="DATABASE_MIGRATOR_URL"):
        services.open()


def test_only_the_broker_listens_beyond_loopback_and_only_when_asked(tmp_path: Path) -> None:
    with EmbeddedServices(tmp_path, bind="0.0.0.0", environment={}) as services:
        assert services.endpoints.mqtt_host == "127.0.0.1"
        configuration = (services.layout.broker / "nats.conf").read_text()
        assert f'listen: "0.0.0.0:{services.endpoints.mqtt_port}"' in configuration
        assert configuration.count("0.0.0.0") == 1
        assert "bind 127.0.0.1" in (services.layout.valkey / "valkey.conf").read_text()
