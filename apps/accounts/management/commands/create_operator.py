"""The platform's operator: makes organizations in the admin, and belongs to none."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.services import create_operator
from apps.core.errors import DomainError


class Command(BaseCommand):
    help = "Make somebody the platform's operator, who sets a password by the reset link of the sign-in page."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            operator = create_operator(email=options["email"])
        except DomainError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(f"{operator.email} is the platform's operator.")
