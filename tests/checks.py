"""Checks that need Django and no service: `python -m tests.checks`. Ends with the first that fails."""

import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.static_settings"

import django
from django.core.management import call_command


def main() -> None:
    django.setup()
    call_command("check", fail_level="WARNING")
    call_command("makemigrations", check=True, dry_run=True)
    call_command("spectacular", validate=True, fail_on_warn=True, file=os.devnull)
    print("checks: Django, migrations and the API's schema hold", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    main()
