"""A shard stays with the worker that has its state in memory, until that worker is late with it."""

from datetime import datetime, timedelta

from apps.core.clock import SYSTEM_CLOCK
from apps.core.tenancy import bind
from apps.ingest.claims import LATE_AFTER_S, STAYS_S, Claim, claim_due
from apps.ingest.models import Shard
from apps.ingest.pipeline import tick
from tests.ingest.claiming import all_due, another
from tests.personas import World


def due_since(world: World, seconds: float) -> None:
    for house in (world.north, world.south):
        with bind(house.id):
            Shard.objects.update(due_at=SYSTEM_CLOCK.now() - timedelta(seconds=seconds))


def kept_for(world: World, seconds: float) -> None:
    for house in (world.north, world.south):
        with bind(house.id):
            Shard.objects.update(kept_since=SYSTEM_CLOCK.now() - timedelta(seconds=seconds))


def done(claims: list[Claim]) -> int:
    for claim in claims:
        tick(claim)
    return len(claims)


def test_its_keeper_ticks_it_again_and_nobody_else(world: World) -> None:
    here, there = another(), another()
    assert done(all_due(here)) == 2
    due_since(world, 0.1)
    assert all_due(there) == []
    assert done(all_due(here)) == 2


def test_workers_that_come_together_share_what_nobody_keeps(world: World) -> None:
    here, there = another(), another()
    first = claim_due(10, beat=SYSTEM_CLOCK.now(), keeper=here)
    second = claim_due(10, beat=SYSTEM_CLOCK.now(), keeper=there)
    assert {claim.organization_id for claim in first + second} == {world.north.id, world.south.id}
    assert len(first) == len(second) == 1


def test_what_its_keeper_is_late_with_is_taken_up_one_at_a_time_and_stays_there(world: World) -> None:
    here, there = another(), another()
    done(all_due(here))
    kept_for(world, STAYS_S + 1)
    due_since(world, LATE_AFTER_S + 0.1)
    taken_up = claim_due(10, beat=SYSTEM_CLOCK.now(), keeper=there)
    assert done(taken_up) == 1
    assert done(all_due(here)) == 1
    due_since(world, 0.1)
    assert [claim.organization_id for claim in all_due(there)] == [claim.organization_id for claim in taken_up]


def test_who_has_something_due_takes_nothing_from_another(world: World) -> None:
    here, there = another(), another()
    for keeper in (here, there):
        done(claim_due(10, beat=SYSTEM_CLOCK.now(), keeper=keeper))
    kept_for(world, STAYS_S + 1)
    due_since(world, LATE_AFTER_S + 0.1)
    assert len(claim_due(10, beat=SYSTEM_CLOCK.now(), keeper=there)) == 1


def test_what_came_lately_is_left_to_its_keeper_for_longer(world: World) -> None:
    here, there = another(), another()
    done(all_due(here))
    due_since(world, LATE_AFTER_S + 0.1)
    assert all_due(there) == []
    due_since(world, 5 * LATE_AFTER_S + 0.1)
    assert len(all_due(there)) == 2


def test_the_next_tick_is_reckoned_from_the_beat_and_not_from_its_own_end(world: World) -> None:
    beat = SYSTEM_CLOCK.now() - timedelta(seconds=0.5)
    [claim] = claim_due(10, beat=beat, keeper=another())
    tick(claim)
    with bind(claim.organization_id):
        due: datetime = Shard.objects.get(number=claim.number).due_at
    assert beat < due < beat + timedelta(seconds=2)
