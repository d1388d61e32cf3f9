"""Advancing the twins of a shard."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Func

from apps.core.arrays import any_of
from apps.core.clock import SYSTEM_CLOCK, Clock
from apps.core.publish import publish
from apps.core.watch import watched
from apps.patients.models import Patient
from apps.readings.messages import patient_group
from apps.readings.models import CurrentValue
from apps.twin.models import TwinState
from apps.twin.organs import NEEDED, Measured, assess
from apps.twin.selectors import twin_json

WRITTEN_EVERY: Final = timedelta(seconds=10)
ADULT_FROM_YEARS: Final = 16
_FORMER: Final = ("patient_id", "at", "statuses")


def advance(
    *, organization_id: UUID, patient_ids: Sequence[UUID], clock: Clock = SYSTEM_CLOCK
) -> dict[UUID, dict[str, Any]]:
    """Bring the twins of these patients up to the present, within a binding to their organization.

    A state is written when the status of an organ changed, or its numbers are ten seconds old; who looks at the patient
    is told of it. Three reads and at most one write, however many patients. Returns the twins that were written, in the
    form of the API.
    """
    now, these = clock.now(), any_of("patient_id", patient_ids)
    vitals = _vitals(these)
    births = dict(Patient.objects.filter(any_of("pk", patient_ids)).values_list("pk", "birth_date"))
    former = {row[0]: row[1:] for row in TwinState.objects.filter(these).values_list(*_FORMER)}
    states = []
    for patient_id in patient_ids:
        organs = assess(vitals.get(patient_id, {}), now, adult=_is_adult(births.get(patient_id), now))
        statuses = " ".join(organ["status"] for organ in organs)
        written_at, written = former.get(patient_id, (None, ""))
        if written_at is None or now - written_at >= WRITTEN_EVERY or statuses != written:
            states.append(
                TwinState(
                    organization_id=organization_id, patient_id=patient_id, at=now, organs=organs, statuses=statuses
                )
            )
    _write(states)
    return _tell(states)


def _vitals(these: Func) -> dict[UUID, dict[str, Measured]]:
    """The values that an assessment looks at, of each patient who has any."""
    found: dict[UUID, dict[str, Measured]] = defaultdict(dict)
    rows = CurrentValue.objects.filter(these, code__in=NEEDED)
    for patient_id, code, value, at, quality in rows.values_list("patient_id", "code", "value", "at", "quality"):
        found[patient_id][code] = Measured(value, at, quality)
    return found


def _is_adult(birth_date: date | None, now: datetime) -> bool:
    """Of unknown age is taken for an adult: wearables are worn by adults."""
    if birth_date is None:
        return True
    had_birthday = (now.month, now.day) >= (birth_date.month, birth_date.day)
    return now.year - birth_date.year - (not had_birthday) >= ADULT_FROM_YEARS


def _write(states: list[TwinState]) -> None:
    TwinState.objects.bulk_create(
        states, update_conflicts=True, unique_fields=["patient"], update_fields=["at", "organs", "statuses"]
    )


def _tell(states: list[TwinState]) -> dict[UUID, dict[str, Any]]:
    twins = {state.patient_id: twin_json(state.patient_id, state.at, state.organs) for state in states}
    looked_at = watched()
    for patient_id in twins.keys() & looked_at:
        publish(patient_group(patient_id), {"type": "live.twin", **twins[patient_id]})
    return twins
