"""Three roles: one owns the schema, two use it, none of them is above row-level security."""

import psycopg
import pytest

from apps.demo.services.embedded import Endpoints


@pytest.mark.parametrize("url", ["database_url", "database_migrator_url", "database_ingest_url"])
def test_no_role_is_superuser_or_bypasses_row_level_security(endpoints: Endpoints, url: str) -> None:
    with psycopg.connect(getattr(endpoints, url)) as connection:
        row = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolreplication FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert row == (False, False, False, False)


def test_only_the_migrator_makes_tables_and_databases(endpoints: Endpoints) -> None:
    with psycopg.connect(endpoints.database_migrator_url, autocommit=True) as migrator:
        migrator.execute("CREATE TABLE made_by_migrator (id int)")
        migrator.execute("DROP TABLE made_by_migrator")
        migrator.execute("CREATE DATABASE made_by_migrator")
        migrator.execute("DROP DATABASE made_by_migrator")
    for url in (endpoints.database_url, endpoints.database_ingest_url):
        with psycopg.connect(url, autocommit=True) as connection:
            for statement in ("CREATE TABLE t (id int)", "CREATE DATABASE d", "CREATE ROLE r"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(statement)


def test_exclusion_constraints_work_in_the_database_and_in_new_ones(endpoints: Endpoints) -> None:
    statement = "CREATE TABLE b (device int, period tstzrange, EXCLUDE USING gist (device WITH =, period WITH &&))"
    with psycopg.connect(endpoints.database_migrator_url, autocommit=True) as migrator:
        migrator.execute(statement)
        migrator.execute("DROP TABLE b")
        migrator.execute("CREATE DATABASE fresh")
        with psycopg.connect(endpoints.database_migrator_url, dbname="fresh") as fresh:
            fresh.execute(statement)
        migrator.execute("DROP DATABASE fresh")


def test_a_wrong_password_is_refused(endpoints: Endpoints) -> None:
    address = endpoints.database_url.rpartition("@")[2]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(f"postgresql://bodylink_app:guessed@{address}")
