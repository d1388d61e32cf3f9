"""The policy's table, at the door of the alerts."""

import uuid

import pytest

from apps.accounts.roles import Role
from apps.alerts.models import Alert, State
from apps.alerts.selectors import as_json, visible_alerts
from apps.alerts.services import acknowledge, resolve
from apps.audit.models import AuditEvent
from apps.core.errors import Conflict, NotAllowed, NotFound
from apps.core.tenancy import bind
from apps.patients.models import Share
from tests.alerts.rows import ago, breach, put_on, show, tick
from tests.held_clock import HeldClock
from tests.personas import Hospital, World


def silent_device(hospital: Hospital, clock: HeldClock) -> Alert:
    put_on(
        hospital.charlie,
        f"{hospital.organization.slug[:5]}-node",
        since=ago(clock, hours=1),
        heard_at=ago(clock, minutes=1),
    )
    tick(clock, hospital.charlie)
    with bind(hospital.id):
        return Alert.objects.get(kind="technical")


def seen_by(hospital: Hospital, role: Role, clock: HeldClock) -> set[str]:
    actor = hospital.actor(role)
    with bind(hospital.id):
        return {alert.code for alert in visible_alerts(actor, clock=clock)}


def test_each_role_sees_what_the_table_grants(world: World, clock: HeldClock) -> None:
    north = world.north
    breach(north.alice, clock)
    silent_device(north, clock)
    assert seen_by(north, Role.CLINICIAN, clock) == {"spo2_low"}  # charlie is in another unit
    assert seen_by(north, Role.TECHNICIAN, clock) == {"device_silent"}
    assert seen_by(north, Role.PATIENT, clock) == {"spo2_low"}
    assert seen_by(north, Role.CAREGIVER, clock) == {"spo2_low"}
    assert seen_by(north, Role.MANAGER, clock) == set()
    assert seen_by(north, Role.PRIVACY_OFFICER, clock) == set()
    for role in Role:
        assert seen_by(world.south, role, clock) == set()


def test_a_share_can_leave_the_alerts_out(world: World, clock: HeldClock) -> None:
    north = world.north
    breach(north.alice, clock)
    with bind(north.id):
        Share.objects.update(alerts=False)
    assert seen_by(north, Role.CAREGIVER, clock) == set()


def test_nobody_sees_a_pending_alert_nor_one_that_was_never_active(world: World, clock: HeldClock) -> None:
    alice = world.north.alice
    for value in (88, 97):
        show(alice, "spo2", value, clock.now())
        tick(clock, alice)
        clock.move(1)
        assert seen_by(world.north, Role.CLINICIAN, clock) == set()


def test_an_acknowledgement_says_who(world: World, clock: HeldClock) -> None:
    north = world.north
    alert = breach(north.alice, clock)
    actor = north.actor(Role.CLINICIAN)
    with bind(north.id):
        acknowledge(actor=actor, alert_id=alert.pk, clock=clock)
        alert = visible_alerts(actor, clock=clock).get()
        assert as_json(alert)["acknowledged_by"] == "Northgate Clinician"
        assert alert.state == State.ACKNOWLEDGED
        transition = alert.transitions.latest("id")
        assert (transition.state, transition.by_id, transition.at) == ("acknowledged", actor.user_id, clock.now())
        event = AuditEvent.objects.get(action="alert.acknowledged")
        assert (event.user_id, event.patient_id) == (actor.user_id, north.alice.pk)


def test_the_engine_leaves_an_acknowledged_alert_acknowledged(world: World, clock: HeldClock) -> None:
    north = world.north
    alert = breach(north.alice, clock)
    with bind(north.id):
        acknowledge(actor=north.actor(Role.CLINICIAN), alert_id=alert.pk, clock=clock)
    assert breach(north.alice, clock, value=79).state == State.ACKNOWLEDGED


def test_acknowledging_twice_changes_nothing(world: World, clock: HeldClock) -> None:
    north = world.north
    alert = breach(north.alice, clock)
    actor = north.actor(Role.CLINICIAN)
    with bind(north.id):
        acknowledge(actor=actor, alert_id=alert.pk, clock=clock)
        acknowledge(actor=actor, alert_id=alert.pk, clock=clock)
        assert alert.transitions.filter(state="acknowledged").count() == 1


def test_acknowledging_one_that_stayed_resolves_it(world: World, clock: HeldClock) -> None:
    north = world.north
    alert = breach(north.alice, clock)
    show(north.alice, "spo2", 98, clock.now())
    tick(clock, north.alice)
    with bind(north.id):
        acknowledged = acknowledge(actor=north.actor(Role.CLINICIAN), alert_id=alert.pk, clock=clock)
        assert (acknowledged.state, acknowledged.latched) == (State.RESOLVED, False)
        assert list(alert.transitions.values_list("state", flat=True))[-2:] == ["acknowledged", "resolved"]


def test_resolving_by_hand_keeps_the_reason(world: World, clock: HeldClock) -> None:
    north = world.north
    alert = breach(north.alice, clock)
    with bind(north.id):
        resolve(actor=north.actor(Role.CLINICIAN), alert_id=alert.pk, reason="probe was warmed", clock=clock)
        assert alert.transitions.latest("id").reason == "probe was warmed"
        with pytest.raises(Conflict):
            acknowledge(actor=north.actor(Role.CLINICIAN), alert_id=alert.pk, clock=clock)


@pytest.mark.parametrize("act", [acknowledge, resolve])
@pytest.mark.parametrize("role", [Role.PATIENT, Role.CAREGIVER])
def test_who_may_only_look_is_told_so(world: World, clock: HeldClock, role: Role, act: object) -> None:
    north = world.north
    alert = breach(north.alice, clock)
    with bind(north.id), pytest.raises(NotAllowed):
        act(actor=north.actor(role), alert_id=alert.pk, clock=clock)  # type: ignore[operator]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.PRIVACY_OFFICER, Role.TECHNICIAN])
def test_for_who_may_not_look_there_is_no_such_alert(world: World, clock: HeldClock, role: Role) -> None:
    north = world.north
    alert = breach(north.alice, clock)
    with bind(north.id), pytest.raises(NotFound):
        acknowledge(actor=north.actor(role), alert_id=alert.pk, clock=clock)


def test_a_technician_acknowledges_technical_alerts(world: World, clock: HeldClock) -> None:
    north = world.north
    alert = silent_device(north, clock)
    with bind(north.id):
        acknowledge(actor=north.actor(Role.TECHNICIAN), alert_id=alert.pk, clock=clock)
        assert Alert.objects.get().state == State.ACKNOWLEDGED


def test_the_neighbours_alert_does_not_exist(world: World, clock: HeldClock) -> None:
    alert = breach(world.north.alice, clock)
    south = world.south
    for alert_id in (alert.pk, uuid.uuid4()):
        with bind(south.id), pytest.raises(NotFound):
            acknowledge(actor=south.actor(Role.CLINICIAN), alert_id=alert_id, clock=clock)


def test_the_form_is_that_of_the_contract(world: World, clock: HeldClock) -> None:
    alert = breach(world.north.alice, clock)
    assert set(as_json(alert)) == {
        *("id", "patient", "code", "priority", "kind", "state", "since", "value", "limit", "text", "acknowledged_by")
    }
    assert as_json(alert)["since"].endswith("Z")
