"""What comes in by the broker (or by HTTP), and who sent it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from apps.ingest.clocks import Setting, Sighting
from apps.ingest.wire import Frame
from apps.readings.origin import Origin


class Receipt(NamedTuple):
    """By what an arrival is acknowledged to the broker: which of our connections, and the packet's id there."""

    connection: int
    packet_id: int


@dataclass(slots=True)
class Arrival:
    """A payload on a device's own topic. Without a receipt it did not come by the broker."""

    uid: str
    topic: str
    payload: bytes
    received_at: datetime
    receipt: Receipt | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time during which a device was on a patient; open where None."""

    lower: datetime | None
    upper: datetime | None
    patient_id: UUID

    def holds(self, moment: datetime) -> bool:
        return (self.lower is None or self.lower <= moment) and (self.upper is None or moment < self.upper)


@dataclass(frozen=True, slots=True)
class Sender:
    """A device as ingest knows it."""

    device_id: UUID
    organization_id: UUID
    uid: str
    hub_id: UUID | None
    origin: Origin
    periods: tuple[Period, ...] = ()
    clocks: Mapping[str, Sequence[Setting]] = field(default_factory=dict)
    """What is known of the clocks of its boots, where they were off; each by seq."""

    def patient_at(self, moment: datetime) -> UUID | None:
        """Whom the device was on at that moment. None: nobody."""
        for period in self.periods:
            if period.holds(moment):
                return period.patient_id
        return None

    def changes_near(self, moment: datetime, spread_s: float) -> bool:
        """Whether it was put on or taken off within so many seconds of that moment."""
        spread = timedelta(seconds=spread_s)
        changes = (at for period in self.periods for at in (period.lower, period.upper) if at is not None)
        return any(abs(at - moment) <= spread for at in changes)


@dataclass(slots=True)
class Entry:
    """A frame's line in the ledger."""

    arrival: Arrival
    sender: Sender
    boot: str
    seq: int
    oldest: int
    is_new: bool = field(default=False, init=False)
    origin: Origin = field(default=Origin.MEASURED, init=False)

    @property
    def key(self) -> tuple[str, str]:
        """The boot this frame belongs to."""
        return self.sender.uid, self.boot


@dataclass(slots=True)
class Reading(Entry):
    """A frame on its way into the database, with its corrected time and whom the device was on then."""

    frame: Frame
    t: datetime
    patient_id: UUID | None


class Doubt(NamedTuple):
    """A frame whose device's clock is off, corrected or waiting."""

    arrival: Arrival
    sender: Sender
    boot: str
    sighting: Sighting


@dataclass(slots=True)
class Refusal:
    """An arrival, or a channel of it, that goes to quarantine. `entry`, where the frame can be identified: once kept,
    the device may forget it. `kept` says whether quarantine had room."""

    arrival: Arrival
    reason: str
    detail: str
    sender: Sender | None = None
    entry: Entry | None = None
    kept: bool = field(default=False, init=False)
