"""What is entered of meals, drinks and insulin, and how somebody moves, is done to the body; also when told late."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.accounts.actor import Actor
from apps.accounts.roles import Role
from apps.core.tenancy import bind
from apps.devices.models import Device
from apps.readings.models import Observation
from apps.readings.observing import Given, mark_in_error, observe
from apps.readings.rollups import roll_up
from apps.twin.inputs import ACTS_FOR, taken_by
from apps.twin.what_if import what_if
from ml.twin import Twins
from tests.factories import a_device
from tests.held_clock import HeldClock
from tests.personas import World
from tests.twin.bodies import analysed, back_then, ensembles, live

MEAL = [Given("meal_carbohydrate", 90.0)]


@pytest.fixture
def clock() -> HeldClock:
    return back_then()


@pytest.fixture
def device(world: World) -> Device:
    return a_device(world.north, "node-0001", on=world.north.alice)


def clara(world: World) -> Actor:
    return world.north.actor(Role.CLINICIAN)


def tell(world: World, actor: Actor, given: list[Given], at: datetime) -> None:
    with bind(world.north.id):
        observe(actor=actor, patient_id=world.north.alice.pk, given=given, at=at)


def eaten(world: World) -> float:
    """What is on its way to the blood, mmol, and what has come: by how much a body that ate differs."""
    (state,) = [each for each in ensembles(world.north)["Alice"].states if each["name"] == "glucose"]
    return float(state["median"])


def body(world: World) -> Twins:
    return Twins.unpacked([bytes(ensembles(world.north)["Alice"].state)])


def test_a_meal_that_is_told_late_sends_the_body_back_and_is_eaten(
    world: World, device: Device, clock: HeldClock
) -> None:
    live(world.north, device, clock, 12)
    before, at = eaten(world), clock.now() - timedelta(minutes=11)
    tell(world, clara(world), MEAL, at)
    roll_up(world.north.id)
    clock.move(60)
    found = analysed(world.north, clock)
    assert found is not None
    assert found.rewound == [world.north.alice.pk]
    assert eaten(world) > before + 0.1
    live(world.north, device, clock, 1)
    assert foretold_glucose(world) > 6.0


def foretold_glucose(world: World) -> float:
    with bind(world.north.id):
        answer = what_if(actor=clara(world), patient=world.north.alice, scenarios=[], hours=1.0)
    (glucose,) = [each for each in answer["scenarios"][0]["quantities"] if each["code"] == "glucose"]
    return float(max(glucose["median"]))


def test_what_was_entered_in_error_was_not_eaten(world: World) -> None:
    now, alice = datetime.now(UTC), world.north.alice
    tell(world, clara(world), MEAL, now)
    with bind(world.north.id):
        assert [each[0] for each in taken_by([alice.pk], since=now)[alice.pk]] == ["meal_carbohydrate"]
        entered = Observation.objects.get()
        mark_in_error(actor=clara(world), patient_id=alice.pk, observation_id=entered.pk, reason="another bed")
        assert taken_by([alice.pk], since=now)[alice.pk] == []


def test_what_acts_no_more_and_what_others_told_is_not_read(world: World) -> None:
    now, alice = datetime.now(UTC), world.north.alice
    tell(world, clara(world), MEAL, now - ACTS_FOR - timedelta(minutes=1))
    with bind(world.north.id):
        assert taken_by([alice.pk, world.north.bob.pk], since=now) == {alice.pk: [], world.north.bob.pk: []}
    tell(world, clara(world), MEAL, now)
    with bind(world.south.id):
        assert taken_by([alice.pk], since=now) == {alice.pk: []}


def test_who_moves_works_and_who_stops_does_not(world: World, device: Device, clock: HeldClock) -> None:
    live(world.north, device, clock, 2, activity=120.0)
    assert 20.0 < float(body(world).work_watts[0]) < 60.0
    live(world.north, device, clock, 2, activity=8.0)
    assert body(world).work_watts.tolist() == [0.0]


def test_a_new_body_begins_before_what_was_eaten_last(world: World, device: Device, clock: HeldClock) -> None:
    tell(world, clara(world), MEAL, clock.now() - timedelta(minutes=50))
    live(world.north, device, clock, 1)
    assert eaten(world) > 6.0
