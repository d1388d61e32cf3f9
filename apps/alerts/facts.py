"""What the alarm engine looks at and what it answers. Plain values: the engine knows no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Final
from uuid import UUID

from apps.alerts.models import Kind, Priority, State
from apps.readings.freshness import Freshness

RANK: Final = {Priority.LOW: 1, Priority.MEDIUM: 2, Priority.HIGH: 3}
GOOD_ENOUGH: Final = 0.5
"""A value of lower quality is evidence for nothing."""


class Side(Enum):
    LOW = "low"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Limit:
    """One side of a rule, in the register's unit. A value beyond `bound` breaches it; one that came back inside by
    `hysteresis` has recovered."""

    quantity: str
    side: Side
    bound: float
    priority: Priority
    delay_s: float
    hysteresis: float = 0.0

    def breached_by(self, value: float, *, held: bool) -> bool:
        """`held`: its alert is on already, so that the hysteresis counts."""
        margin = self.hysteresis if held else 0.0
        if self.side is Side.LOW:
            return value < self.bound + margin
        return value > self.bound - margin


@dataclass(frozen=True, slots=True)
class Reading:
    """The current value of one quantity. `source`: the wave it was derived from, `sensor` or `hand`. `course`: the
    values since the last evaluation, moment and number in order of time, this one at the end."""

    code: str
    value: float
    at: datetime
    freshness: Freshness
    quality: float = 1.0
    source: str = ""
    device_uid: str = ""
    course: Sequence[tuple[datetime, float]] = ()


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """A device that is on the patient now, as it was when last heard. `name` is what people call it."""

    id: UUID
    uid: str
    name: str
    bound_since: datetime
    last_seen_at: datetime | None = None
    flags: frozenset[str] = frozenset()
    battery_percent: float | None = None
    charging: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """An alert as the engine sees it. `onsets`: since when each priority's limit has been breached."""

    id: UUID | None
    code: str
    kind: Kind
    priority: Priority
    state: State
    since: datetime
    text: str
    device_id: UUID | None = None
    latched: bool = False
    onsets: Mapping[Priority, datetime] = field(default_factory=dict)
    value: float | None = None
    limit: float | None = None
    unit: str = ""

    @property
    def key(self) -> tuple[UUID | None, str]:
        return self.device_id, self.code

    def holds(self, priority: Priority) -> bool:
        """Whether the limit of this priority is one for which the alert is on."""
        on = self.state in (State.ACTIVE, State.ACKNOWLEDGED) and not self.latched
        return on and RANK[priority] <= RANK[self.priority]


class Evidence(Enum):
    PRESENT = "present"
    ABSENT = "absent"
    UNCERTAIN = "uncertain"  # for the moment nothing can be said
    UNMEASURED = "unmeasured"  # nothing has been measured for long, or the sensor is off
    GONE = "gone"  # the condition has no meaning any more: no rule, no device


@dataclass(frozen=True, slots=True)
class Sensed:
    """What the present says of one condition. `due`: the highest priority whose delay has passed."""

    code: str
    kind: Kind
    evidence: Evidence
    device_id: UUID | None = None
    reason: str = ""
    onsets: Mapping[Priority, datetime] = field(default_factory=dict)
    due: Priority | None = None
    value: float | None = None
    limit: float | None = None
    unit: str = ""
    text: str = ""

    @property
    def key(self) -> tuple[UUID | None, str]:
        return self.device_id, self.code


@dataclass(frozen=True, slots=True)
class Move:
    """A condition that opened (`before` is None) or changed. With a `reason` it is a transition, which is a row of its
    own; without one only its value, text or onsets changed."""

    before: Condition | None
    after: Condition
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PatientFacts:
    """All that is known of one patient at one moment. `limits` by condition; `open_alerts` are those not resolved."""

    limits: Mapping[str, Sequence[Limit]] = field(default_factory=dict)
    readings: Mapping[str, Reading] = field(default_factory=dict)
    devices: Sequence[DeviceFacts] = ()
    open_alerts: Sequence[Condition] = ()
