"""Reading a patient's twin. Whether the actor may see the patient is patients.selectors' to say, before."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from apps.core.instants import utc_text
from apps.twin.models import TwinState
from apps.twin.organs import ORGANS, unknown

HOLDS_FOR: Final = timedelta(seconds=30)
"""An assessment that was not repeated for this long is not shown any more: green must not outlive its evidence."""


def twins_of(patient_ids: Iterable[UUID], *, now: datetime) -> dict[UUID, dict[str, Any]]:
    """The twin of each of these patients in the form of the API, by one query."""
    wanted = list(patient_ids)
    found = {state.patient_id: state for state in TwinState.objects.filter(patient_id__in=wanted)}
    return {patient_id: _as_json(patient_id, found.get(patient_id), now) for patient_id in wanted}


def _as_json(patient_id: UUID, state: TwinState | None, now: datetime) -> dict[str, Any]:
    if state is None:
        return twin_json(patient_id, now, [unknown(organ, "not assessed yet") for organ in ORGANS])
    if now - state.at > HOLDS_FOR:
        why = f"not assessed since {utc_text(state.at)}"
        return twin_json(patient_id, state.at, [unknown(organ, why) for organ in ORGANS])
    return twin_json(patient_id, state.at, state.organs)


def twin_json(patient_id: UUID, at: datetime, organs: list[dict[str, Any]]) -> dict[str, Any]:
    """`states` stays empty until the body model estimates some."""
    return {"patient": str(patient_id), "at": utc_text(at), "organs": organs, "states": []}
