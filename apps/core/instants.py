"""How a moment is written: ISO 8601 in UTC with Z, the one form of the API, the live stream and stored JSON."""

from datetime import UTC, datetime


def utc_text(at: datetime) -> str:
    """`at` (aware) as 2026-03-01T12:00:00.250Z, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def exact_utc_text(at: datetime) -> str:
    """`at` (aware) to the microsecond: for the bounds of a stretch of time and the first sample of a wave, which
    a thousandth of a second would move."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
