"""The periodic work: ticks and partitions. Beat sends each every so often; whoever is free does it."""

import logging
from datetime import timedelta

from celery import shared_task
from django.db import connection

from apps.core.clock import SYSTEM_CLOCK
from apps.ingest.claims import claim_due
from apps.ingest.pipeline import tick
from apps.readings.channels import CHANNELS

logger = logging.getLogger(__name__)
SHARDS_A_TASK = 50
DAYS_AHEAD = 3


@shared_task(name="ingest.tick")
def tick_due_shards() -> int:
    """Tick the shards that are due. One that fails is left to its claim's end and does not stop the others."""
    claims = claim_due(SHARDS_A_TASK)
    for claim in claims:
        try:
            tick(claim)
        except Exception:
            CHANNELS.forget()
            logger.exception("shard %s of %s could not be ticked", claim.number, claim.organization_id)
    return len(claims)


@shared_task(name="ingest.make_partitions")
def make_partitions() -> None:
    """The partitions of today and the next days. Others are made when a frame needs them."""
    today = SYSTEM_CLOCK.now().date()
    with connection.cursor() as cursor:
        for day in range(-1, DAYS_AHEAD + 1):
            cursor.execute("SELECT bodylink_make_partitions(%s)", [today + timedelta(days=day)])
