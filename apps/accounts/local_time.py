"""A moment in words, to the second, in the time zone in force: of the organization, in the admin."""

from datetime import datetime

from django.utils import timezone


def moment_text(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S") if at else "–"
