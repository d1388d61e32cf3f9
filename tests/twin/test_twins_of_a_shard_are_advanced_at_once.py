"""`advance`: what is written, when, and what is shown of it."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.tenancy import bind
from apps.patients.models import Patient
from apps.readings.current import current_values
from apps.twin.models import TwinState
from apps.twin.selectors import twins_of
from apps.twin.services import advance
from tests.alerts.rows import show
from tests.held_clock import HeldClock
from tests.personas import World


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


def advanced(clock: HeldClock, *patients: Patient) -> set[str]:
    organization_id = patients[0].organization_id
    with bind(organization_id):
        patient_ids = [patient.pk for patient in patients]
        written = advance(patient_ids=patient_ids, current=current_values(patient_ids), clock=clock)
    return {str(patient_id) for patient_id in written}


def heart(patient: Patient, clock: HeldClock) -> dict:
    with bind(patient.organization_id):
        organs = twins_of([patient.pk], now=clock.now())[patient.pk]["organs"]
    return next(organ for organ in organs if organ["organ"] == "heart")


def test_the_state_of_every_patient_is_written_and_read_back(world: World, clock: HeldClock) -> None:
    north = world.north
    show(north.alice, "heart_rate", 72, clock.now())
    assert advanced(clock, north.alice, north.bob) == {str(north.alice.pk), str(north.bob.pk)}
    assert heart(north.alice, clock)["status"] == "good"
    assert heart(north.bob, clock)["status"] == "unknown"


def test_it_is_written_again_when_a_status_changes_or_after_ten_seconds(world: World, clock: HeldClock) -> None:
    alice = world.north.alice
    show(alice, "heart_rate", 72, clock.now())
    advanced(clock, alice)
    clock.move(1)
    show(alice, "heart_rate", 75, clock.now())
    assert advanced(clock, alice) == set()
    clock.move(1)
    show(alice, "heart_rate", 140, clock.now())
    assert advanced(clock, alice) == {str(alice.pk)}
    clock.move(10)
    assert advanced(clock, alice) == {str(alice.pk)}


def test_a_patient_has_one_state(world: World, clock: HeldClock) -> None:
    alice = world.north.alice
    for _ in range(3):
        advanced(clock, alice)
        clock.move(10)
    with bind(world.north.id):
        assert TwinState.objects.filter(patient=alice).count() == 1


def test_a_state_that_nobody_renews_is_not_shown(world: World, clock: HeldClock) -> None:
    alice = world.north.alice
    show(alice, "heart_rate", 72, clock.now())
    advanced(clock, alice)
    clock.move(31)
    assert heart(alice, clock)["status"] == "unknown"
    assert heart(alice, clock)["reasons"][0]["text"].startswith("not assessed since ")


def test_before_the_first_assessment_everything_is_unknown(world: World, clock: HeldClock) -> None:
    assert heart(world.north.alice, clock)["status"] == "unknown"


@pytest.mark.parametrize(("years", "status"), [(15, "unknown"), (16, "good")])
def test_a_child_is_not_judged_by_the_limits_of_adults(world: World, clock: HeldClock, years: int, status: str) -> None:
    alice = world.north.alice
    today = clock.now().date()
    born = date(today.year - years, today.month, min(today.day, 28)) - timedelta(days=1)
    with bind(world.north.id):
        Patient.objects.filter(pk=alice.pk).update(birth_date=born)
    show(alice, "heart_rate", 72, clock.now())
    advanced(clock, alice)
    assert heart(alice, clock)["status"] == status


@pytest.mark.parametrize("count", [1, 3])
def test_more_patients_cost_no_more_queries(world: World, clock: HeldClock, count: int) -> None:
    north = world.north
    patients = [north.alice, north.bob, north.charlie][:count]
    patient_ids = [patient.pk for patient in patients]
    with bind(north.id):
        current = current_values(patient_ids)
        with CaptureQueriesContext(connection) as queries:
            advance(patient_ids=patient_ids, current=current, clock=clock)
    assert len(queries) == 4
