"""The periodic work of ingest: ticks, and calls to forget. Beat sends each every so often; whoever is free does it."""

import logging
from datetime import timedelta

from celery import shared_task
from django.db import connection

from apps.core.clock import SYSTEM_CLOCK
from apps.ingest.claims import claim_due
from apps.ingest.pipeline import tick
from apps.readings.channels import CHANNELS
from apps.readings.scalars import SCALARS

logger = logging.getLogger(__name__)
SHARDS_A_TASK = 50
# A call to /data/ingest under the same Idempotency-Key is known again for so long.
CALLS_KNOWN_FOR = timedelta(days=7)
CALLS_AT_ONCE = 10_000


@shared_task(name="ingest.tick")
def tick_due_shards() -> int:
    """Tick the shards that are due. One that fails is left to its claim's end and does not stop the others."""
    claims = claim_due(SHARDS_A_TASK)
    for claim in claims:
        try:
            tick(claim)
        except Exception:
            CHANNELS.forget()
            SCALARS.forget()
            logger.exception("shard %s of %s could not be ticked", claim.number, claim.organization_id)
    return len(claims)


@shared_task(name="ingest.forget_calls")
def forget_calls() -> int:
    """Forget the calls to /data/ingest that nobody repeats any more: they are boots of their own in the ledger. How
    many there were. Each share is committed by itself, so that it may be interrupted anywhere."""
    before, forgotten = SYSTEM_CLOCK.now() - CALLS_KNOWN_FOR, 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT bodylink_forget_calls(%s, %s)", [before, CALLS_AT_ONCE])
            share: int = cursor.fetchone()[0]
        forgotten += share
        if share < CALLS_AT_ONCE:
            return forgotten
