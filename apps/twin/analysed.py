"""What the last analyses made of the organs, and what is usual for the persons, as a process knows it: a tick comes
every second, an analysis every minute."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from apps.core.arrays import any_of
from apps.twin.models import TwinEnsemble
from apps.twin.usual import own_of
from ml.scoring.usual import Own

REMEMBERED: Final = 20_000


class Analysed(NamedTuple):
    """`own`: what is usual for the person, by code."""

    at: datetime
    organs: list[dict[str, Any]]
    own: dict[str, Own]


class AnalysedOrgans:
    """A cache: what is true is in the database, and asked for by its time every second."""

    def __init__(self) -> None:
        self._known: dict[UUID, Analysed] = {}

    def of(self, patient_ids: Collection[UUID]) -> dict[UUID, Analysed]:
        """Of each of these patients who has been analysed: one query, two when somebody has been since the last."""
        these = any_of("patient_id", patient_ids)
        times = dict(TwinEnsemble.objects.filter(these).values_list("patient_id", "analysed_at"))
        self._learn([key for key, at in times.items() if key not in self._known or self._known[key].at != at])
        return {key: self._known[key] for key in times if key in self._known}

    def _learn(self, patient_ids: Sequence[UUID]) -> None:
        if not patient_ids:
            return
        if len(self._known) > REMEMBERED:
            self._known.clear()
        rows = TwinEnsemble.objects.filter(any_of("patient_id", patient_ids))
        for patient_id, at, organs, kept in rows.values_list("patient_id", "analysed_at", "organs", "usual"):
            self._known[patient_id] = Analysed(at, organs, own_of(kept))


ANALYSED: Final = AnalysedOrgans()
