"""However much there is to show, an answer costs the same number of queries; and these few."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.roles import Role
from apps.core.tenancy import bind
from apps.patients.services import admit
from tests.factories import a_current_value, a_device, a_frame, a_wave, an_alert, an_observation, derived, now
from tests.personas import World

# Beyond these: session, account, memberships, units of the actor, the settings of the binder, savepoints.
OWN_QUERIES_AT_MOST = 6


def queries(client: Client, path: str) -> int:
    client.get(path)  # the first look at a patient writes an audit event
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    assert answer.status_code == 200, answer.content
    return len(captured)


def more_patients(world: World) -> None:
    with bind(world.north.id):
        for number in range(20):
            admit(unit_id=world.north.ward.pk, mrn=f"3{number:03}", given_name="Ann", family_name=f"N{number}")


def more_devices(world: World) -> None:
    for number in range(10):
        a_device(world.north, f"more-{number:04}", on=world.north.bob, heard=True)


def more_alerts(world: World) -> None:
    for number in range(20):
        an_alert(world.north.bob, code=f"more{number}", state="acknowledged")


def more_measurements(world: World) -> None:
    devices = [a_device(world.north, f"more-{number:04}") for number in range(5)]
    for code in ("spo2", "heart_rate", "glucose", "weight", "hydration"):
        a_current_value(world.north.alice, code, 50.0, now())
    for step, device in enumerate(devices):
        at = now() - timedelta(seconds=30 + step)
        a_frame(world.north.alice, device, at, values={"spo2": 97.0, "glucose": 5.0}, waves=[a_wave("ecg", [1] * 9)])
        derived(world.north.alice, device, at, {"heart_rate": 60.0})


def more_observations(world: World) -> None:
    for code in ("weight", "glucose", "consciousness"):
        an_observation(world.north.alice, code, 1.0)


ALICE = "/api/v1/patients/{alice}/"


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("/api/v1/patients/", more_patients),
        ("/api/v1/devices/", more_devices),
        ("/api/v1/alerts/", more_alerts),
        (f"{ALICE}vitals/", more_measurements),
        (f"{ALICE}readings/", more_measurements),
        (f"{ALICE}readings/?resolution=1m", more_measurements),
        (f"{ALICE}waveforms/?channel=ecg", more_measurements),
        (f"{ALICE}observations/", more_observations),
        (f"{ALICE}news2/", more_measurements),
        (f"{ALICE}twin/", more_measurements),
        (f"{ALICE}twin/forecast/", more_measurements),
    ],
)
def test_more_to_show_costs_no_more_queries(world: World, path: str, more: Callable[[World], Any]) -> None:
    path = path.format(alice=world.north.alice.pk)
    a_device(world.north, "node-0001", on=world.north.bob, heard=True)
    an_alert(world.north.bob)
    an_observation(world.north.alice)
    client = world.north.client(Role.CLINICIAN)
    base = queries(client, "/api/v1/organizations/current/")
    few = queries(client, path)
    more(world)
    assert queries(client, path) == few
    assert few <= base + OWN_QUERIES_AT_MOST
