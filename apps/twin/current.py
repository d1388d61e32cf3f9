"""The current values that judgement and inputs of the twin go by."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from apps.core.arrays import any_of
from apps.readings.models import CurrentValue
from apps.twin.evidence import CODES
from apps.twin.organs import NEEDED, Measured

OXYGEN: Final = ("supplemental_oxygen", "inspired_oxygen")
NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
READ: Final = tuple({*CODES, *NEEDED, *OXYGEN})


@dataclass(slots=True)
class Vitals:
    """Of one patient, by code."""

    values: dict[str, Measured] = field(default_factory=dict)

    @property
    def latest_at(self) -> datetime:
        """When a sensor of the twin last had anything to say."""
        return max((self.values[code].at for code in CODES if code in self.values), default=NEVER)


def current_vitals(patient_ids: Iterable[UUID]) -> dict[UUID, Vitals]:
    """Of each of these patients, by one query."""
    found = {patient_id: Vitals() for patient_id in patient_ids}
    rows = CurrentValue.objects.filter(any_of("patient_id", list(found)), code__in=READ)
    for patient_id, code, value, at, quality in rows.values_list("patient_id", "code", "value", "at", "quality"):
        found[patient_id].values[code] = Measured(value, at, quality)
    return found
