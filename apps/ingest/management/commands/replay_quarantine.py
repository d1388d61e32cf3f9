"""Takes what is in quarantine once more, after a fix. Safe to interrupt, and to run again."""

from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.ingest.connection import connect
from apps.ingest.replaying import chosen, replay


class Command(BaseCommand):
    help = "Take once more what is in quarantine. What still cannot be taken stays there."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reason", help="only what is there for this reason: clock, channel-unit, ...")
        parser.add_argument("--device", metavar="UID", help="only what came on this device's topic")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with connect() as connection:
                ids = chosen(connection, reason=options["reason"], uid=options["device"])
                replayed = replay(connection, ids)
        except psycopg.OperationalError as error:
            raise CommandError(f"the database is away; run it again: {str(error).splitlines()[:1]}") from error
        self.stdout.write(f"{len(ids)} payloads: {replayed}")
