"""A device that has no MQTT, before the HTTP of the platform."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec
from django.http import HttpResponse
from django.test import Client

from apps.core.tenancy import bind
from apps.devices.models import Device, Purpose
from apps.devices.services import issue_credential
from apps.ingest.models import Shard
from apps.patients.models import Patient
from tests.factories import now
from tests.ingest.batches import device
from tests.ingest.claiming import all_due
from tests.personas import Hospital

FRAMES = "/api/v1/frames/"


def basic(uid: str, secret: str) -> str:
    return "Basic " + b64encode(f"{uid}:{secret}".encode()).decode()


@dataclass
class HttpDevice:
    device: Device
    secret: str
    client: Client

    @property
    def uid(self) -> str:
        return self.device.uid

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": basic(self.uid, self.secret)}

    def get(self, path: str) -> HttpResponse:
        return self.client.get(path, headers=self.headers)

    def post(self, path: str, body: Any, media_type: str = "application/json", **headers: str) -> HttpResponse:
        """`body`: bytes as they are, anything else as JSON."""
        data = body if isinstance(body, bytes) else msgspec.json.encode(body)
        return self.client.generic("POST", path, data, media_type, headers={**self.headers, **headers})

    def sends(self, body: Any, media_type: str = "application/json") -> dict[str, Any]:
        """The answer to frames that were taken."""
        answer = self.post(FRAMES, body, media_type)
        assert answer.status_code == 200, answer.content
        told: dict[str, Any] = answer.json()
        return told


def http_device(hospital: Hospital, patient: Patient | None = None, *, uid: str | None = None) -> HttpDevice:
    made = device(hospital, patient, uid=uid)
    with bind(hospital.id):
        secret = issue_credential(device=made, purpose=Purpose.DEVICE)
    return HttpDevice(made, secret, Client(enforce_csrf_checks=True))


def last_tick(hospital: Hospital, *, ago: timedelta = timedelta(seconds=1)) -> None:
    """The alarm engine has looked at the hospital's patients so long ago."""
    all_due()
    with bind(hospital.id):
        Shard.objects.update(ticked_at=now() - ago)


def acknowledged(boot: str, upto: int, also: tuple[int, ...] = (), **more: Any) -> dict[str, Any]:
    return {"boot": boot, "upto": upto, "also": list(also), **more}
