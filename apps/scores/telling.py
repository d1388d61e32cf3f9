"""Telling who looks at a patient how they score now, from the tick."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from apps.core.publish import publish
from apps.readings.messages import patient_group
from apps.scores.news2 import news2_by_id

REPEATED_EVERY: Final = timedelta(seconds=15)
"""A score that did not change is said again so often: ages grow, and a screen may have joined."""
KEPT: Final = 20_000
_told: dict[UUID, tuple[datetime, Any]] = {}


def tell_scores(patient_ids: Collection[UUID], *, now: datetime) -> None:
    """Publish, on commit, the scores of these patients that changed, or were not said for a while. Three queries,
    however many patients; none where nobody looks."""
    if len(_told) > KEPT:
        _told.clear()
    for patient_id, shown in news2_by_id(patient_ids, now=now).items():
        essence = [shown["applicable"], shown["lowest"], shown["highest"], [p["state"] for p in shown["parts"]]]
        said_at, said = _told.get(patient_id, (None, None))
        if said_at is None or said != essence or now - said_at >= REPEATED_EVERY:
            _told[patient_id] = (now, essence)
            publish(patient_group(patient_id), score_message(patient_id, shown))


def score_message(patient_id: UUID, shown: dict[str, Any]) -> dict[str, Any]:
    return {"type": "live.score", "patient": str(patient_id), "at": shown["at"], "news2": shown}
