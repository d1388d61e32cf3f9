"""Simulated bodies as devices through MQTT."""

import signal
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core.errors import DomainError
from apps.demo.cast import MIXED
from apps.demo.people import admit_cast
from apps.demo.simulator import OnlySimulator, cast, run
from apps.demo.telling import Teller
from ml.physiology.scenarios import SCENARIOS


class Command(BaseCommand):
    help = "Let simulated patients live; every screen labels them as simulated."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--patients", type=int, required=True, metavar="N")
        parser.add_argument("--scenario", default=MIXED, choices=[MIXED, *SCENARIOS], metavar="S")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["patients"] < 1:
            raise CommandError("--patients: there is nobody to simulate")
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        try:
            lock = OnlySimulator()
            lock.hold()
            people = admit_cast(options["patients"])
            actors = [cast(part, patient, options["scenario"]) for part, patient in people.items()]
            self.stdout.write(f"{len(actors)} simulated bodies live ({options['scenario']})")
            told = [(actor.part, people[actor.part], actor.life) for actor in actors]
            threading.Thread(target=Teller(told, time.time()).run, args=(stop,), name="teller", daemon=True).start()
            run(actors, stop, lock)
        except DomainError as error:
            raise CommandError(error.detail) from error
