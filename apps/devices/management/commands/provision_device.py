"""A device with credentials, printed once, when the broker already accepts them."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.selectors import organization_id_by_slug
from apps.core.clock import SYSTEM_CLOCK
from apps.core.errors import DomainError
from apps.core.tenancy import bind
from apps.devices.broker import topic_of, wait_until_accepted
from apps.devices.services import Provisioned, bind_device, provision
from apps.patients.models import Patient


class Command(BaseCommand):
    help = "Provision a device: prints its credentials once, when the broker accepts them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--patient", metavar="MRN", help="put it on this patient from now on")
        parser.add_argument("--model", required=True)
        parser.add_argument("--uid", help="the device's uid; made up when not given")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        organization_id = organization_id_by_slug(options["organization"])
        if organization_id is None:
            raise CommandError(f"there is no organization {options['organization']}")
        try:
            with bind(organization_id):
                made = self._provision(options)
            wait_until_accepted(made.device.uid, made.secret)
        except DomainError as error:
            raise CommandError(error.detail) from error
        self._print(made, as_json=options["json"])

    def _provision(self, options: dict[str, Any]) -> Provisioned:
        patient = None
        if options["patient"]:
            patient = Patient.objects.filter(mrn=options["patient"]).first()
            if patient is None:
                raise CommandError(f"there is no patient {options['patient']} in {options['organization']}")
        made = provision(model=options["model"], uid=options["uid"])
        if patient:
            bind_device(device=made.device, patient=patient, since=SYSTEM_CLOCK.now())
        return made

    def _print(self, made: Provisioned, *, as_json: bool) -> None:
        shown = {
            "device": made.device.uid,
            "username": made.device.uid,
            "password": made.secret,
            "topic": topic_of(made.device.uid),
        }
        if as_json:
            self.stdout.write(json.dumps(shown))
            return
        for name, value in shown.items():
            self.stdout.write(f"{name:9} {value}")
        self.stdout.write("The password is not kept: note it now.")
