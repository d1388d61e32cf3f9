"""The service that the broker asks who a device is."""

import asyncio
import contextlib
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.core.boot import refuse_unbound_roles
from apps.devices.gatekeeper import Gatekeeper


class Command(BaseCommand):
    help = "Let devices into the broker by their credentials, and out when those end (NATS auth callout)."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.BROKER_CALLOUT_URL or not settings.BROKER_CALLOUT_SEED:
            raise CommandError("BROKER_CALLOUT_URL and BROKER_CALLOUT_SEED say which broker asks; they are not set")
        refuse_unbound_roles()
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(self._serve())

    async def _serve(self) -> None:
        task = asyncio.current_task()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, task.cancel)  # type: ignore[union-attr]
        await Gatekeeper(settings.BROKER_CALLOUT_URL, settings.BROKER_CALLOUT_SEED).run()
