"""The partitions of the next days, by hand."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.readings.partitions import make_partitions


class Command(BaseCommand):
    help = (
        "Make the partitions of yesterday, today and the next days, where they are missing. Celery's beat does it too."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        days = make_partitions()
        self.stdout.write(f"{len(days)} days have partitions, {days[0]} to {days[-1]}")
