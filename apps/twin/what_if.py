"""What if: scenarios on a patient's own body, compared in one answer. Nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np

from apps.accounts.actor import Actor
from apps.accounts.models import Organization
from apps.accounts.policy import Act
from apps.core.clock import SYSTEM_CLOCK, Clock
from apps.core.errors import Conflict, Invalid
from apps.core.instants import utc_text
from apps.core.tenancy import bound_organization_id
from apps.patients.models import Patient
from apps.readings.quantities import REGISTER
from apps.twin.current import current_vitals
from apps.twin.inputs import given_of, taken_by
from apps.twin.models import TwinEnsemble
from apps.twin.organs import ORGANS
from apps.twin.persons import as_kept, clock_hours, person_of, why_no_body
from apps.twin.scenarios import Change, segments_of, too_fast
from apps.twin.stepping import seed_of
from ml.twin import Twins, UnknownVersion, WhatIf, WhatIfRun
from ml.twin.given import Given
from ml.twin.told import TOLD

AS_NOW: Final = "As now"
MEMBERS: Final = 64
LABELS: Final = {"cardiac_output": "Cardiac output", "blood_volume": "Blood volume", "sweat_rate": "Sweat"}
DECIMALS: Final = 3


@dataclass(frozen=True, slots=True)
class Scenario:
    name: str
    changes: tuple[Change, ...] = ()


def what_if(
    *, actor: Actor, patient: Patient, scenarios: Sequence[Scenario], hours: float, clock: Clock = SYSTEM_CLOCK
) -> dict[str, Any]:
    """Run scenarios, the first of them always "as now", and give what comes of each in the form of the API.

    Raises NotAllowed; Conflict where there can be no body of this patient; Invalid for an amount in too short a time.
    """
    actor.must(Act.WHAT_IF)
    _must_be_possible(scenarios)
    now = clock.now()
    twins, at, basis = _twins(patient, now)
    given = [WhatIf(one.name, segments_of(one.changes, 60.0 * hours)) for one in (Scenario(AS_NOW), *scenarios)]
    later = _given(patient, now).later(at.timestamp(), twins.work_watts)
    runs = twins.what_if(0, given, hours=hours, members=MEMBERS, later=later)
    return {
        "patient": str(patient.pk),
        "at": utc_text(at),
        "simulated": patient.simulated,
        "hours": hours,
        "basis": basis,
        "scenarios": [_run_json(run) for run in runs],
    }


def _must_be_possible(scenarios: Sequence[Scenario]) -> None:
    faults = {
        f"scenarios.{place}.changes.{index}.dose": [why]
        for place, scenario in enumerate(scenarios)
        for index, change in enumerate(scenario.changes)
        if (why := too_fast(change))
    }
    if faults:
        raise Invalid("Some doses are more than the model knows.", fields=faults)


def _twins(patient: Patient, now: datetime) -> tuple[Twins, datetime, str]:
    """The patient's ensemble, up to when, and what it rests on: without any analysis it is averages only."""
    person = person_of(patient, now.date())
    if person is None:
        raise Conflict(f"There is no model of this body: {why_no_body(patient)}.")
    row = TwinEnsemble.objects.filter(patient_id=patient.pk).first()
    if row is not None and row.person == as_kept(person):
        try:
            return Twins.unpacked([bytes(row.state)]), row.at, "inferred"
        except UnknownVersion:
            pass  # the next analysis begins anew; until then averages are all there is
    timezone = Organization.objects.values_list("timezone", flat=True).get(pk=bound_organization_id())
    begin = Twins.begin(
        [person],
        at_s=now.timestamp(),
        seeds=[seed_of(patient.pk)],
        clock_hours=clock_hours(now, timezone),
    )
    return begin, now, "prior"


def _given(patient: Patient, now: datetime) -> Given:
    """What the patient breathes, and what they were told to have taken in."""
    vitals, taken = current_vitals([patient.pk]), taken_by([patient.pk], since=now)
    return given_of(vitals, taken, now)([patient.pk])


def _run_json(run: WhatIfRun) -> dict[str, Any]:
    return {
        "name": run.name,
        "minutes": _numbers(run.minutes),
        "quantities": [
            {
                "code": code,
                "label": REGISTER[code].label if code in REGISTER else LABELS[code],
                "unit": REGISTER[code].unit if code in REGISTER else TOLD[code],
                "median": _numbers(fan.median),
                "p50": {"low": _numbers(fan.p50[0]), "high": _numbers(fan.p50[1])},
                "p90": {"low": _numbers(fan.p90[0]), "high": _numbers(fan.p90[1])},
            }
            for code, fan in run.quantities.items()
        ],
        "reserves": [
            {"organ": organ, "reserve": reserve._asdict() if (reserve := run.reserves.get(organ)) else None}
            for organ in ORGANS
        ],
    }


def _numbers(values: Any) -> list[float]:
    return [round(float(value), DECIMALS) for value in np.asarray(values)]
