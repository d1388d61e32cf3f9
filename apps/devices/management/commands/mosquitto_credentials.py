"""The service that keeps a Mosquitto's password file."""

import signal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core.boot import refuse_unbound_roles
from apps.devices.mosquitto_keeper import MosquittoKeeper


class Command(BaseCommand):
    help = "Let devices into Mosquitto by their credentials, and out when those end: writes its password file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--password-file", type=Path, required=True, metavar="PATH")
        parser.add_argument("--pid-file", type=Path, required=True, metavar="PATH", help="of the broker")

    def handle(self, *args: Any, **options: Any) -> None:
        if "ingest" not in settings.DATABASES:
            raise CommandError("DATABASE_INGEST_URL is not set: credentials are read as the ingest role")
        refuse_unbound_roles()
        try:
            keeper = MosquittoKeeper(
                password_file=options["password_file"], pid_file=options["pid_file"], platform_url=settings.MQTT_URL
            )
        except ValueError as error:
            raise CommandError(str(error)) from error
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: keeper.stop())
        keeper.run()
