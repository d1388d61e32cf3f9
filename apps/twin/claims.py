"""Claiming shards to analyse, so that two workers never step one body: as ticks do (apps/ingest/claims.py), with claims
of their own, so that neither waits for the other."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection

from apps.twin.models import TwinShard

LEASE: Final = timedelta(minutes=2)
EVERY: Final = timedelta(seconds=60)
OFTEN: Final = timedelta(seconds=10)
"""For patients whom somebody looks at."""
SLACK: Final = timedelta(seconds=2)
"""A patient who is due within this is taken along, or a shard would come twice."""


@dataclass(frozen=True, slots=True)
class Claim:
    organization_id: UUID
    number: int


def claim_due(most: int, looked_at: Collection[UUID]) -> list[Claim]:
    """Claim up to `most` shards of any organization that are due, by the definer function bodylink_claim_twins."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT organization_id, number FROM bodylink_claim_twins("
            "%s, make_interval(secs => %s), %s::uuid[], make_interval(secs => %s))",
            [most, LEASE.total_seconds(), list(looked_at), OFTEN.total_seconds()],
        )
        return [Claim(*row) for row in cursor.fetchall()]


def still_due(claim: Claim) -> TwinShard | None:
    """Lock the claimed shard; None when somebody else analysed it after this claim had run out.

    It waits for the lock: who looks for something to claim holds the rows that were just claimed for a moment, too.
    """
    return TwinShard.objects.select_for_update().filter(number=claim.number, claimed_until__isnull=False).first()


def is_due(shard: TwinShard, now: datetime) -> bool:
    """Whether all of it is, and not only who is looked at."""
    return shard.due_at <= now + SLACK


def release(shard: TwinShard, *, now: datetime) -> None:
    """Write the shard back and set when all of it is due again; who is looked at may be due before."""
    due_at = now + EVERY if is_due(shard, now) else shard.due_at
    TwinShard.objects.filter(number=shard.number).update(due_at=due_at, claimed_until=None, analysed_at=now)
