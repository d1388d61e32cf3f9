"""Frames and batches for the tests of ingest."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connections

from apps.core.tenancy import bind
from apps.devices.models import Device
from apps.devices.services import bind_device, provision
from apps.ingest.arrival import Arrival
from apps.ingest.connection import connect
from apps.ingest.pipeline import Intake
from apps.ingest.wire import encode
from apps.patients.models import Patient
from tests.personas import Hospital

BOOT = "9f3a61c0"
OPEN: list[Intake] = []
"""Closed after each test by conftest.py."""


def intake() -> tuple[Intake, list[tuple[str, bytes]]]:
    """An intake whose messages to devices are collected in the list."""
    sent: list[tuple[str, bytes]] = []
    OPEN.append(Intake(connect(), lambda topic, payload: sent.append((topic, payload))))
    return OPEN[-1], sent


def device(hospital: Hospital, patient: Patient | None = None, *, uid: str | None = None) -> Device:
    with bind(hospital.id):
        made = provision(model="Node", uid=uid).device
        if patient is not None:
            bind_device(device=made, patient=patient, since=datetime.now(UTC) - timedelta(days=30))
    return made


def frame(seq: int, *, t: float | None = None, boot: str = BOOT, **content: Any) -> dict[str, Any]:
    waves = {"ecg": {"rate": 250, "unit": "uV", "scale": 2.5, "offset": 0, "samples": [seq % 100] * 250}}
    body = {"waves": waves, "values": {"spo2": 97.0, "skin_temperature": 33.4}}
    return {"boot": boot, "seq": seq, "t": time.time() if t is None else t, **body, **content}


def arrival(uid: str, content: dict[str, Any] | bytes, *, at: datetime | None = None) -> Arrival:
    payload = content if isinstance(content, bytes) else encode(content, cbor=True)
    return Arrival(uid, f"bl/v1/{uid}/up/frame", payload, at or datetime.now(UTC))


def stored(query: str = "SELECT device_id, boot, seq FROM readings_frame", parameters: Sequence[Any] = ()) -> list[Any]:
    """Rows as the owner of the tables sees them, of every organization."""
    with connections["migrator"].cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()


def seqs_of(device_id: UUID) -> list[int]:
    return [row[0] for row in stored("SELECT seq FROM readings_frame WHERE device_id = %s ORDER BY 1", [device_id])]
