"""Claims: what is due, to whom, and that nobody steps a body twice."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection, connections

from apps.core.tenancy import bind
from apps.patients.models import Patient
from apps.twin import tasks
from apps.twin.analysis import analyse
from apps.twin.claims import Claim, claim_due
from apps.twin.models import TwinEnsemble, TwinShard
from tests.factories import a_device, now
from tests.held_clock import HeldClock
from tests.held_rows import held_for_a_moment
from tests.personas import World
from tests.twin.bodies import ensembles, measure


def due(most: int = 10, looked_at: Sequence[UUID] = ()) -> set[Claim]:
    return set(claim_due(most, looked_at))


def set_shard(world: World, **fields: object) -> None:
    with bind(world.north.id):
        TwinShard.objects.update(**fields)


def test_every_organizations_shards_are_due_at_first_and_claimed_once(world: World) -> None:
    assert {claim.organization_id for claim in due()} == {world.north.id, world.south.id}
    assert due() == set()


def test_a_claim_runs_out(world: World) -> None:
    due()
    set_shard(world, claimed_until=now() - timedelta(seconds=1))
    assert due() == {Claim(world.north.id, 0)}


def test_who_is_looked_at_is_due_every_ten_seconds(world: World) -> None:
    due()
    just_now = {"claimed_until": None, "due_at": now() + timedelta(seconds=50)}
    set_shard(world, analysed_at=now() - timedelta(seconds=9), **just_now)
    assert due(looked_at=[world.north.alice.pk]) == set()
    set_shard(world, analysed_at=now() - timedelta(seconds=11), **just_now)
    assert due() == set()
    assert due(looked_at=[world.south.alice.pk]) == set()
    assert due(looked_at=[world.north.alice.pk]) == {Claim(world.north.id, 0)}


def test_only_who_is_looked_at_is_analysed_between_the_minutes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    north, clock = world.north, HeldClock()
    for patient in (north.alice, north.bob):
        device = a_device(north, f"of-{patient.pk.hex[:10]}", on=patient)
        measure(patient, device, since=clock.now() - timedelta(minutes=2), until=clock.now())
    (claim,) = [claim for claim in due() if claim.organization_id == north.id]
    first = analyse(claim, clock=clock)
    assert first is not None
    assert set(first.patient_ids) == {north.alice.pk, north.bob.pk}
    monkeypatch.setattr("apps.twin.analysis.watched", lambda: {north.alice.pk})
    clock.move(12)
    set_shard(world, claimed_until=clock.now() + timedelta(minutes=1))
    second = analyse(claim, clock=clock)
    assert second is not None
    assert second.patient_ids == [north.alice.pk]
    with bind(north.id):
        assert TwinShard.objects.get(number=0).due_at > clock.now() + timedelta(seconds=40)


def test_who_was_looked_at_is_analysed_with_the_others_of_the_shard(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    north, clock = world.north, HeldClock()
    for patient in (north.alice, north.bob):
        device = a_device(north, f"of-{patient.pk.hex[:10]}", on=patient)
        measure(patient, device, since=clock.now() - timedelta(minutes=2), until=clock.now())
    (claim,) = [claim for claim in due() if claim.organization_id == north.id]
    analyse(claim, clock=clock)
    monkeypatch.setattr("apps.twin.analysis.watched", lambda: {north.alice.pk})
    for seconds, analysed in ((40, {north.alice.pk}), (20, {north.alice.pk, north.bob.pk})):
        clock.move(seconds)
        set_shard(world, claimed_until=clock.now() + timedelta(minutes=1))
        done = analyse(claim, clock=clock)
        assert done is not None
        assert set(done.patient_ids) == analysed
        monkeypatch.setattr("apps.twin.analysis.watched", set)


def test_ten_workers_step_each_body_once(world: World) -> None:
    clock, hospitals = HeldClock(), (world.north, world.south)
    for hospital in hospitals:
        for number, patient in enumerate((hospital.alice, hospital.bob, hospital.charlie)):
            with bind(hospital.id):
                Patient.objects.filter(pk=patient.pk).update(shard=number)
            device = a_device(hospital, f"of-{patient.pk.hex[:10]}", on=patient)
            measure(patient, device, since=clock.now() - timedelta(minutes=2), until=clock.now())
    together = Barrier(10)

    def work(_: int) -> list[UUID]:
        together.wait()
        stepped = []
        while claims := claim_due(1, []):
            for claim in claims:
                done = analyse(claim, clock=clock)
                stepped += done.patient_ids if done else []
        connections.close_all()
        return stepped

    with ThreadPoolExecutor(10) as workers:
        stepped = [patient_id for of_one in workers.map(work, range(10)) for patient_id in of_one]
    assert len(stepped) == len(set(stepped)) == 6
    assert {name for hospital in hospitals for name in ensembles(hospital)} == {"Alice", "Bob", "Charlie"}


def test_a_claimed_shard_is_waited_for(world: World) -> None:
    """Who looks for something to claim holds rows for a moment that it then leaves to others."""
    clock, alice = HeldClock(), world.north.alice
    measure(
        alice, a_device(world.north, "of-alice", on=alice), since=clock.now() - timedelta(minutes=2), until=clock.now()
    )
    (claim,) = [claim for claim in due() if claim.organization_id == world.north.id]
    with held_for_a_moment(world.north.id, TwinShard, number=claim.number):
        done = analyse(claim, clock=clock)
    assert done is not None
    assert alice.pk in done.patient_ids


def test_a_shard_that_fails_stops_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def fail_for_north(claim: Claim) -> None:
        seen.append(claim.organization_id)
        if claim.organization_id == world.north.id:
            raise RuntimeError

    monkeypatch.setattr(tasks, "analyse", fail_for_north)
    assert tasks.analyse_due_shards() == 2
    assert set(seen) == {world.north.id, world.south.id}


def test_nothing_of_a_twin_is_there_for_another_organization(world: World) -> None:
    clock = HeldClock()
    device = a_device(world.north, "node-0001", on=world.north.alice)
    measure(world.north.alice, device, since=clock.now() - timedelta(minutes=2), until=clock.now())
    tasks.analyse_due_shards()
    tables = ("twinensemble", "twinsnapshot", "twinforecast", "twinshard")
    counts = {}
    for hospital in (world.north, world.south):
        with bind(hospital.id), connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"SELECT count(*) FROM twin_{table} WHERE organization_id = %s", [world.north.id])
                counts[hospital.id, table] = cursor.fetchone()[0]
    assert all(counts[world.north.id, table] for table in tables)
    assert not any(counts[world.south.id, table] for table in tables)
    with bind(world.south.id):
        assert not TwinEnsemble.objects.exists()
