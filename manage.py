#!/usr/bin/env python3
"""The command line of BodyLink. Without DATABASE_URL it speaks to the embedded services of `.bodylink/`."""

import os
import sys
from pathlib import Path

from apps.demo.environment import use_embedded_services


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bodylink.settings")
    if "DATABASE_URL" not in os.environ:
        use_embedded_services(Path(__file__).resolve().parent / ".bodylink", sys.argv[1:])

    # Imported late: Django reads the environment that was just settled.
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
