"""Advancing the twins of a shard: the quick half, within every tick."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from apps.core.arrays import any_of
from apps.core.clock import SYSTEM_CLOCK, Clock
from apps.core.publish import publish
from apps.core.rows import write
from apps.core.tenancy import bound_organization_id
from apps.core.watch import watched
from apps.patients.models import Patient
from apps.readings.current import Currents
from apps.readings.messages import patient_group
from apps.twin.analysed import ANALYSED
from apps.twin.current import measured
from apps.twin.judging import together
from apps.twin.models import TwinState
from apps.twin.organs import NEEDED, Measured, assess
from apps.twin.persons import is_adult, person_of, why_no_body
from apps.twin.selectors import twin_json

WRITTEN_EVERY: Final = timedelta(seconds=10)
_WRITE: Final = """
INSERT INTO twin_twinstate (id, organization_id, patient_id, at, organs, statuses)
SELECT gen_random_uuid(), %s, row.*
FROM json_to_recordset(%s) AS row (patient_id uuid, at timestamptz, organs jsonb, statuses text)
ON CONFLICT (patient_id) DO UPDATE SET (at, organs, statuses) = (EXCLUDED.at, EXCLUDED.organs, EXCLUDED.statuses)
"""
_FORMER: Final = ("patient_id", "at", "statuses")
_PERSON: Final = ("id", "birth_date", "sex", "height_cm", "mass_kg")


def advance(
    *, patient_ids: Sequence[UUID], current: Currents, clock: Clock = SYSTEM_CLOCK
) -> dict[UUID, dict[str, Any]]:
    """Bring the twins of these patients up to the present, within a binding to their organization.

    The organs are those of the last analysis, capped by what is measured now. A state is written when the status of an
    organ changed, or its numbers are ten seconds old; who looks at the patient is told of it. Four reads, one more when
    there was an analysis since the last time, and at most one write, however many patients. Returns the twins that were
    written, in the form of the API.
    """
    organization_id, now = bound_organization_id(), clock.now()
    these = any_of("patient_id", patient_ids)
    persons = {patient.pk: patient for patient in Patient.objects.filter(any_of("pk", patient_ids)).only(*_PERSON)}
    former = {row[0]: row[1:] for row in TwinState.objects.filter(these).values_list(*_FORMER)}
    analysed = ANALYSED.of(patient_ids)
    states = []
    for patient_id in patient_ids:
        quick = _assess(persons.get(patient_id), measured(current.get(patient_id, {}), NEEDED), now)
        found = analysed.get(patient_id)
        organs = together(quick, found.organs, found.at, now, own=found.own) if found else quick
        statuses = " ".join(organ["status"] for organ in organs)
        written_at, written = former.get(patient_id, (None, ""))
        if written_at is None or now - written_at >= WRITTEN_EVERY or statuses != written:
            states.append(
                TwinState(
                    organization_id=organization_id, patient_id=patient_id, at=now, organs=organs, statuses=statuses
                )
            )
    write(_WRITE, map(_row, states), organization_id)
    return _tell(states)


def _assess(patient: Patient | None, vitals: dict[str, Measured], now: datetime) -> list[dict[str, Any]]:
    if patient is None:
        return assess(vitals, now)
    no_body = "" if person_of(patient, now.date()) else why_no_body(patient)
    return assess(vitals, now, adult=is_adult(patient.birth_date, now), no_body=no_body)


def _row(state: TwinState) -> dict[str, Any]:
    """The columns of _WRITE."""
    return {"patient_id": state.patient_id, "at": state.at, "organs": state.organs, "statuses": state.statuses}


def _tell(states: list[TwinState]) -> dict[UUID, dict[str, Any]]:
    twins = {state.patient_id: twin_json(state.patient_id, state.at, state.organs) for state in states}
    looked_at = watched()
    for patient_id in twins.keys() & looked_at:
        publish(patient_group(patient_id), {"type": "live.twin", **twins[patient_id]})
    return twins
