"""Stretches of time, read part by part in either direction."""

from dataclasses import dataclass
from datetime import datetime, timedelta

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """lower <= t < upper."""

    lower: datetime
    upper: datetime

    def or_none(self) -> "TimeSpan | None":
        """None where nothing lies in it."""
        return self if self.lower < self.upper else None

    def from_cursor(self, at: datetime, *, backwards: bool) -> "TimeSpan | None":
        """What is left of it for a page that goes on at a moment, that moment included."""
        if backwards:
            return TimeSpan(self.lower, self.upper if at >= self.upper else at + _INSTANT).or_none()
        return TimeSpan(max(self.lower, at), self.upper).or_none()

    def beyond(self, covered: "TimeSpan", *, backwards: bool) -> "TimeSpan | None":
        """What is left of it beyond a part of it."""
        left = TimeSpan(self.lower, covered.lower) if backwards else TimeSpan(covered.upper, self.upper)
        return left.or_none()
