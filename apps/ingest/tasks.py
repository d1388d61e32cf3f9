"""The periodic work of ingest: ticks, and calls to forget. Beat sends each every so often; whoever is free does it."""

import logging
import time
from datetime import timedelta
from typing import Final

from celery import shared_task
from django.db import connection

from apps.core.clock import SYSTEM_CLOCK
from apps.ingest.claims import Claim, claim_due
from apps.ingest.pipeline import tick
from apps.readings.channels import CHANNELS
from apps.readings.scalars import SCALARS

logger = logging.getLogger(__name__)
# As many are claimed at once as take about this long: what is claimed, another worker cannot take up.
CLAIMED_FOR_S: Final = 0.25
MOST_AT_ONCE: Final = 50
# A worker that is behind goes on with the next beat, so that other tasks are not kept waiting for ever.
TURN_S: Final = 1.0
# A call to /data/ingest under the same Idempotency-Key is known again for so long.
CALLS_KNOWN_FOR = timedelta(days=7)
CALLS_AT_ONCE = 10_000


@shared_task(name="ingest.tick")
def tick_due_shards() -> int:
    """Tick the shards that are due. Each worker is told so every quarter of a second, and does those that it keeps."""
    began, ticked = time.monotonic(), 0
    while (spent_s := time.monotonic() - began) < TURN_S:
        at_once = CLAIMED_FOR_S * ticked / spent_s
        claims = claim_due(max(1, min(MOST_AT_ONCE, int(at_once))))
        if not claims:
            break
        for claim in claims:
            _tick_or_log(claim)
        ticked += len(claims)
    return ticked


def _tick_or_log(claim: Claim) -> None:
    """One that fails is left to its claim's end and does not stop the others."""
    try:
        tick(claim)
    except Exception:
        CHANNELS.forget()
        SCALARS.forget()
        logger.exception("shard %s of %s could not be ticked", claim.number, claim.organization_id)


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
