"""Claiming shards as a worker does."""

from uuid import UUID, uuid4

from apps.ingest.claims import KEEPER, Claim, claim_due


def all_due(keeper: UUID = KEEPER) -> list[Claim]:
    """Every shard that this keeper may claim now, one after another."""
    found: list[Claim] = []
    while claims := claim_due(10, keeper=keeper):
        found += claims
    return found


def another() -> UUID:
    """Some other worker."""
    return uuid4()
