"""How a moment is written: ISO 8601 in UTC with Z, the one form of the API, the live stream and stored JSON."""

from datetime import UTC, datetime


def utc_text(at: datetime) -> str:
    """`at` (aware) as 2026-03-01T12:00:00.250Z, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
