"""Checks every part. Exit 0 only if all hold."""

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.core.health import run_all


class Command(BaseCommand):
    help = "Check every part of a running BodyLink; exit 0 only if all hold."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        found = run_all()
        well = all(health.ok for health in found.values())
        if options["json"]:
            checks = {name: asdict(health) for name, health in found.items()}
            self.stdout.write(json.dumps({"ok": well, "checks": checks}, indent=1))
        else:
            for name, health in found.items():
                self.stdout.write(f"{'ok ' if health.ok else 'NOT'} {name:20} {health.detail}")
        if not well:
            sys.exit(1)
