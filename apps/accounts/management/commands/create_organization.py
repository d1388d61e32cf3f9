"""The first tenant and its first manager, outside the demo."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.services import create_organization
from apps.core.errors import DomainError


class Command(BaseCommand):
    help = "Make an organization and its first manager, who sets a password by the reset link of the sign-in page."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--name", required=True)
        parser.add_argument("--manager", required=True, metavar="EMAIL")
        parser.add_argument("--timezone", default="UTC")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            organization = create_organization(
                slug=options["slug"],
                name=options["name"],
                manager_email=options["manager"],
                timezone=options["timezone"],
            )
        except DomainError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(f"{organization.name} ({organization.slug}) is made; {options['manager']} manages it.")
