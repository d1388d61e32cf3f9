"""A process refuses to serve as a role that policies do not bind, and settings that are weak stop the boot."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from apps.core.boot import refuse_unbound_roles

ROOT = Path(__file__).resolve().parent.parent.parent


def test_the_applications_role_may_serve(database: None) -> None:
    refuse_unbound_roles()


def test_the_owner_of_the_tables_may_not(database: None) -> None:
    settings, owner = connections["default"].settings_dict, connections["migrator"].settings_dict
    kept = {name: settings[name] for name in ("USER", "PASSWORD")}
    connections["default"].close()
    settings.update({name: owner[name] for name in kept})
    try:
        with pytest.raises(ImproperlyConfigured, match="isolation between tenants would be off"):
            refuse_unbound_roles()
    finally:
        connections["default"].close()
        settings.update(kept)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too weak"),
        ({"REDIS_URL": ""}, "REDIS_URL is not set"),
        ({"DATABASE_URL": "sqlite:///x.db"}, "is not PostgreSQL"),
        ({"DATABASE_URL": os.environ.get("DATABASE_MIGRATOR_URL", "")}, "name the same role"),
    ],
)
def test_what_is_missing_or_weak_stops_the_boot_with_one_line(change: dict[str, str], complaint: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import bodylink.settings"],
        env=os.environ | change,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert complaint in done.stderr.strip().splitlines()[-1]
