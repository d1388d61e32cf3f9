"""Advancing the twins of a shard."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from apps.core.clock import SYSTEM_CLOCK, Clock
from apps.core.publish import publish
from apps.core.watch import watched
from apps.patients.models import Patient
from apps.readings.messages import patient_group
from apps.readings.selectors import vitals_of
from apps.twin.models import TwinState
from apps.twin.organs import assess
from apps.twin.selectors import twin_json

WRITTEN_EVERY: Final = timedelta(seconds=10)
ADULT_FROM_YEARS: Final = 16


def advance(
    *, organization_id: UUID, patient_ids: Sequence[UUID], clock: Clock = SYSTEM_CLOCK
) -> dict[UUID, dict[str, Any]]:
    """Bring the twins of these patients up to the present, within a binding to their organization.

    A state is written when the status of an organ changed, or its numbers are ten seconds old; who looks at the patient
    is told of it. Three reads and at most one write, however many patients. Returns the twins that were written, in the
    form of the API.
    """
    now = clock.now()
    vitals = vitals_of(patient_ids, now=now)
    births = dict(Patient.objects.filter(pk__in=patient_ids).values_list("pk", "birth_date"))
    former = {state.patient_id: state for state in TwinState.objects.filter(patient_id__in=patient_ids)}
    states = []
    for patient_id in patient_ids:
        organs = assess(vitals[patient_id], now, adult=_is_adult(births.get(patient_id), now))
        if _is_due(former.get(patient_id), organs, now):
            states.append(TwinState(organization_id=organization_id, patient_id=patient_id, at=now, organs=organs))
    _write(states)
    return _tell(states)


def _is_adult(birth_date: date | None, now: datetime) -> bool:
    """Of unknown age is taken for an adult: wearables are worn by adults."""
    if birth_date is None:
        return True
    had_birthday = (now.month, now.day) >= (birth_date.month, birth_date.day)
    return now.year - birth_date.year - (not had_birthday) >= ADULT_FROM_YEARS


def _is_due(former: TwinState | None, organs: list[dict[str, Any]], now: datetime) -> bool:
    if former is None or now - former.at >= WRITTEN_EVERY:
        return True
    return [organ["status"] for organ in organs] != [organ["status"] for organ in former.organs]


def _write(states: list[TwinState]) -> None:
    TwinState.objects.bulk_create(
        states, update_conflicts=True, unique_fields=["patient"], update_fields=["at", "organs"]
    )


def _tell(states: list[TwinState]) -> dict[UUID, dict[str, Any]]:
    twins = {state.patient_id: twin_json(state.patient_id, state.at, state.organs) for state in states}
    looked_at = watched()
    for patient_id in twins.keys() & looked_at:
        publish(patient_group(patient_id), {"type": "live.twin", **twins[patient_id]})
    return twins
