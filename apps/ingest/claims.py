"""Claiming shards, so that two workers never step one: a claim ends by itself, and the row's lock decides.

A shard stays with its keeper, the worker that has the state of its signals in memory. Another takes it up when nobody
keeps it, or when the keeper is late with it and the other has nothing to do: one at a time, so that several come to
share the shards evenly.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid4

from django.db import connection

KEEPER: Final = uuid4()
"""This process, and those that it forks."""
LEASE_S = 5.0
"""From the claim to the tick; during the tick the row is locked."""
LATE_AFTER_S = 1.0
# To take up a shard costs as much as 40 ticks of it: one that came lately is left to its keeper five times as long.
STAYS_S = 20.0
BUSY_EVERY_S = 1.0
# Without new data a shard is looked at for staleness only.
QUIET_EVERY_S = 2.0
# Shards of one worker, and workers of one machine, take turns within the second instead of all starting at once.
BEATS_A_SECOND: Final = 4

_LOCK = """
SELECT s.state, ARRAY(SELECT p.id FROM patients_patient p WHERE p.organization_id = s.organization_id
                      AND p.shard = s.number ORDER BY p.id)
FROM ingest_shard s WHERE s.organization_id = %s AND s.number = %s AND s.claimed_until = %s FOR UPDATE
"""
_RELEASE = """
UPDATE ingest_shard SET state = %s, due_at = %s, ticked_at = %s, claimed_until = NULL
WHERE organization_id = %s AND number = %s RETURNING set_config('synchronous_commit', %s, true)
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """`until` tells it from another's claim."""

    organization_id: UUID
    number: int
    until: datetime


@dataclass(frozen=True, slots=True)
class ClaimedShard:
    """A shard whose row this transaction holds. `marks`: up to which moment each device's frames were derived, epoch
    seconds."""

    claim: Claim
    patient_ids: list[UUID]
    marks: dict[UUID, float]


def claim_due(most: int, *, keeper: UUID = KEEPER) -> list[Claim]:
    """Claim up to `most` shards that are due and have this keeper, and one that is to be taken up, of any organization,
    by the definer function bodylink_claim_shards."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT organization_id, number, claimed_until "
            "FROM bodylink_claim_shards(%s, %s, make_interval(secs => %s), make_interval(secs => %s), "
            "make_interval(secs => %s))",
            [keeper, most, LEASE_S, LATE_AFTER_S, STAYS_S],
        )
        return [Claim(*row) for row in cursor.fetchall()]


def still_due(claim: Claim) -> ClaimedShard | None:
    """Lock the claimed shard; None when somebody else claimed it after this claim had run out.

    It waits for the lock: who looks for something to claim holds the rows that were just claimed for a moment, too.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [claim.organization_id, claim.number, claim.until])
        row = cursor.fetchone()
    if row is None:
        return None
    state, patient_ids = row
    return ClaimedShard(claim, patient_ids, {UUID(device): mark for device, mark in json.loads(state).items()})


def release(shard: ClaimedShard, marks: dict[UUID, float], *, busy: bool, lasting: bool, now: datetime) -> None:
    """Write the shard back and set when it is due again. `now`: when its tick began.

    Where nothing `lasting` was written the commit does not wait for the disk: a server that goes down just then forgets
    the tick with its marks, and it is done again.
    """
    state = json.dumps({str(device): mark for device, mark in marks.items()})
    due_at = _next_turn(shard.claim, now, BUSY_EVERY_S if busy else QUIET_EVERY_S)
    with connection.cursor() as cursor:
        written = "on" if lasting else "off"
        cursor.execute(_RELEASE, [state, due_at, now, shard.claim.organization_id, shard.claim.number, written])


def _next_turn(claim: Claim, now: datetime, every_s: float) -> datetime:
    """The shard's own moment within the second, of those about so long from now the nearest: a tick that began late
    moves none of the next."""
    moment_s = (claim.organization_id.int + claim.number) % BEATS_A_SECOND / BEATS_A_SECOND
    earliest_s = now.timestamp() + every_s - 0.75
    return datetime.fromtimestamp(earliest_s + (moment_s - earliest_s) % 1.0, UTC)
