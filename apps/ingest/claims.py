"""Claiming shards, so that two workers never step one: a claim ends by itself, and the row's lock decides."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from apps.ingest.models import Shard
from apps.patients.models import Patient

LEASE_S = 30.0
BUSY_EVERY = timedelta(seconds=1)
# Without new data a shard is looked at for staleness only.
QUIET_EVERY = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Claim:
    organization_id: UUID
    number: int


@dataclass(frozen=True, slots=True)
class ClaimedShard:
    """A shard whose row this transaction holds. `marks`: up to which moment each device's frames were derived, epoch
    seconds."""

    row: Shard
    patient_ids: list[UUID]
    marks: dict[UUID, float]


def claim_due(most: int) -> list[Claim]:
    """Claim up to `most` shards of any organization that are due, by the definer function bodylink_claim_shards."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT organization_id, number FROM bodylink_claim_shards(%s, make_interval(secs => %s))", [most, LEASE_S]
        )
        return [Claim(*row) for row in cursor.fetchall()]


def still_due(claim: Claim) -> ClaimedShard | None:
    """Lock the claimed shard; None when somebody else ticked it after this claim had run out."""
    row = (
        Shard.objects.select_for_update(skip_locked=True)
        .filter(number=claim.number, claimed_until__isnull=False)
        .first()
    )
    if row is None:
        return None
    patient_ids = list(Patient.objects.filter(shard=claim.number).order_by("pk").values_list("pk", flat=True))
    return ClaimedShard(row, patient_ids, {UUID(device): mark for device, mark in row.state.items()})


def release(shard: ClaimedShard, marks: dict[UUID, float], *, busy: bool, now: datetime) -> None:
    """Write the shard back and set when it is due again."""
    Shard.objects.filter(number=shard.row.number).update(
        state={str(device): mark for device, mark in marks.items()},
        due_at=now + (BUSY_EVERY if busy else QUIET_EVERY),
        claimed_until=None,
        ticked_at=now,
    )
