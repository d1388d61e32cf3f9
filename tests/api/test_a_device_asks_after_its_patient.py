"""`GET /data/analyze` and `GET /data`: what is known of the patient that the device is on, and of nobody else."""

from datetime import timedelta

import pytest

from apps.audit.models import AuditEvent
from apps.core.tenancy import bind
from apps.devices.services import bind_device, unbind
from apps.patients.models import Patient
from tests.api.by_http import HttpDevice, http_device
from tests.factories import a_current_value, a_device, a_frame, derived, now
from tests.personas import World

ANALYZE, LAST = "/data/analyze", "/data"
NOTHING = {"heart_rate": None, "spo2": None, "hydration": None, "temperature": None, "simulated": False}


@pytest.fixture
def node(world: World) -> HttpDevice:
    return http_device(world.north, world.north.alice)


def test_what_is_known_is_told_and_the_rest_is_null(world: World, node: HttpDevice) -> None:
    a_current_value(world.north.alice, "heart_rate", 72.0, now())
    a_current_value(world.north.alice, "spo2", 97.0, now())
    a_current_value(world.north.alice, "skin_temperature", 33.4, now())
    a_current_value(world.north.bob, "hydration", 55.0, now())
    assert node.get(ANALYZE).json() == NOTHING | {"heart_rate": 72.0, "spo2": 97.0, "temperature": 33.4}


def test_the_core_is_told_before_the_skin_and_the_pulse_where_there_is_no_ecg(world: World, node: HttpDevice) -> None:
    a_current_value(world.north.alice, "pulse_rate", 71.0, now())
    a_current_value(world.north.alice, "skin_temperature", 33.4, now())
    a_current_value(world.north.alice, "core_temperature", 36.9, now())
    assert node.get(ANALYZE).json() == NOTHING | {"heart_rate": 71.0, "temperature": 36.9}


def test_a_value_that_is_lost_is_not_told_and_a_stale_one_is(world: World, node: HttpDevice) -> None:
    a_current_value(world.north.alice, "heart_rate", 72.0, now() - timedelta(seconds=20))
    a_current_value(world.north.alice, "spo2", 97.0, now() - timedelta(minutes=2))
    assert node.get(ANALYZE).json() == NOTHING | {"heart_rate": 72.0}


def test_of_nobody_nothing_is_known(world: World) -> None:
    node = http_device(world.north)
    assert node.get(ANALYZE).json() == NOTHING
    assert node.get(LAST).json() == []


def test_a_device_that_was_moved_asks_after_whom_it_is_on_now(world: World, node: HttpDevice) -> None:
    a_current_value(world.north.alice, "spo2", 91.0, now())
    a_current_value(world.north.bob, "spo2", 99.0, now())
    with bind(world.north.id):
        bind_device(device=node.device, patient=world.north.bob, since=now() - timedelta(minutes=1))
    assert node.get(ANALYZE).json()["spo2"] == 99.0
    with bind(world.north.id):
        unbind(device=node.device, at=now())
    assert node.get(ANALYZE).json() == NOTHING


def test_a_simulated_patient_is_said_to_be_one(world: World, node: HttpDevice) -> None:
    with bind(world.north.id):
        Patient.objects.filter(pk=world.north.alice.pk).update(simulated=True)
    assert node.get(ANALYZE).json() == NOTHING | {"simulated": True}


def test_the_last_ten_readings_are_told_the_latest_first(world: World, node: HttpDevice) -> None:
    other = a_device(world.north, "other-device", on=world.north.alice)
    at = now().replace(microsecond=0)
    for second in range(12):
        a_frame(world.north.alice, node.device, at - timedelta(seconds=12 - second), values={"spo2": 85.0 + second})
    a_frame(world.north.bob, node.device, at, values={"spo2": 50.0})
    derived(world.north.alice, other, at, {"heart_rate": 72.0})
    told = node.get(LAST).json()
    assert [reading["value"] for reading in told] == [72.0, *(96.0 - index for index in range(9))]
    assert told[0] == {
        "code": "heart_rate",
        "value": 72.0,
        "unit": "/min",
        "at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "origin": "derived",
        "quality": 0.9,
        "device": "other-device",
    }


def test_what_was_just_sent_is_among_the_last(node: HttpDevice) -> None:
    node.post("/data/ingest", {"spo2_data": 93.0})
    assert [(reading["code"], reading["value"]) for reading in node.get(LAST).json()] == [("spo2", 93.0)]


def test_a_look_at_the_patient_is_written_down_once_in_a_while(world: World, node: HttpDevice) -> None:
    for path in (ANALYZE, LAST, ANALYZE):
        node.get(path)
    with bind(world.north.id):
        (event,) = AuditEvent.objects.filter(action="read", patient_id=world.north.alice.pk)
    assert (event.device_id, event.user_id, event.detail) == (node.device.pk, None, {"door": "device"})
