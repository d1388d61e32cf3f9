"""The processes of a BodyLink on one machine, as the supervisor starts them."""

import os
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from apps.demo.services.children import Child
from apps.ingest.heartbeat import heartbeats

REPOSITORY: Final = Path(__file__).resolve().parent.parent.parent
INGEST_NAME: Final = "demo"
_PYTHON: Final = (sys.executable, "-u")


def _child(name: str, *arguments: str, settings: Mapping[str, str] | None = None, **options: Any) -> Child:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "bodylink.settings", **(settings or {})}
    return Child(name=name, argv=[*_PYTHON, *arguments], env=environment, cwd=REPOSITORY, **options)


def _worker(name: str, queue: str) -> Child:
    return _child(name, *("-m", "celery", "-A", "bodylink", "worker", "-n", f"{name}@%h", "-Q", queue), *_WORKER)


def migration() -> Child:
    return _child("migrate", "manage.py", "migrate", "--verbosity", "0", restart=False)


def static_files() -> Child:
    return _child("static", "manage.py", "collectstatic", "--noinput", "--verbosity", "0", restart=False)


def platform(*, bind: str, port: int, state: Path, patients: int, scenario: str) -> list[Child]:
    """Gatekeeper, ingest, workers, beat, web and, with patients, the simulator; in the order they are needed."""
    children = [
        _child("gatekeeper", "manage.py", "gatekeeper"),
        _child("ingest", "manage.py", "ingest_mqtt", "--name", INGEST_NAME, ready=_ingest_serves),
        *(_worker(name, "ticks") for name in TICKERS),
        _worker("worker", "celery"),
        _child("beat", "-m", "celery", "-A", "bodylink", "beat", "--loglevel", "WARNING", *_beat(state)),
        _child(
            "web",
            *("-m", "daphne", "-b", bind, "-p", str(port), *_ASGI),
            settings={"DATABASE_POOL": "10"},
            ready=lambda: _web_answers(bind, port),
        ),
    ]
    if patients:
        simulate = ("--patients", str(patients), "--scenario", scenario)
        children.append(_child("simulator", "manage.py", "simulate", *simulate))
    return children


TICKERS: Final = ("ticker-1", "ticker-2")
# One process each (solo), since a shard stays with its process. Gossip and mingle are for finding other workers, which
# nobody here asks for, and they cost a second each start.
_WORKER: Final = ("--pool", "solo", "--loglevel", "WARNING", "--without-gossip", "--without-mingle")
_ASGI: Final = ("--verbosity", "0", "bodylink.asgi:application")


def _beat(state: Path) -> tuple[str, ...]:
    return ("--schedule", str(state / "celerybeat-schedule"), "--pidfile", "")


def _ingest_serves() -> bool:
    return any(beat["connected"] for beat in heartbeats().values())


def _web_answers(bind: str, port: int) -> bool:
    host = "127.0.0.1" if bind == "0.0.0.0" else bind  # noqa: S104 - only when BIND asks for it
    try:
        with urllib.request.urlopen(f"http://{host}:{port}/accounts/login/", timeout=5) as answer:
            return bool(answer.status == 200)
    except urllib.error.URLError:
        return False
