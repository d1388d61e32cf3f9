"""`evaluate`: from rows to rows, for many patients by few queries."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.alerts.models import Alert, AlertTransition, Rule, State
from apps.alerts.services import evaluate
from apps.core.tenancy import bind
from apps.devices.models import Device
from apps.patients.models import Patient
from apps.readings.current import current_values
from apps.readings.origin import Origin
from apps.readings.quantity import SENSOR
from apps.readings.value import Value
from tests.alerts.rows import ago, alerts_of, breach, put_on, show, tick
from tests.held_clock import HeldClock
from tests.personas import World


def test_a_value_that_stays_beyond_its_limit_raises_an_alert(world: World, clock: HeldClock) -> None:
    alice = world.north.alice
    onset = clock.now()
    for _ in range(16):
        show(alice, "spo2", 88, clock.now())
        made = tick(clock, alice)
        clock.move(1)
    assert [transition.state for transition in made] == [State.ACTIVE]
    (alert,) = alerts_of(world.north.id)
    assert (alert.code, alert.priority, alert.kind) == ("spo2_low", "medium", "physiological")
    assert (alert.value, alert.limit, alert.unit, alert.text) == (88, 90, "%", "SpO₂ 88 % < 90")
    assert (alert.since, alert.activated_at) == (onset, ago(clock, seconds=1))


def test_a_worker_that_is_late_reckons_the_delay_from_the_first_value(world: World, clock: HeldClock) -> None:
    alice = world.north.alice
    onset = clock.now()
    device = put_on(alice, "node-1", since=ago(clock, minutes=5), heard_at=onset)
    course = [_measured(alice, device, 88, onset + timedelta(seconds=second)) for second in range(4)]
    clock.move(3)
    show(alice, "spo2", 88, clock.now(), device_uid=device.uid)
    with bind(world.north.id):
        evaluate(patient_ids=[alice.pk], current=current_values([alice.pk]), fresh=course, clock=clock)
    (alert,) = alerts_of(world.north.id)
    assert (alert.code, alert.since) == ("spo2_low", onset)


def test_what_a_device_replays_is_not_the_course_of_what_it_measures(world: World, clock: HeldClock) -> None:
    alice = world.north.alice
    device = put_on(alice, "node-1", since=ago(clock, minutes=5), heard_at=clock.now())
    replayed = [_measured(alice, device, 88, ago(clock, seconds=second), Origin.REPLAYED) for second in (3, 2, 1)]
    show(alice, "spo2", 88, clock.now(), device_uid=device.uid)
    with bind(world.north.id):
        evaluate(patient_ids=[alice.pk], current=current_values([alice.pk]), fresh=replayed, clock=clock)
    (alert,) = alerts_of(world.north.id)
    assert (alert.code, alert.since) == ("spo2_low", clock.now())


def _measured(
    patient: Patient, device: Device, spo2_percent: float, at: datetime, origin: Origin = Origin.MEASURED
) -> Value:
    return Value(patient.pk, "spo2", spo2_percent, at, origin, SENSOR, 1.0, device.pk, device.uid)


def test_each_transition_is_a_row_with_time_and_reason(world: World, clock: HeldClock) -> None:
    alice = world.north.alice
    breach(alice, clock, value=88)
    show(alice, "spo2", 97, clock.now())
    tick(clock, alice)
    with bind(world.north.id):
        rows = AlertTransition.objects.values_list("state", "reason", "by", "patient_id")
        assert list(rows) == [
            ("pending", "began", None, alice.pk),
            ("active", "the delay has passed", None, alice.pk),
            ("resolved", "ended", None, alice.pk),
        ]
        alert = Alert.objects.get()
    assert (alert.state, alert.resolved_at) == (State.RESOLVED, clock.now())


def test_a_condition_that_ends_within_its_delay_was_never_active(world: World, clock: HeldClock) -> None:
    alice = world.north.alice
    show(alice, "spo2", 88, clock.now())
    tick(clock, alice)
    clock.move(1)
    show(alice, "spo2", 97, clock.now())
    tick(clock, alice)
    (alert,) = alerts_of(world.north.id)
    assert (alert.state, alert.activated_at) == (State.RESOLVED, None)


def test_after_an_alert_is_over_the_condition_can_raise_another(world: World, clock: HeldClock) -> None:
    alice = world.north.alice
    first = breach(alice, clock, value=88)
    show(alice, "spo2", 97, clock.now())
    tick(clock, alice)
    clock.move(1)
    second = breach(alice, clock, value=88)
    assert first.pk != second.pk
    assert second.state == State.ACTIVE


def test_a_stopped_device_is_reported_within_half_a_minute(world: World, clock: HeldClock) -> None:
    stopped_at = clock.now()
    alice = world.north.alice
    device = put_on(alice, "replay-119", since=ago(clock, minutes=5), heard_at=stopped_at)
    while not tick(clock, alice):
        clock.move(1)
    assert (clock.now() - stopped_at).total_seconds() <= 30
    (alert,) = alerts_of(world.north.id)
    assert (alert.code, alert.state, alert.kind) == ("device_silent", "active", "technical")
    assert (alert.device_id, alert.text) == (device.pk, "No data from replay-119")


def test_a_patients_own_rule_takes_the_place_of_the_organizations(world: World, clock: HeldClock) -> None:
    north = world.north
    with bind(north.id):
        for priority in ("medium", "high"):
            Rule.objects.create(
                organization=north.organization, patient=north.alice, quantity="spo2", priority=priority, low=70
            )
        Rule.objects.create(
            organization=north.organization, patient=north.bob, quantity="spo2", priority="medium", enabled=False
        )
    for _ in range(20):
        for patient in (north.alice, north.bob):
            show(patient, "spo2", 88, clock.now())
        assert tick(clock, north.alice, north.bob) == []
        clock.move(1)


@pytest.mark.parametrize("extra", [0, 1])
def test_more_patients_cost_no_more_queries(world: World, clock: HeldClock, extra: int) -> None:
    north = world.north
    patients = [north.alice, north.bob, north.charlie][: 1 + 2 * extra]
    for patient in patients:
        put_on(patient, f"node-{patient.mrn}", since=ago(clock, minutes=5), heard_at=ago(clock, minutes=1))
        show(patient, "heart_rate", 190, clock.now())
        show(patient, "spo2", 97, clock.now())
    patient_ids = [patient.pk for patient in patients]
    with bind(north.id):
        current = current_values(patient_ids)
        with CaptureQueriesContext(connection) as queries:
            evaluate(patient_ids=patient_ids, current=current, clock=clock)
    assert len(queries) == 5  # rules, bindings, alerts; then alerts and transitions are written


def test_a_tick_that_changes_nothing_writes_nothing(world: World, clock: HeldClock) -> None:
    alice = world.north.alice
    breach(alice, clock)
    with bind(world.north.id):
        current = current_values([alice.pk])
        with CaptureQueriesContext(connection) as queries:
            assert evaluate(patient_ids=[alice.pk], current=current, clock=clock) == []
    assert len(queries) == 3


def test_onsets_outlive_the_worker(world: World, clock: HeldClock) -> None:
    """They are in the row: whichever process ticks next goes on with the delay."""
    alice = world.north.alice
    show(alice, "spo2", 88, clock.now())
    tick(clock, alice)
    (alert,) = alerts_of(world.north.id)
    assert [datetime.fromisoformat(onset) for onset in alert.onsets.values()] == [
        clock.now().replace(microsecond=clock.now().microsecond // 1000 * 1000)
    ]
