"""A data directory that a killed server left starts again, with what was committed in it."""

import os
import signal
from pathlib import Path

import psycopg
import pytest

from apps.demo.services import postgres_identity, processes
from apps.demo.services.embedded import EmbeddedServices, RunningServices, running
from apps.demo.services.errors import ServiceError
from tests.demo.services.process_tree import eventually

#: Only the database is wanted here: the environment names the other services.
ELSEWHERE = {"REDIS_URL": "redis://127.0.0.1:1/0", "MQTT_URL": "mqtt://a:b@127.0.0.1:1"}


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    """A state directory whose PostgreSQL was killed after a commit; its pid file is still there."""
    with running(tmp_path, environment=ELSEWHERE) as services:
        _keep(services)
        pid = services.supervisor.pid("postgres")
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert eventually(lambda: not processes.working_in(tmp_path / "postgres" / "data", program="postgres"))
    assert (tmp_path / "postgres" / "data" / "postmaster.pid").exists()
    return tmp_path


def test_a_stale_pid_file_does_not_hinder(killed: Path) -> None:
    _assert_kept(killed)


def test_a_pid_file_whose_number_was_given_to_another_process_does_not_hinder(killed: Path) -> None:
    pid_file = killed / "postgres" / "data" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    _assert_kept(killed)


def test_a_half_made_cluster_is_made_anew(tmp_path: Path) -> None:
    draft = tmp_path / "postgres" / "draft"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")
    with running(tmp_path, environment=ELSEWHERE) as services:
        psycopg.connect(services.endpoints.database_url).close()


def test_lost_secrets_are_said_in_one_line(killed: Path) -> None:
    (killed / "secrets.json").unlink()
    failure = r"secrets\.json does not belong to this database"
    with EmbeddedServices(killed, environment=ELSEWHERE) as services, pytest.raises(ServiceError, match=failure):
        services.running().__enter__()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
@pytest.mark.parametrize("way", [postgres_identity.NAMESPACE, postgres_identity.CAPABLE, postgres_identity.PLAIN])
def test_root_can_run_it_in_each_of_the_ways_and_change_between_them(
    tmp_path: Path, way: postgres_identity.Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way is postgres_identity.PLAIN:
        for directory in (tmp_path, *tmp_path.parents[:-1]):
            directory.chmod(directory.stat().st_mode | 0o011)  # this way needs to reach the data as nobody
    with running(tmp_path, environment=ELSEWHERE) as services:
        _keep(services)
    monkeypatch.setattr(postgres_identity, "ROOT_WAYS", (way,))
    _assert_kept(tmp_path)


def _keep(services: RunningServices) -> None:
    with psycopg.connect(services.endpoints.database_migrator_url) as connection:
        connection.execute("CREATE TABLE kept (id int)")
        connection.execute("INSERT INTO kept VALUES (1)")


def _assert_kept(root: Path) -> None:
    with (
        running(root, environment=ELSEWHERE) as services,
        psycopg.connect(services.endpoints.database_migrator_url) as connection,
    ):
        assert connection.execute("SELECT id FROM kept").fetchall() == [(1,)]
