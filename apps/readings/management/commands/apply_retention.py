"""Retention, by hand."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.readings.housekeeping import retain_all


class Command(BaseCommand):
    help = "Let go of what each organization keeps no longer. Celery's beat does it too."

    def handle(self, *args: Any, **options: Any) -> None:
        kept = retain_all()
        gone = kept.expired
        self.stdout.write(
            f"{len(kept.dropped)} partitions dropped; {gone.wave_blocks} blocks of waves, "
            f"{gone.value_blocks} of values, {gone.rollup_blocks} of rollups and {gone.rollups} rollups deleted"
        )
