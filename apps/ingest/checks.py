"""Health of ingest and of the ticks."""

import time
from datetime import timedelta

from celery import current_app

from apps.accounts.selectors import organization_ids
from apps.core.clock import SYSTEM_CLOCK
from apps.core.health import Health, register
from apps.core.tenancy import bind
from apps.ingest.heartbeat import heartbeats
from apps.ingest.models import Shard

SILENT_AFTER_S = 10.0
TICK_LATE_AFTER = timedelta(seconds=10)


@register("ingest")
def ingest_lives() -> Health:
    """Whether an ingest has a connection to the broker and has looked at its queue lately."""
    alive = [
        name for name, beat in heartbeats().items() if time.time() - beat["at"] < SILENT_AFTER_S and beat["connected"]
    ]
    return Health(ok=bool(alive), detail=f"serving: {', '.join(alive)}" if alive else "no ingest serves")


@register("ingest_lag")
def ingest_keeps_up() -> Health:
    """How long the last batch of each ingest had waited when it was committed."""
    lags = {name: beat.get("lag_s", 0.0) for name, beat in heartbeats().items()}
    worst = max(lags.values(), default=0.0)
    return Health(ok=worst < SILENT_AFTER_S, detail=f"{worst:.3f} s from arrival to commit")


@register("watchdog")
def ticks_go_on() -> Health:
    """Whether the alarm pipeline runs: a tick that stops raises no alarm, so somebody must look."""
    late, shards = 0, 0
    for organization_id in organization_ids():
        with bind(organization_id):
            rows = list(Shard.objects.all())
        shards += len(rows)
        late += sum(row.ticked_at is None or SYSTEM_CLOCK.now() - row.ticked_at > TICK_LATE_AFTER for row in rows)
    return Health(ok=late == 0, detail=f"{late} of {shards} shards are late" if late else f"{shards} shards tick")


@register("workers")
def workers_answer() -> Health:
    """Whether a Celery worker answers."""
    answers = current_app.control.ping(timeout=2.0)
    return Health(ok=bool(answers), detail=f"{len(answers)} answer" if answers else "no Celery worker answers")
