"""A shard stays with the worker that has its state in memory, until that worker is late with it."""

from datetime import timedelta

import pytest

from apps.core.clock import SYSTEM_CLOCK
from apps.core.tenancy import bind
from apps.ingest.claims import BEATS_A_SECOND, LATE_AFTER_S, QUIET_EVERY_S, STAYS_S, Claim, claim_due, still_due
from apps.ingest.models import Shard
from apps.ingest.pipeline import tick
from apps.patients.models import Patient
from tests.held_clock import HeldClock
from tests.held_rows import held_for_a_moment
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
    first = claim_due(10, keeper=here)
    second = claim_due(10, keeper=there)
    assert {claim.organization_id for claim in first + second} == {world.north.id, world.south.id}
    assert len(first) == len(second) == 1


def test_a_claimed_shard_is_waited_for(world: World) -> None:
    """Who looks for something to claim holds rows for a moment that it then leaves to others."""
    claim = next(claim for claim in all_due(another()) if claim.organization_id == world.north.id)
    with held_for_a_moment(world.north.id, Shard, number=claim.number), bind(world.north.id):
        assert still_due(claim) is not None


def test_what_its_keeper_is_late_with_is_taken_up_one_at_a_time_and_stays_there(world: World) -> None:
    here, there = another(), another()
    done(all_due(here))
    kept_for(world, STAYS_S + 1)
    due_since(world, LATE_AFTER_S + 0.1)
    taken_up = claim_due(10, keeper=there)
    assert done(taken_up) == 1
    assert done(all_due(here)) == 1
    due_since(world, 0.1)
    assert [claim.organization_id for claim in all_due(there)] == [claim.organization_id for claim in taken_up]


def test_who_has_something_due_takes_nothing_from_another(world: World) -> None:
    here, there = another(), another()
    for keeper in (here, there):
        done(claim_due(10, keeper=keeper))
    kept_for(world, STAYS_S + 1)
    due_since(world, LATE_AFTER_S + 0.1)
    assert len(claim_due(10, keeper=there)) == 1


def test_what_came_lately_is_left_to_its_keeper_for_longer(world: World) -> None:
    here, there = another(), another()
    done(all_due(here))
    due_since(world, LATE_AFTER_S + 0.1)
    assert all_due(there) == []
    due_since(world, 5 * LATE_AFTER_S + 0.1)
    assert len(all_due(there)) == 2


@pytest.mark.parametrize("late_s", [0.0, 0.1, 0.3, 0.45])
def test_a_tick_that_began_late_moves_none_of_the_next(world: World, late_s: float) -> None:
    [claim] = [claim for claim in all_due(another()) if claim.organization_id == world.north.id]
    own_moment_s = (claim.organization_id.int + claim.number) % BEATS_A_SECOND / BEATS_A_SECOND
    turn = SYSTEM_CLOCK.now().replace(microsecond=0) + timedelta(seconds=own_moment_s)
    tick(claim, clock=HeldClock(turn + timedelta(seconds=late_s)))
    with bind(claim.organization_id):
        assert Shard.objects.get(number=claim.number).due_at == turn + timedelta(seconds=QUIET_EVERY_S)


def test_shards_of_one_organization_take_turns_within_the_second(world: World) -> None:
    patients = (world.north.alice, world.north.bob, world.north.charlie)
    with bind(world.north.id):
        for number, patient in enumerate(patients):
            Patient.objects.filter(pk=patient.pk).update(shard=number)
    done([claim for claim in all_due(another()) if claim.organization_id == world.north.id])
    with bind(world.north.id):
        moments = {due_at.microsecond for due_at in Shard.objects.values_list("due_at", flat=True)}
    assert len(moments) == len(patients)
