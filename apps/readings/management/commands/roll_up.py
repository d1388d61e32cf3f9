"""Rolling up, by hand."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.readings.housekeeping import roll_up_all


class Command(BaseCommand):
    help = "Bring the trends of every organization up to date, late data included. Celery's beat does it too."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{roll_up_all()} minutes made, each of one patient and quantity")
