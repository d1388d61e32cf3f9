"""Plays a WFDB record through MQTT as a device would, marked as replayed."""

import secrets
import signal
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core.clock import SYSTEM_CLOCK
from apps.core.errors import DomainError, NotFound
from apps.core.tenancy import bind
from apps.demo.device_client import DeviceClient
from apps.demo.recording import Recording, read_recording
from apps.devices.broker import tls_context, wait_until_accepted
from apps.devices.models import Credential, Device, Purpose
from apps.devices.selectors import Whose, whose_device
from apps.devices.services import issue_credential, revoke, verifier_of
from apps.ingest.services import declare_boot
from apps.readings.origin import Origin

CONFIRMED_WITHIN_S = 60.0


class Command(BaseCommand):
    help = "Play a WFDB record as a device, in real time or sped up; its data is marked replayed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="of the record, without extension")
        parser.add_argument("--device", required=True, metavar="UID")
        parser.add_argument("--speed", type=float, default=1.0, metavar="X", help="sped up, it is stamped to end now")
        parser.add_argument("--lead", metavar="NAME", help="the signal to play as ECG; the first one when not given")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["speed"] <= 0:
            raise CommandError("--speed is a number above 0")
        try:
            recording = read_recording(options["path"], lead=options["lead"])
            self._play(recording, options["device"], options["speed"])
        except DomainError as error:
            raise CommandError(error.detail) from error

    def _play(self, recording: Recording, uid: str, speed: float) -> None:
        whose = whose_device(uid)
        if whose is None:
            raise NotFound(f"There is no device {uid}.")
        boot = secrets.token_hex(4)
        secret = _borrow(whose, boot, lasts_s=recording.duration_s / speed)
        host, port = settings.MQTT_PUBLIC_HOST, settings.MQTT_PUBLIC_PORT
        client = DeviceClient(uid, secret, host, port, boot=boot, tls=tls_context())
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        try:
            wait_until_accepted(uid, secret)
            client.start()
            sent = self._send(recording, client, speed, stop)
            confirmed = client.wait_until_confirmed(CONFIRMED_WITHIN_S)
            self.stdout.write(f"{sent} frames of {recording.name} sent as {uid}, {client.unconfirmed} unconfirmed.")
            if not confirmed:
                raise CommandError("not all frames were confirmed: is ingest running?")
        finally:
            client.stop()
            _give_back(whose, secret)

    def _send(self, recording: Recording, client: DeviceClient, speed: float, stop: threading.Event) -> int:
        """Send each second when it is over; sped up, the times are such that the last second ends now."""
        started = time.time()
        origin = started + recording.duration_s / speed - recording.duration_s
        leads = ", ".join(f"{track.name} as {track.code}" for track in recording.tracks)
        self.stdout.write(f"playing {recording.name} ({leads}), {recording.duration_s:.0f} s at {speed:g} x")
        for second, waves in enumerate(recording.frames()):
            if stop.wait(max(0.0, started + (second + 1) / speed - time.time())):
                return second
            client.send(origin + second, waves=waves)
            client.repeat_due()
        return second + 1


def _borrow(whose: Whose, boot: str, *, lasts_s: float) -> str:
    """A temporary credential of the replay's own, and the word that this boot is replayed."""
    with bind(whose.organization_id):
        device = Device.objects.get(pk=whose.device_id)
        declare_boot(device=device, boot=boot, origin=Origin.REPLAYED)
        expires_at = SYSTEM_CLOCK.now() + timedelta(seconds=lasts_s + 2 * CONFIRMED_WITHIN_S)
        return issue_credential(device=device, purpose=Purpose.REPLAY, expires_at=expires_at)


def _give_back(whose: Whose, secret: str) -> None:
    with bind(whose.organization_id):
        credentials = Credential.objects.select_related("device")
        revoke(credentials=list(credentials.filter(verifier=verifier_of(secret))))
