"""Celery: its workers run the ticks, beat sends them."""

import os

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bodylink.settings")

app = Celery("bodylink")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def check_role(**_: object) -> None:
    # Imported late: Celery is imported with the settings, before there are apps.
    from apps.core.boot import refuse_unbound_roles  # noqa: PLC0415

    refuse_unbound_roles()


# A task that nobody took before the next one is sent has nothing left to do.
app.conf.beat_schedule = {
    "tick": {"task": "ingest.tick", "schedule": 1.0, "options": {"expires": 2}},
    "roll-up": {"task": "readings.roll_up", "schedule": 30.0, "options": {"expires": 30}},
    "forget-calls": {"task": "ingest.forget_calls", "schedule": 3600.0, "options": {"expires": 3600}},
    "make-partitions": {"task": "readings.make_partitions", "schedule": 3600.0, "options": {"expires": 3600}},
    "merge-frames": {"task": "readings.merge_frames", "schedule": 60.0, "options": {"expires": 60}},
    "apply-retention": {"task": "readings.apply_retention", "schedule": 3600.0, "options": {"expires": 3600}},
}
