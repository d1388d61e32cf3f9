"""`analyse`: of whom there is a body, up to when it has lived, and what is written of it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.tenancy import bind
from apps.devices.models import Device
from apps.patients.models import Patient
from apps.readings.current import current_values
from apps.twin import stepping
from apps.twin.analysis import analyse
from apps.twin.current import SETTLED, Vitals, settled_after
from apps.twin.models import TwinEnsemble, TwinSnapshot
from apps.twin.organs import ORGANS, Measured
from apps.twin.selectors import twins_of
from apps.twin.services import advance
from ml.twin import Twins
from tests.factories import a_device
from tests.held_clock import HeldClock
from tests.personas import World
from tests.twin.bodies import analysed, claim_of, ensembles, measure


def a_minute(world: World, device: Device, clock: HeldClock, **values: float) -> None:
    """A minute passes, is measured, and analysed."""
    since = clock.now()
    clock.move(60)
    measure(world.north.alice, device, since=since, until=clock.now(), **values)
    analysed(world.north, clock)


def test_who_is_measured_gets_a_body_and_nobody_else(world: World, device: Device, clock: HeldClock) -> None:
    a_minute(world, device, clock)
    found = ensembles(world.north)
    assert set(found) == {"Alice"}
    assert found["Alice"].at == clock.now() - SETTLED[0]
    assert tuple(organ["organ"] for organ in found["Alice"].organs) == ORGANS
    assert abs(sum(found["Alice"].hypotheses.values()) - 1.0) < 0.01


def test_a_body_comes_nearer_to_what_is_measured(world: World, device: Device, clock: HeldClock) -> None:
    for _ in range(4):
        a_minute(world, device, clock, heart_rate=96.0)
    (rate,) = [state for state in ensembles(world.north)["Alice"].states if state["name"] == "heart_rate"]
    assert 88.0 < rate["median"] < 100.0
    assert rate["low"] < rate["median"] < rate["high"]
    assert rate["identifiability"] > 0.3


def test_without_date_of_birth_there_is_no_body_and_it_says_so(world: World, device: Device, clock: HeldClock) -> None:
    alice = world.north.alice
    with bind(world.north.id):
        Patient.objects.filter(pk=alice.pk).update(birth_date=None, height_cm=None)
    a_minute(world, device, clock)
    assert ensembles(world.north) == {}
    with bind(world.north.id):
        advance(patient_ids=[alice.pk], current=current_values([alice.pk]), clock=clock)
        organs = {organ["organ"]: organ for organ in twins_of([alice.pk], now=clock.now())[alice.pk]["organs"]}
    assert organs["fluids"]["status"] == "unknown"
    assert organs["fluids"]["reasons"][0]["text"].startswith("not known: date of birth, height")
    assert organs["heart"]["status"] == "good"


def test_who_turns_out_to_be_another_person_gets_another_body(world: World, device: Device, clock: HeldClock) -> None:
    a_minute(world, device, clock)
    with bind(world.north.id):
        Patient.objects.filter(pk=world.north.alice.pk).update(mass_kg=120.0)
    a_minute(world, device, clock)
    alice = ensembles(world.north)["Alice"]
    assert alice.person["mass_kg"] == 120.0
    assert Twins.unpacked([bytes(alice.state)]).persons[0].mass_kg == 120.0
    with bind(world.north.id):
        kept = [bytes(state) for state in TwinSnapshot.objects.values_list("state", flat=True)]
    assert kept
    assert {person.mass_kg for person in Twins.unpacked(kept).persons} == {120.0}


def test_a_body_of_a_former_version_begins_anew(world: World, device: Device, clock: HeldClock) -> None:
    a_minute(world, device, clock)
    with bind(world.north.id):
        TwinEnsemble.objects.update(state=b"of another layout")
    a_minute(world, device, clock)
    assert len(Twins.unpacked([bytes(ensembles(world.north)["Alice"].state)])) == 1


def test_a_long_silence_widens_what_is_known(world: World, device: Device, clock: HeldClock) -> None:
    for _ in range(3):
        a_minute(world, device, clock)
    known = width(world, "heart_rate")
    clock.move(3600 * 6)
    analysed(world.north, clock)
    assert width(world, "heart_rate") > 1.5 * known


def width(world: World, name: str) -> float:
    (state,) = [state for state in ensembles(world.north)["Alice"].states if state["name"] == name]
    return float(state["high"] - state["low"])


@pytest.mark.parametrize(
    ("ages_s", "behind_s"),
    [
        ({"heart_rate": 1.0, "core_temperature": 12.0}, 8),
        ({"heart_rate": 20.0, "spo2": 1.0}, 30),
        ({"heart_rate": 45.0}, 60),
        ({"heart_rate": 3_000.0, "spo2": 2.0}, 8),
        ({"glucose": 200.0}, 8),
        ({}, 8),
    ],
)
def test_a_body_lives_as_far_behind_as_its_slowest_sensor_needs(ages_s: dict[str, float], behind_s: int) -> None:
    now = HeldClock().now()
    vitals = Vitals({code: Measured(70.0, now - timedelta(seconds=age), 1.0) for code, age in ages_s.items()})
    assert settled_after(vitals, now) == timedelta(seconds=behind_s)


def test_a_shard_is_not_analysed_twice_for_one_claim(world: World, device: Device, clock: HeldClock) -> None:
    clock.move(60)
    claim = claim_of(world.north, clock.now())
    assert analyse(claim, clock=clock) is not None
    assert analyse(claim, clock=clock) is None


def test_a_worker_that_dies_half_way_leaves_every_twin_as_it_was(
    world: World, device: Device, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_minute(world, device, clock)
    before = bytes(ensembles(world.north)["Alice"].state)
    monkeypatch.setattr(stepping.snapshots, "thin", killed)
    with pytest.raises(KeyboardInterrupt):
        a_minute(world, device, clock, heart_rate=140.0)
    assert bytes(ensembles(world.north)["Alice"].state) == before
    monkeypatch.undo()
    assert analysed(world.north, clock) is not None
    assert bytes(ensembles(world.north)["Alice"].state) != before


def killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_the_next_analysis_goes_on_where_the_last_one_stopped(world: World, device: Device, clock: HeldClock) -> None:
    a_minute(world, device, clock)
    first = ensembles(world.north)["Alice"].at
    a_minute(world, device, clock)
    assert ensembles(world.north)["Alice"].at - first == timedelta(seconds=60)


def test_more_patients_cost_no_more_queries(world: World, clock: HeldClock) -> None:
    north = world.north
    counts = []
    for patients in ([north.alice], [north.bob, north.charlie]):
        for patient in patients:
            device = a_device(north, f"of-{patient.pk.hex[:10]}", on=patient)
            measure(patient, device, since=clock.now(), until=clock.now() + timedelta(seconds=60))
        clock.move(60)
        claim = claim_of(north, clock.now())
        with CaptureQueriesContext(connection) as queries:
            analyse(claim, clock=clock)
        counts.append(len(queries))
    # Those who are new are a group of their own: what is measured of them is asked for by itself.
    assert counts[1] - counts[0] <= 6
