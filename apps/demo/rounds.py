"""The round that a demo's clinician has made: what no simulated sensor gives. Of every fourth person it is left out, so
that a score with something missing is to be seen, too."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

from apps.accounts.actor import Actor
from apps.accounts.models import Membership, MembershipUnit
from apps.accounts.roles import Role
from apps.core.clock import SYSTEM_CLOCK
from apps.core.tenancy import bind
from apps.demo.cast import MIXED, ON_OXYGEN, Part
from apps.patients.models import Patient
from apps.readings.models import Observation
from apps.readings.observing import Given, observe
from apps.readings.quantities import REGISTER

LEFT_OUT_EVERY: Final = 4
REPEATED_AFTER: Final = timedelta(hours=5)
ALERT: Final = 0.0
FLOW_L_MIN: Final = 2.0


def make_rounds(patients: Mapping[Part, Patient]) -> None:
    """One for each of these patients who had none lately."""
    for part, patient in patients.items():
        if part.number % LEFT_OUT_EVERY:
            with bind(patient.organization_id):
                _make(part, patient)


def _make(part: Part, patient: Patient) -> None:
    since = SYSTEM_CLOCK.now() - REPEATED_AFTER
    rounds = Observation.objects.filter(quantity=REGISTER["consciousness"].number)
    if rounds.filter(patient_id=patient.pk, at__gt=since).exists():
        return
    needs_oxygen = part.scenario(MIXED) in ON_OXYGEN
    given = [Given("consciousness", ALERT), Given("supplemental_oxygen", FLOW_L_MIN if needs_oxygen else 0.0)]
    observe(actor=clinician(patient.organization_id), patient_id=patient.pk, given=given)


def clinician(organization_id: UUID) -> Actor:
    """Who enters things in a house of the demo, within a binding to it. Raises LookupError where there is nobody."""
    membership = Membership.objects.filter(role=Role.CLINICIAN).order_by("pk").first()
    if membership is None:
        raise LookupError("the demo's organizations have a clinician")
    units = MembershipUnit.objects.filter(membership=membership).values_list("unit_id", flat=True)
    return Actor(membership.user_id, organization_id, membership.pk, Role.CLINICIAN, frozenset(units))
