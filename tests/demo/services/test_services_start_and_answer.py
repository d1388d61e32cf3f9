"""The three services come up out of their wheels and answer at the endpoints given."""

import psycopg
import redis

from apps.demo.services.embedded import Endpoints, RunningServices
from tests.demo.services.conftest import Connect


def test_postgres_is_18_in_utf8_and_durable(endpoints: Endpoints) -> None:
    with psycopg.connect(endpoints.database_url) as connection:
        row = connection.execute(
            "SELECT current_setting('server_version_num')::int / 10000, upper('é'), current_setting('fsync'),"
            " current_setting('synchronous_commit'), current_setting('TimeZone')"
        ).fetchone()
    assert row == (18, "É", "on", "on", "UTC")


def test_valkey_answers_with_its_password_and_not_without(endpoints: Endpoints) -> None:
    with redis.Redis.from_url(endpoints.redis_url) as client:
        assert client.set("test", "value")
        assert client.get("test") == b"value"
    address = endpoints.redis_url.rpartition("@")[2]
    with redis.Redis.from_url(f"redis://{address}") as stranger:
        try:
            stranger.ping()
        except redis.AuthenticationError:
            return
    raise AssertionError("Valkey let a stranger in")


def test_every_service_is_a_running_process(embedded: RunningServices) -> None:
    for name in ("postgres", "valkey", "broker"):
        assert embedded.supervisor.pid(name) is not None


def test_the_broker_refuses_who_has_no_password(connect: Connect, endpoints: Endpoints) -> None:
    assert not connect("ingest", "guessed").accepted
