"""The analysis: each body is brought up to what was measured, and what can be said of it is written down.

It runs beside the ticks and never within one: an alarm does not wait for a body. A shard is claimed, its row locked,
and all of it is one transaction: a worker that is killed half-way leaves every twin as it was, and its claim runs out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from apps.accounts.models import Organization
from apps.core.arrays import any_of
from apps.core.clock import SYSTEM_CLOCK, Clock
from apps.core.tenancy import bind
from apps.core.watch import watched
from apps.patients.models import Patient
from apps.twin import snapshots
from apps.twin.claims import EVERY, OFTEN, SLACK, Claim, is_due, release, still_due
from apps.twin.current import current_vitals, settled_after
from apps.twin.inputs import ACTS_FOR, Taken, given_of, taken_by
from apps.twin.models import TwinEnsemble
from apps.twin.persons import as_kept, clock_hours, person_of
from apps.twin.stepping import LONGEST, Body, bring_up
from apps.twin.writing import write
from ml.physiology import Person

BEGINS_BEFORE: Final = timedelta(seconds=90)
"""A new body begins a little in the past, so that there is something to take in at once."""
SILENT_FOR: Final = timedelta(hours=24)
"""Of whom nothing was measured for this long, nothing is analysed."""


@dataclass(slots=True)
class Analysed:
    """Whose twins were brought up to the present, and whose had to go back for late data."""

    patient_ids: list[UUID] = field(default_factory=list)
    rewound: list[UUID] = field(default_factory=list)


def analyse(claim: Claim, *, clock: Clock = SYSTEM_CLOCK) -> Analysed | None:
    """Analyse one claimed shard. None: another worker did it meanwhile."""
    with bind(claim.organization_id):
        shard = still_due(claim)
        if shard is None:
            return None
        now = clock.now()
        patients = {patient.pk: patient for patient in Patient.objects.filter(shard=claim.number)}
        analysed = _analyse(claim.organization_id, patients, now, every=OFTEN if is_due(shard, now) else EVERY)
        release(shard, now=now)
    return analysed


def _analyse(organization_id: UUID, patients: Mapping[UUID, Patient], now: datetime, *, every: timedelta) -> Analysed:
    """`every`: who was analysed within that is left for the next time, unless somebody looks."""
    vitals = current_vitals(patients)
    measured = [patient_id for patient_id in patients if vitals[patient_id].latest_at > now - SILENT_FOR]
    former = _former(measured)
    due = [patient_id for patient_id in measured if _is_due(former.get(patient_id), patient_id, now, every)]
    persons = {patient_id: person_of(patients[patient_id], now.date()) for patient_id in due}
    taken = taken_by(due, since=now - LONGEST)
    of_persons = {key: one for key, one in persons.items() if one}
    bodies, rewound = _bodies(organization_id, of_persons, former, taken, now)
    if not bodies:
        return Analysed()
    for body in bodies:
        body.upto = max(body.at, now - settled_after(vitals[body.patient_id], now))
    given = given_of(vitals, taken, now)
    bodies, twins = bring_up(bodies, now=now, given_of=given)
    births = {patient_id: patients[patient_id].birth_date for patient_id in due}
    write(bodies, twins, vitals, given, births=births, former=former, now=now)
    return Analysed([body.patient_id for body in bodies], rewound)


def _former(patient_ids: Sequence[UUID]) -> dict[UUID, TwinEnsemble]:
    """What is kept of these twins, without the ensembles themselves, which are large."""
    rows = TwinEnsemble.objects.filter(any_of("patient_id", patient_ids)).defer("state", "forecast", "states")
    return {row.patient_id: row for row in rows}


def _is_due(former: TwinEnsemble | None, patient_id: UUID, now: datetime, every: timedelta) -> bool:
    if former is None:
        return True
    return now - former.analysed_at >= (OFTEN if patient_id in watched() else every) - SLACK


def _bodies(
    organization_id: UUID,
    persons: Mapping[UUID, Person],
    former: Mapping[UUID, TwinEnsemble],
    taken: Mapping[UUID, Taken],
    now: datetime,
) -> tuple[list[Body], list[UUID]]:
    """The bodies to go on with: as they were, as they were before late data, or new ones."""
    going_on = {key: row for key, row in former.items() if key in persons and row.person == as_kept(persons[key])}
    states = dict(TwinEnsemble.objects.filter(any_of("patient_id", list(going_on))).values_list("patient_id", "state"))
    bodies = {
        key: Body(key, persons[key], at=row.at, upto=now, state=bytes(states[key]), former_at=row.at)
        for key, row in going_on.items()
    }
    rewound = _rewind(bodies)
    snapshots.forget_all([key for key in persons if key in former and key not in going_on])
    for key, person in persons.items():
        if key not in bodies:
            bodies[key] = Body(key, person, at=_birth(taken[key], now), upto=now)
    timezone = Organization.objects.values_list("timezone", flat=True).get(pk=organization_id)
    for body in bodies.values():
        body.clock_hours = clock_hours(body.at, timezone)
    return list(bodies.values()), rewound


def _birth(taken: Taken, now: datetime) -> datetime:
    """When a new body begins: before what was eaten and injected last, if that still acts."""
    acting = [at for _, at, _ in taken if at > now - ACTS_FOR]
    return min([now - BEGINS_BEFORE, *acting])


def _rewind(bodies: dict[UUID, Body]) -> list[UUID]:
    """Send those back, in place, whose past has changed. Of what lies further back than a day nothing is made good."""
    minutes = snapshots.take_rewinds(list(bodies))
    changed = {key: minute for key, minute in minutes.items() if minute < bodies[key].at}
    kept = snapshots.before(changed) if changed else {}
    snapshots.forget_from({key: found.at for key, found in kept.items()})
    for patient_id, found in kept.items():
        body = bodies[patient_id]
        bodies[patient_id] = Body(
            patient_id, body.person, at=found.at, upto=body.upto, state=found.state, former_at=found.at
        )
    return list(kept)
