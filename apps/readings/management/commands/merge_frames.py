"""Merging, by hand."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.readings.housekeeping import merge_all
from apps.readings.merging import MERGE_AFTER, NEVER_BEFORE


class Command(BaseCommand):
    help = (
        "Merge what every organization has of frames (hours old) and of rollups (days old). Celery's beat does it too."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        hours = MERGE_AFTER / timedelta(hours=1)
        parser.add_argument("--older-than-hours", type=float, default=hours, help=f"by default {hours:g}")

    def handle(self, *args: Any, **options: Any) -> None:
        older_than = timedelta(hours=options["older_than_hours"])
        if older_than < NEVER_BEFORE:
            raise CommandError(f"nothing younger than {NEVER_BEFORE / timedelta(hours=1):g} hours is merged")
        moved = merge_all(older_than=older_than)
        merged = moved.merged
        self.stdout.write(
            f"{merged.frames} frames and {merged.derived} derived rows merged, of {merged.stretches} stretches; "
            f"{moved.rollups} rollups merged; {len(moved.emptied)} partitions emptied"
        )
