"""Everything, live, on a bare machine: what `make demo` runs."""

import json
import os
import socket
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.demo import processes
from apps.demo.cast import MIXED
from apps.demo.environment import OPENED, leave_environment
from apps.demo.people import Account, admit_cast, settle
from apps.demo.rounds import make_rounds
from apps.demo.services.embedded import EmbeddedServices
from apps.demo.services.errors import ServiceError, StopRequested
from apps.demo.services.secret_file import write_private
from apps.demo.services.supervisor import Supervisor
from ml.physiology.scenarios import SCENARIOS

# Everything of 127.0.0.0/8 and ::1; another address serves a network, whose names for us we cannot know.
LOOPBACK = ("127.", "localhost", "::1")


class Command(BaseCommand):
    help = "Start the embedded services and the platform with simulated patients; Ctrl-C stops all of it."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--patients", type=int, default=12, metavar="N")
        parser.add_argument("--port", type=int, default=8000, metavar="P")
        parser.add_argument(
            "--bind", default="127.0.0.1", metavar="ADDRESS", help="a real device needs more than loopback"
        )
        parser.add_argument("--scenario", default=MIXED, choices=[MIXED, *SCENARIOS], metavar="S")
        parser.add_argument("--state", type=Path, metavar="DIRECTORY", help="where state is kept; .bodylink here")
        parser.add_argument("--exit-after", type=float, metavar="SECONDS", help="stop by itself, this long after ready")

    def handle(self, *args: Any, **options: Any) -> None:
        if not OPENED:
            raise CommandError("DATABASE_URL is set: the demo brings its own services, so run it without")
        services = OPENED[0]
        self.state = services.layout.root
        _refuse_taken_port(options["bind"], options["port"])
        if not options["bind"].startswith(LOOPBACK):
            os.environ.setdefault("ALLOWED_HOSTS", "*")
        try:
            self._serve(services, options)
        except StopRequested:
            pass
        except ServiceError as error:
            raise CommandError(str(error)) from error
        finally:
            (self.state / "run.json").unlink(missing_ok=True)
            services.close()
        self.stdout.write("BodyLink has stopped.")

    def _serve(self, services: EmbeddedServices, options: dict[str, Any]) -> None:
        with Supervisor(services.children(), services.layout.logs, inherit=services.inherit) as supervisor:
            supervisor.start()
            leave_environment(services)
            for once in (processes.migration(), processes.static_files()):
                if supervisor.run_to_end(once):
                    raise CommandError(f"{once.name} failed: see {services.layout.logs / once.name}.log")
            accounts = settle(services.secrets.get("demo-password")[:16])
            make_rounds(admit_cast(options["patients"]))
            for child in processes.platform(
                bind=options["bind"],
                port=options["port"],
                state=self.state,
                patients=options["patients"],
                scenario=options["scenario"],
            ):
                supervisor.add(child)
            self._tell(options["bind"], options["port"], accounts)
            supervisor.run_until(exit_after=options["exit_after"])

    def _tell(self, bind: str, port: int, accounts: list[Account]) -> None:
        """Say on the screen and in run.json where everything is."""
        web = f"http://{bind}:{port}"
        run = {
            "web": web,
            "mqtt": {"host": settings.MQTT_PUBLIC_HOST, "port": settings.MQTT_PUBLIC_PORT},
            "database_url": os.environ["DATABASE_URL"],
            "redis_url": settings.REDIS_URL,
            "accounts": [{k: v for k, v in asdict(account).items() if v is not None} for account in accounts],
        }
        write_private(self.state / "run.json", json.dumps(run, indent=1))
        self.stdout.write(f"\nBodyLink is ready: {web}\n")
        self.stdout.write(f"Everybody's password: {accounts[0].password}\n")
        for account in accounts:
            self.stdout.write(f"  {account.email:34} {account.role}")
        self.stdout.write("\nAll patients are simulated. This is not a medical device. Ctrl-C stops everything.")
        self.stdout.flush()


def _refuse_taken_port(bind: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in bind else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except OSError as error:
            raise CommandError(
                f"port {port} of {bind} cannot be used ({error.strerror}): try `make demo PORT=…`"
            ) from error
