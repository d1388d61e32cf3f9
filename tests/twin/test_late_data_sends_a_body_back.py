"""A minute that changes after a body has lived it: the body goes back to a snapshot and lives it again."""

from datetime import datetime, timedelta

import pytest

from apps.core.tenancy import bind
from apps.devices.models import Device
from apps.readings.rollups import roll_up
from apps.twin.models import TwinRewind, TwinSnapshot
from apps.twin.snapshots import is_coarse, is_due, note_rewinds
from tests.factories import a_device
from tests.held_clock import HeldClock
from tests.personas import World
from tests.twin.bodies import analysed, back_then, ensembles, live, measure


@pytest.fixture
def clock() -> HeldClock:
    return back_then()


@pytest.fixture
def device(world: World) -> Device:
    return a_device(world.north, "node-0001", on=world.north.alice)


def snapshots(world: World) -> list[TwinSnapshot]:
    with bind(world.north.id):
        return list(TwinSnapshot.objects.order_by("at"))


def glucose(world: World) -> float:
    (state,) = [state for state in ensembles(world.north)["Alice"].states if state["name"] == "glucose"]
    return float(state["median"])


def test_a_state_is_kept_each_minute_and_the_first_of_ten_for_a_day(
    world: World, device: Device, clock: HeldClock
) -> None:
    live(world.north, device, clock, 14)
    kept = snapshots(world)
    fine = [one for one in kept if not one.coarse]
    assert all(one.at > clock.now() - timedelta(minutes=11) for one in fine)
    assert 9 <= len(kept) <= 13
    assert 1 <= sum(one.coarse for one in kept) <= 3


def test_what_came_late_is_taken_in_at_its_own_time(world: World, device: Device, clock: HeldClock) -> None:
    live(world.north, device, clock, 6)
    before, stood_at = glucose(world), ensembles(world.north)["Alice"].at
    began = clock.now() - timedelta(minutes=5)
    late = a_device(world.north, "node-0002", on=world.north.alice)
    measure(world.north.alice, late, since=began, until=began + timedelta(minutes=4), late=True, glucose=11.0)
    roll_up(world.north.id)
    clock.move(60)
    found = analysed(world.north, clock)
    assert found is not None
    assert found.rewound == [world.north.alice.pk]
    assert glucose(world) > before + 1.0
    assert ensembles(world.north)["Alice"].at >= stood_at
    with bind(world.north.id):
        assert not TwinRewind.objects.exists()


def test_who_has_no_body_is_not_sent_back(world: World, device: Device, clock: HeldClock) -> None:
    live(world.north, device, clock, 1)
    with bind(world.north.id):
        note_rewinds([(world.north.bob.pk, clock.now()), (world.north.alice.pk, clock.now())])
        assert list(TwinRewind.objects.values_list("patient_id", flat=True)) == [world.north.alice.pk]


def test_snapshots_that_rest_on_what_is_done_again_are_forgotten(
    world: World, device: Device, clock: HeldClock
) -> None:
    live(world.north, device, clock, 5)
    with bind(world.north.id):
        minute = clock.now() - timedelta(minutes=3)
        TwinRewind.objects.create(organization_id=world.north.id, patient_id=world.north.alice.pk, minute=minute)
    clock.move(60)
    analysed(world.north, clock)
    kept = [one.at for one in snapshots(world)]
    assert len([at for at in kept if at > minute]) == 1
    assert max(kept) == ensembles(world.north)["Alice"].at


def test_what_is_later_than_the_body_sends_nobody_back(world: World, device: Device, clock: HeldClock) -> None:
    live(world.north, device, clock, 2)
    with bind(world.north.id):
        TwinRewind.objects.create(
            organization_id=world.north.id, patient_id=world.north.alice.pk, minute=clock.now() + timedelta(minutes=1)
        )
    clock.move(60)
    found = analysed(world.north, clock)
    assert found is not None
    assert found.rewound == []


def test_what_is_older_than_any_snapshot_changes_nothing(world: World, device: Device, clock: HeldClock) -> None:
    live(world.north, device, clock, 2)
    with bind(world.north.id):
        TwinRewind.objects.create(
            organization_id=world.north.id, patient_id=world.north.alice.pk, minute=clock.now() - timedelta(days=2)
        )
    clock.move(60)
    found = analysed(world.north, clock)
    assert found is not None
    assert found.rewound == []


@pytest.mark.parametrize(("seconds", "due", "coarse"), [(59, False, False), (60, True, False), (600, True, True)])
def test_a_state_is_due_in_another_minute_and_coarse_in_another_ten(seconds: int, due: bool, coarse: bool) -> None:
    former = datetime.fromisoformat("2026-03-01T12:00:00Z")
    at = former + timedelta(seconds=seconds)
    assert (is_due(at, former), is_coarse(at, former)) == (due, coarse)
