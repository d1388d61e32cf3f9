"""Simulated bodies as devices: each speaks MQTT with a credential of its own, like any other device."""

import logging
import select
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
from django.conf import settings
from django.db import connections

from apps.core.clock import SYSTEM_CLOCK
from apps.core.errors import Conflict
from apps.core.tenancy import bind
from apps.demo.cast import Part
from apps.demo.device_client import DeviceClient
from apps.demo.people import house_of
from apps.devices.broker import tls_context
from apps.devices.models import Binding, Device, Purpose
from apps.devices.services import bind_device, issue_credential, provision, revoke
from apps.patients.models import Patient
from ml.physiology.scenarios import Bodies, Life
from ml.physiology.waveforms import SampledWave, WardWaves

logger = logging.getLogger(__name__)
CREDENTIAL_LASTS = timedelta(days=30)
MODEL = "BodyLink simulator"
LOCK_SEEN_TO_EVERY_S = 5


FULL_MV = 4150
EMPTY_MV = 3350


@dataclass(slots=True)
class Actor:
    """A simulated person on air: the device, what of the values it gives how often, and the body behind it."""

    part: Part
    life: Life
    wears: dict[str, int]
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


def cast(part: Part, patient: Patient, scenario: str) -> Actor:
    """The device of a simulated person, made where it is missing, with a fresh secret; not yet connected."""
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
    at = datetime.now(ZoneInfo(house_of(part).timezone))
    return Actor(part, part.life(scenario, at=at), part.wears(scenario), client)


def run(actors: list[Actor], stop: threading.Event, lock: OnlySimulator) -> None:
    """Let them live, second by second, until told to stop. What could not be sent is sent later. Raises Conflict when
    another simulator has taken their place."""
    for actor in actors:
        actor.client.start()
    second = int(time.time())
    bodies = Bodies([actor.life for actor in actors], second)
    ward = WardWaves([actor.life.seed for actor in actors], bodies.shown)
    try:
        while not stop.is_set():
            live(actors, bodies, ward)
            if second % LOCK_SEEN_TO_EVERY_S == 0:
                with suppress(psycopg.OperationalError):  # while there is no database nobody else can take it either
                    lock.hold()
            second += 1
            stop.wait(max(0.0, second + 1 - time.time()))
    finally:
        for actor in actors:
            actor.client.stop()


def live(actors: list[Actor], bodies: Bodies, ward: WardWaves) -> None:
    """One second of everybody: what has just passed is sent, and again what was not confirmed."""
    second = round(bodies.epoch_s)
    now = bodies.second()
    heard = ward.second(now.shown, now.faults)
    for row, actor in enumerate(actors):
        loose, battery_percent = bool(now.faults.lead_off[row]), round(float(now.battery_percent[row]))
        actor.client.send(
            float(second),
            waves={code: _as_sent(wave) for code, wave in heard.waves_of(row).items()},
            values=_due(actor, heard.values_of(row), second),
            battery={"percent": battery_percent, "mv": _millivolts(battery_percent), "charging": False},
            flags=["lead_off"] if loose else [],
        )
        actor.client.repeat_due()
        actor.seconds += 1


def _due(actor: Actor, values: dict[str, float], second: int) -> dict[str, float]:
    """Of what the sensors would give, what this person wears and what is due: all of it at first, later each in its
    turn, and not everybody's cuff in the same second."""
    turn = second + actor.part.number * 17
    return {
        code: values[code]
        for code, every_s in actor.wears.items()
        if code in values and (turn % every_s == 0 or not actor.seconds)
    }


def _as_sent(wave: SampledWave) -> dict[str, object]:
    """As the contract writes it, with samples that the encoder need not go through one by one."""
    return {
        "rate": wave.rate_hz, "unit": wave.unit, "scale": wave.scale, "offset": wave.offset, "samples": wave.samples
    }  # fmt: skip


def _millivolts(percent: int) -> int:
    return round(EMPTY_MV + (FULL_MV - EMPTY_MV) * percent / 100)
