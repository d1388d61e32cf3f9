"""One patient in front of the alarm engine, second by second, without a database."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from apps.alerts.engine import evaluate_patient
from apps.alerts.facts import Condition, DeviceFacts, Limit, Move, PatientFacts, Reading, Side
from apps.alerts.limits import by_condition
from apps.alerts.models import Priority, State
from apps.readings.freshness import freshness
from apps.readings.quantities import REGISTER

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def low(quantity: str, bound: float, *, delay_s: float = 10, hysteresis: float = 1, **other: Any) -> Limit:
    priority = other.pop("priority", Priority.MEDIUM)
    return Limit(quantity, Side.LOW, bound, priority, delay_s, hysteresis)


def high(quantity: str, bound: float, *, delay_s: float = 10, hysteresis: float = 1, **other: Any) -> Limit:
    priority = other.pop("priority", Priority.MEDIUM)
    return Limit(quantity, Side.HIGH, bound, priority, delay_s, hysteresis)


def device(uid: str = "node-1", **other: Any) -> DeviceFacts:
    """A device bound a minute before the start and heard at it."""
    facts: dict[str, Any] = {"bound_since": at(-60), "last_seen_at": at(0), **other}
    return DeviceFacts(id=uuid.uuid5(uuid.NAMESPACE_DNS, uid), uid=uid, name=uid, **facts)


@dataclass
class Scene:
    """`alerts` are the open ones by code; `moves` all that ever happened."""

    limits: Sequence[Limit] = ()
    devices: Sequence[DeviceFacts] = ()
    alerts: dict[str, Condition] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)

    def see(self, second: float, *readings: Reading) -> list[Move]:
        """One evaluation at a second of the scene."""
        by_code = {reading.code: reading for reading in readings}
        facts = PatientFacts(by_condition(self.limits), by_code, self.devices, list(self.alerts.values()))
        moves = evaluate_patient(facts, at(second))
        for move in moves:
            after = move.after if move.after.id else replace(move.after, id=uuid.uuid4())
            self.alerts[after.code] = after
            if after.state == State.RESOLVED:
                del self.alerts[after.code]
        self.moves += moves
        return moves

    def measure(self, second: float, *, measured_at: float | None = None, **values: float) -> list[Move]:
        """One evaluation with values that were measured just now (or at another second)."""
        return self.see(
            second, *(reading(code, value, second, measured_at=measured_at) for code, value in values.items())
        )

    def acknowledge(self, code: str) -> None:
        self.alerts[code] = replace(self.alerts[code], state=State.ACKNOWLEDGED)

    @property
    def transitions(self) -> list[State]:
        return [move.after.state for move in self.moves if move.reason]

    def state(self, code: str) -> State | None:
        return self.alerts[code].state if code in self.alerts else None


def reading(code: str, value: float, second: float, *, measured_at: float | None = None, **other: Any) -> Reading:
    """A current value as it stands at a second of the scene."""
    moment = at(second if measured_at is None else measured_at)
    fresh = freshness(REGISTER[code].expected_interval_s, at=moment, now=at(second))
    return Reading(code, value, moment, fresh, **other)
