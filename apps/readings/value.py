"""One value of one quantity of one patient, with where it comes from."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from apps.readings.origin import Origin
from apps.readings.quantity import HAND, SENSOR


@dataclass(frozen=True, slots=True)
class Value:
    """`value` is in the register's unit. `source` is the register's name of it: the wave it was derived from, `sensor`
    where the device reported it, `hand` where a person did."""

    patient_id: UUID
    code: str
    value: float
    at: datetime
    origin: Origin
    source: str
    quality: float
    device_id: UUID
    device_uid: str

    def of_quality(self, quality: float) -> "Value":
        """The same, believed as far as this."""
        return replace(self, quality=quality)

    @property
    def is_computed(self) -> bool:
        """Whether we computed it from a wave."""
        return self.source not in (SENSOR, HAND)
