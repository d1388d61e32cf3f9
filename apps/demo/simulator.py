"""Simulated bodies as devices: each speaks MQTT with a credential of its own, like any other device."""

import logging
import select
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import psycopg
from django.conf import settings
from django.db import connections

from apps.core.clock import SYSTEM_CLOCK
from apps.core.errors import Conflict
from apps.core.tenancy import bind
from apps.demo.cast import Condition, Part
from apps.demo.device_client import DeviceClient
from apps.devices.broker import tls_context
from apps.devices.models import Binding, Device, Purpose
from apps.devices.services import bind_device, issue_credential, provision, revoke
from apps.patients.models import Patient
from ml.physiology.waveforms import BodyConstants, Faults, PersonWaves

logger = logging.getLogger(__name__)
CREDENTIAL_LASTS = timedelta(days=30)
MODEL = "BodyLink simulator"
# Core temperature and blood pressure are spot readings, as a thermometer and a cuff give them.
CORE_EVERY_S = 30
CUFF_EVERY_S = 300
LEAD_OFF_LASTS_S = 12
LOCK_SEEN_TO_EVERY_S = 5


@dataclass(slots=True)
class Body:
    """A simulated person on air."""

    part: int
    condition: Condition
    waves: PersonWaves
    client: DeviceClient
    seconds: int = 0


class OnlySimulator:
    """Simulated people live once: two simulators would end each other's credentials for ever. A lock of the database,
    and so of a connection: it ends with that, and is taken anew when the database is back."""

    def __init__(self) -> None:
        self._connection: psycopg.Connection | None = None

    def hold(self) -> None:
        """Take the lock, or see that we still have it. Raises Conflict when another simulator has it, OperationalError
        while the database is away."""
        if self._connection is not None:
            # Asking would wait where the database stands still; what has ended can be read from.
            if not select.select([self._connection], [], [], 0)[0]:
                return
            self._connection.close()
            self._connection = None
        parameters = connections["default"].get_connection_params()
        names = ("host", "port", "dbname", "user", "password")
        connection = psycopg.connect(**{name: parameters[name] for name in names}, autocommit=True, connect_timeout=5)
        row = connection.execute("SELECT pg_try_advisory_lock(hashtext('bodylink-simulator'))").fetchone()
        if not row or not row[0]:
            connection.close()
            raise Conflict("A simulator runs already; `make demo PATIENTS=N` sets how many it lets live.")
        self._connection = connection


def embody(part: Part, patient: Patient, scenario: str) -> Body:
    """The device of a simulated person, made where it is missing, with a fresh secret; not yet connected."""
    condition = part.condition(scenario)
    with bind(patient.organization_id):
        device = Device.objects.filter(uid=part.device_uid).first()
        if device is None:
            device = provision(model=MODEL, uid=part.device_uid, simulated=True).device
        if not Binding.objects.filter(device=device, patient=patient, period__contains=SYSTEM_CLOCK.now()).exists():
            bind_device(device=device, patient=patient, since=SYSTEM_CLOCK.now())
        revoke(credentials=list(device.credentials.select_related("device").filter(revoked_at=None)))
        secret = issue_credential(
            device=device, purpose=Purpose.SIMULATOR, expires_at=SYSTEM_CLOCK.now() + CREDENTIAL_LASTS
        )
    host, port = settings.MQTT_PUBLIC_HOST, settings.MQTT_PUBLIC_PORT
    client = DeviceClient(part.device_uid, secret, host, port, tls=tls_context())
    return Body(part.number, condition, PersonWaves(constants_of(condition), seed=part.number), client)


def constants_of(condition: Condition) -> BodyConstants:
    """A condition as the waveform generator wants it."""
    return BodyConstants(
        heart_rate_per_min=condition.heart_rate_per_min,
        respiratory_rate_per_min=condition.respiratory_rate_per_min,
        spo2_percent=condition.spo2_percent,
        core_celsius=condition.core_celsius,
        skin_celsius=condition.skin_celsius,
        systolic_mmhg=condition.systolic_mmhg,
        diastolic_mmhg=condition.diastolic_mmhg,
    )


def run(bodies: list[Body], stop: threading.Event, lock: OnlySimulator) -> None:
    """Let them live, second by second, until told to stop. What could not be sent is sent later. Raises Conflict when
    another simulator has taken their place."""
    for body in bodies:
        body.client.start()
    second = int(time.time())
    try:
        while not stop.is_set():
            for body in bodies:
                speak(body, second)
            if second % LOCK_SEEN_TO_EVERY_S == 0:
                with suppress(psycopg.OperationalError):  # while there is no database nobody else can take it either
                    lock.hold()
            second += 1
            stop.wait(max(0.0, second + 1 - time.time()))
    finally:
        for body in bodies:
            body.client.stop()


def speak(body: Body, second: int) -> None:
    """Send the second that has just passed, and again what was not confirmed."""
    loose = _electrode_is_loose(body.condition, second)
    heard = body.waves.second(float(second), faults=Faults(lead_off=loose))
    values = dict(heard.values)
    if body.seconds and second % CORE_EVERY_S:
        values.pop("core_temperature", None)
    if body.seconds and (second + body.part * 17) % CUFF_EVERY_S:
        values.pop("systolic_pressure", None)
        values.pop("diastolic_pressure", None)
    body.client.send(
        float(second),
        waves={code: wave.as_contract() for code, wave in heard.waves.items()},
        values=values,
        battery={"percent": round(body.condition.battery_percent), "mv": 3900, "charging": False},
        flags=["lead_off"] if loose else [],
    )
    body.client.repeat_due()
    body.seconds += 1


def _electrode_is_loose(condition: Condition, second: int) -> bool:
    return bool(condition.lead_off_every_s) and second % condition.lead_off_every_s < LEAD_OFF_LASTS_S
