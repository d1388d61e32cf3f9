"""`selectors.py`, the only gate to a patient: whom each role sees, knows by name, knows to be there; until when."""

from datetime import timedelta

import pytest

from apps.accounts.roles import Role
from apps.audit.models import AuditEvent
from apps.core.errors import Invalid, NotAllowed, NotFound
from apps.core.tenancy import bind
from apps.patients.models import Patient
from apps.patients.selectors import identified_patients, listed_patient, listed_patients, patient, visible_patients
from apps.patients.services import GLASS_LASTS, break_glass
from tests.held_clock import HeldClock
from tests.personas import Hospital, World

NOBODY: set[str] = set()
ALICE, WARD, ALL = {"Alice"}, {"Alice", "Bob"}, {"Alice", "Bob", "Charlie"}
# Whose clinical data, whose name, and of whom it is known that they are there.
SEEN = {
    Role.PATIENT: (ALICE, ALICE, ALICE),
    Role.CAREGIVER: (ALICE, ALICE, ALICE),
    Role.CLINICIAN: (WARD, WARD, WARD),
    Role.MANAGER: (NOBODY, ALL, ALL),
    Role.TECHNICIAN: (NOBODY, NOBODY, ALL),
    Role.PRIVACY_OFFICER: (NOBODY, NOBODY, NOBODY),
}


def seen(hospital: Hospital, role: Role, clock: HeldClock) -> set[str]:
    with bind(hospital.id):
        return {one.given_name for one in visible_patients(hospital.actor(role), clock=clock)}


@pytest.mark.parametrize("role", Role)
def test_each_role_has_its_reach(world: World, role: Role) -> None:
    actor = world.north.actor(role)
    with bind(world.north.id):
        found = tuple(
            {one.given_name for one in patients(actor)}
            for patients in (visible_patients, identified_patients, listed_patients)
        )
    assert found == SEEN[role]


@pytest.mark.parametrize("role", Role)
def test_who_is_not_there_is_not_found_and_not_noted(world: World, role: Role) -> None:
    actor = world.north.actor(role)
    others = {world.north.alice.pk, world.north.bob.pk, world.north.charlie.pk, world.south.alice.pk}
    with bind(world.north.id):
        others -= {one.pk for one in visible_patients(actor)}
        for patient_id in others:
            with pytest.raises(NotFound):
                patient(actor, patient_id, door="test")
        with pytest.raises(NotFound):
            listed_patient(actor, world.south.alice.pk, door="test")
        assert not AuditEvent.objects.filter(action="read").exists()


def test_what_was_shared_is_seen_until_it_expires(world: World) -> None:
    clock = HeldClock()
    with bind(world.north.id):
        world.north.alice.shares.update(expires_at=clock.now() + timedelta(hours=1))
    assert seen(world.north, Role.CAREGIVER, clock) == ALICE
    clock.move(3601)
    assert seen(world.north, Role.CAREGIVER, clock) == NOBODY


def test_a_broken_glass_opens_one_patient_to_one_person_for_a_while(world: World) -> None:
    clock, north = HeldClock(), world.north
    with bind(north.id):
        break_glass(
            actor=north.actor(Role.CLINICIAN), patient_id=north.charlie.pk, reason="collapsed in the hall", clock=clock
        )
    assert seen(north, Role.CLINICIAN, clock) == ALL
    clock.move(GLASS_LASTS.total_seconds() - 1)
    assert seen(north, Role.CLINICIAN, clock) == ALL
    assert seen(north, Role.CAREGIVER, clock) <= ALICE
    clock.move(1)
    assert seen(north, Role.CLINICIAN, clock) == WARD


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CLINICIAN])
def test_nobody_else_breaks_it(world: World, role: Role) -> None:
    with bind(world.north.id), pytest.raises(NotAllowed):
        break_glass(actor=world.north.actor(role), patient_id=world.north.charlie.pk, reason="I would like to know")


def test_it_is_broken_for_a_reason_and_for_nobody_of_the_neighbours(world: World) -> None:
    actor = world.north.actor(Role.CLINICIAN)
    with bind(world.north.id):
        with pytest.raises(Invalid):
            break_glass(actor=actor, patient_id=world.north.charlie.pk, reason="  because  ")
        with pytest.raises(NotFound):
            break_glass(actor=actor, patient_id=world.south.alice.pk, reason="collapsed in the hall")


def test_who_moves_to_another_unit_leaves_the_sight_of_the_first(world: World) -> None:
    with bind(world.north.id):
        Patient.objects.filter(pk=world.north.bob.pk).update(unit_id=world.north.annex.pk)
    assert seen(world.north, Role.CLINICIAN, HeldClock()) == ALICE
