"""What every test of the platform stands on: a database of its own, emptied after each test, and two hospitals.

Row-level security proves nothing inside a wrapping transaction, so tests commit, and what they wrote is truncated by
the role that owns the tables.
"""

import os
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections
from django.test import Client

from tests.personas import World, build_world

DROP_ATTEMPTS = 100
KEPT = {"django_migrations", "django_content_type", "auth_permission"}


@pytest.fixture(scope="session")
def django_db_setup(services: None, django_db_blocker: Any) -> Iterator[None]:
    """A database made and migrated by the migrator's role, used by the application's and ingest's."""
    name = f"test_bodylink_{os.getpid()}"
    settings = connections["migrator"].settings_dict
    owner = psycopg.connect(
        host=settings["HOST"],
        port=settings["PORT"],
        user=settings["USER"],
        password=settings["PASSWORD"],
        dbname=settings["NAME"],
        autocommit=True,
    )
    owner.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    owner.execute(f"CREATE DATABASE {name}")
    former = settings["NAME"]
    for connection in connections.all():
        connection.close()
        connection.settings_dict["NAME"] = name
    with django_db_blocker.unblock():
        call_command("migrate", verbosity=0)
    yield
    with django_db_blocker.unblock():
        for connection in connections.all():
            connection.close()
            connection.settings_dict["NAME"] = former
    _drop(owner, name)
    owner.close()


def _drop(owner: psycopg.Connection, name: str) -> None:
    """A closed connection's process takes a moment to leave, and the migrator may not end another role's (FORCE)."""
    for attempt in range(DROP_ATTEMPTS):
        try:
            owner.execute(f"DROP DATABASE {name}")
            return
        except psycopg.errors.ObjectInUse:
            if attempt == DROP_ATTEMPTS - 1:
                raise
            time.sleep(0.1)


@pytest.fixture
def database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Real transactions; every table is emptied afterwards."""
    with django_db_blocker.unblock():
        yield
        migrator = connections["migrator"]
        tables = [t for t in migrator.introspection.table_names() if t not in KEPT and not _is_partition(t)]
        with migrator.cursor() as cursor:
            cursor.execute("TRUNCATE " + ", ".join(f'"{table}"' for table in tables) + " CASCADE")


def _is_partition(table: str) -> bool:
    """Those are emptied with their parents."""
    return table.startswith(("readings_frame_", "readings_derived_", "readings_block_", "readings_valueblock_"))


@pytest.fixture
def world(database: None) -> World:
    """Two organizations, each with a person in every role and patients of its own."""
    return build_world()


@pytest.fixture
def client() -> Client:
    return Client()
