"""Celery: its workers run the ticks and keep house, beat tells them when.

Ticks are told to every worker, for each keeps shards of its own (docs/decisions/0014-ticks.md); any other task is done
by whoever is free.
"""

import gc
import os
from typing import Final

from celery import Celery
from celery.signals import task_prerun, worker_init, worker_ready
from django.db import close_old_connections
from kombu.common import Broadcast
from kombu.entity import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bodylink.settings")

app = Celery("bodylink")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

TICKS: Final = Broadcast("ticks")  # type: ignore[no-untyped-call]
app.conf.task_queues = [Queue("celery"), TICKS]  # type: ignore[no-untyped-call]

# Celery would close the connection to the database around each task, and a tick begins with a cold one every second.
app.conf["CELERY_DB_REUSE_MAX"] = 1_000_000


@task_prerun.connect
def close_spent_connections(**_: object) -> None:
    """What Django does before each request: a connection that is broken or old is closed."""
    close_old_connections()


@worker_init.connect
def check_role(**_: object) -> None:
    # Imported late: Celery is imported with the settings, before there are apps.
    from apps.core.boot import refuse_unbound_roles  # noqa: PLC0415

    refuse_unbound_roles()


# A tick makes and drops some hundred thousand objects, none of them in a cycle; looking through all that lives for
# cycles, every few ticks, took as long as a tick.
GARBAGE: Final = 200_000


@worker_ready.connect
def look_for_cycles_less_often(**_: object) -> None:
    gc.freeze()
    gc.set_threshold(GARBAGE, 20, 100)


# A task that nobody took before the next one is sent has nothing left to do.
app.conf.beat_schedule = {
    "tick": {
        "task": "ingest.tick",
        "schedule": 0.25,
        # Celery declares no broadcast by itself, and what is not declared goes into lists that nobody reads.
        "options": {"queue": "ticks", "declare": [TICKS.exchange], "expires": 1},
    },
    "roll-up": {"task": "readings.roll_up", "schedule": 30.0, "options": {"expires": 30}},
    "forget-calls": {"task": "ingest.forget_calls", "schedule": 3600.0, "options": {"expires": 3600}},
    "make-partitions": {"task": "readings.make_partitions", "schedule": 3600.0, "options": {"expires": 3600}},
    "merge-frames": {"task": "readings.merge_frames", "schedule": 60.0, "options": {"expires": 60}},
    "apply-retention": {"task": "readings.apply_retention", "schedule": 3600.0, "options": {"expires": 3600}},
    "analyse-twins": {"task": "twin.analyse", "schedule": 5.0, "options": {"expires": 5}},
    "refit-twins": {"task": "twin.refit", "schedule": 60.0, "options": {"expires": 60}},
    "score-forecasts": {"task": "twin.score_forecasts", "schedule": 300.0, "options": {"expires": 300}},
    "calibrate-twins": {"task": "twin.calibrate", "schedule": 3600.0, "options": {"expires": 3600}},
}
