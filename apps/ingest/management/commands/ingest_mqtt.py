"""The ingest service: takes what devices publish into the database."""

import signal
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core.boot import refuse_unbound_roles
from apps.ingest.service import IngestService, NameTaken


class Command(BaseCommand):
    help = "Store what devices publish. Run as many as you like, each under its own name."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", required=True, help="stable: the broker keeps what arrives while it is away")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_unbound_roles()
        service = IngestService(options["name"])

        def stop(_signal: int, _frame: FrameType | None) -> None:
            service.stop()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        try:
            service.run()
        except NameTaken as error:
            raise CommandError(str(error)) from error
