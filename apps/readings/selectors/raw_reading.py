"""One number at one moment: as it is found, and as it is shown."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from apps.readings.origin import Origin
from apps.readings.quantities import by_number


class Found(msgspec.Struct, frozen=True, gc=False):
    """As rows and blocks have it. `tie` orders what is of one moment; `number` is the quantity's."""

    at: datetime
    tie: str
    number: int
    value: float
    origin: int
    quality: float
    device_id: UUID | None
    """None for what a person entered."""

    @property
    def key(self) -> tuple[datetime, str]:
        return self.at, self.tie


class RawReading(msgspec.Struct, frozen=True, gc=False):
    """In the register's unit. `device` is a uid."""

    code: str
    value: float
    unit: str
    at: datetime
    origin: str
    quality: float
    device: str | None
    tie: str


def raw_reading(found: Found, uids: Mapping[UUID, str]) -> RawReading:
    quantity = by_number(found.number)
    return RawReading(
        code=quantity.code,
        value=found.value,
        unit=quantity.unit,
        at=found.at,
        origin=Origin(found.origin).label,
        quality=round(found.quality, 3),
        device=uids.get(found.device_id) if found.device_id else None,
        tie=found.tie,
    )
