"""`POST /data/ingest` as the original paper documents it: floats or lists of floats become frames, each call once."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from apps.core.tenancy import bind
from apps.devices.models import Device
from apps.ingest.http import data, endpoint
from apps.ingest.http.naming import BOOT_PREFIX
from apps.readings.quantities import REGISTER
from apps.readings.waves import physical, unpack
from tests.api.by_http import HttpDevice, http_device, last_tick
from tests.api.checks import fields_of, is_problem
from tests.factories import an_alert
from tests.held_clock import HeldClock
from tests.ingest.batches import stored
from tests.personas import World

INGEST = "/data/ingest"
ALL = {
    "ecg_data": [0.1, -0.25, 1.5],
    "ppg_data": [50211, 50190.5],
    "temperature_data": 33.4,
    "spo2_data": 97,
    "bioimpedance_data": 512.25,
}


@pytest.fixture
def node(world: World) -> HttpDevice:
    return http_device(world.north, world.north.alice)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> HeldClock:
    held = HeldClock(datetime.now(UTC).replace(microsecond=0))
    for module in (data, endpoint):
        monkeypatch.setattr(module, "SYSTEM_CLOCK", held)
    return held


def call(node: HttpDevice, body: Any, **headers: str) -> dict[str, Any]:
    answer = node.post(INGEST, body, **headers)
    assert answer.status_code == 200, answer.content
    told: dict[str, Any] = answer.json()
    assert told.keys() == {"status", "alert"}
    return told


def waves() -> dict[str, list[tuple[datetime, float, list[float]]]]:
    """Each stored wave: when it began, its rate, its physical values."""
    found: dict[str, list[Any]] = {}
    for t, block in stored("SELECT t, waves FROM readings_frame ORDER BY t"):
        for wave in unpack(bytes(block)):
            found.setdefault(wave.code, []).append((t, wave.rate_hz, np.round(physical(wave), 6).tolist()))
    return found


def values() -> list[tuple[datetime, str, float]]:
    numbers = {quantity.number: code for code, quantity in REGISTER.items()}
    rows = stored("SELECT t, unnest(value_codes), unnest(value_numbers) FROM readings_frame ORDER BY t, 2")
    return [(t, numbers[number], value) for t, number, value in rows]


def test_every_series_is_stored_in_our_units_and_ends_at_its_arrival(node: HttpDevice, clock: HeldClock) -> None:
    assert call(node, ALL)["status"] == "success"
    assert waves() == {
        "ecg": [(clock.at - timedelta(seconds=3 / 250), 250.0, [100.0, -250.0, 1500.0])],
        "ppg_infrared": [(clock.at - timedelta(seconds=2 / 100), 100.0, [50211.0, 50190.5])],
    }
    second_ago = clock.at - timedelta(seconds=1)
    assert values() == [
        (second_ago, "spo2", 97.0),
        (second_ago, "skin_temperature", 33.4),
        (second_ago, "impedance_50khz", 512.25),
    ]


def test_a_second_of_everything_is_one_frame(node: HttpDevice) -> None:
    call(node, {"ecg_data": [0.0] * 250, "ppg_data": [1] * 100, "spo2_data": 97.0})
    assert stored("SELECT count(*), max(duration_s) FROM readings_frame") == [(1, 1.0)]


def test_one_number_is_one_sample(node: HttpDevice) -> None:
    call(node, {"ecg_data": 0.5})
    assert [samples for _, _, samples in waves()["ecg"]] == [[500.0]]


def test_a_list_of_values_is_one_a_second_up_to_now(node: HttpDevice, clock: HeldClock) -> None:
    call(node, {"spo2_data": [95, 96, 97]})
    assert values() == [(clock.at - timedelta(seconds=3 - index), "spo2", 95.0 + index) for index in range(3)]


def test_the_rates_are_those_of_the_devices_model(world: World, node: HttpDevice) -> None:
    with bind(world.north.id):
        Device.objects.filter(pk=node.device.pk).update(model="MAX86150")
    call(node, {"ecg_data": [0.0] * 200, "ppg_data": [1] * 200})
    assert {wave[0][1] for wave in waves().values()} == {200.0}
    assert stored("SELECT count(*) FROM readings_frame") == [(1,)]


def test_waves_follow_on_although_their_arrivals_jitter(node: HttpDevice, clock: HeldClock) -> None:
    for late_s in (0.0, 0.2, -0.15, 0.3, 0.05):
        clock.move(1.0 + late_s)
        call(node, {"ecg_data": [0.0] * 250})
        clock.move(-late_s)
    starts = [t for t, _, _ in waves()["ecg"]]
    assert [(later - earlier).total_seconds() for earlier, later in pairwise(starts)] == [1.0] * 4


def test_what_was_not_sent_is_a_gap(node: HttpDevice, clock: HeldClock) -> None:
    for pause_s in (1.0, 4.0):
        clock.move(pause_s)
        call(node, {"ecg_data": [0.0] * 250})
    starts = [t for t, _, _ in waves()["ecg"]]
    assert (starts[1] - starts[0]).total_seconds() == 4.0


def test_single_samples_are_not_pushed_together(node: HttpDevice, clock: HeldClock) -> None:
    for _ in range(2):
        clock.move(1.0)
        call(node, {"ecg_data": 0.5})
    starts = [t for t, _, _ in waves()["ecg"]]
    assert (starts[1] - starts[0]).total_seconds() == 1.0


def test_without_a_key_each_call_is_new(node: HttpDevice) -> None:
    for _ in range(3):
        call(node, {"spo2_data": 97.0})
    assert stored("SELECT count(*) FROM readings_frame") == [(3,)]
    [(boot, received)] = stored("SELECT boot, received::text FROM ingest_ledger")
    assert boot.startswith(BOOT_PREFIX)
    assert received == "{[0,3)}"


def test_under_the_same_key_a_call_is_stored_once(node: HttpDevice, clock: HeldClock) -> None:
    key = {"Idempotency-Key": "6e1f3c9a-17"}
    for _ in range(3):
        assert call(node, ALL, **key)["status"] == "success"
        clock.move(30)
    assert stored("SELECT count(*) FROM readings_frame") == [(3,)]
    call(node, {"spo2_data": 97.0}, **{"Idempotency-Key": "another"})
    assert stored("SELECT count(*) FROM readings_frame") == [(4,)]


def test_a_key_is_the_devices_own(world: World, node: HttpDevice) -> None:
    other = http_device(world.north, world.north.bob)
    for device in (node, other):
        call(device, {"spo2_data": 97.0}, **{"Idempotency-Key": "1"})
    assert stored("SELECT count(DISTINCT device_id) FROM readings_frame") == [(2,)]


@pytest.mark.parametrize("key", ["", "a b", "ü", "x" * 256])
def test_a_key_that_is_none(node: HttpDevice, key: str) -> None:
    is_problem(node.post(INGEST, {"spo2_data": 97.0}, **{"Idempotency-Key": key}), 400)
    assert stored() == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body"),
        ({"spo2_data": "97"}, "spo2_data"),
        ({"spo2_data": True}, "spo2_data"),
        ({"spo2_data": []}, "spo2_data"),
        ({"spo2_data": [97, None]}, "spo2_data"),
        ({"spo2_data": 10**400}, "spo2_data"),
        ({"spo2_data": None}, "spo2_data"),
        ({"spo2_data": [97] * 61}, "spo2_data"),
        ({"ecg_data": [0.0] * (250 * 60 + 1)}, "ecg_data"),
        ({"ecg_data": 1e12}, "ecg_data"),
        ({"user": 7, "spo2_data": 97}, "user"),
    ],
)
def test_what_is_no_series_is_refused_by_name(node: HttpDevice, body: Any, field: str) -> None:
    assert field in fields_of(is_problem(node.post(INGEST, body), 400))
    assert stored() == []


@pytest.mark.parametrize("body", [b"[1", b"[]", b'{"spo2_data": NaN}'])
def test_a_body_that_is_no_object_of_json(node: HttpDevice, body: bytes) -> None:
    is_problem(node.post(INGEST, body), 400)


def test_what_cannot_be_true_is_quarantined_and_said(node: HttpDevice) -> None:
    told = call(node, {"spo2_data": 97.0, "temperature_data": 334.0})
    assert told["status"].startswith("partial: channel-range: skin_temperature")
    assert [code for _, code, _ in values()] == ["spo2"]
    assert call(node, {"temperature_data": 334.0})["status"].startswith("failure: ")
    assert stored("SELECT DISTINCT reason FROM ingest_quarantined") == [("channel-range",)]


def test_alert_says_whether_a_physiological_alert_is_on(world: World, node: HttpDevice) -> None:
    last_tick(world.north)
    assert call(node, {"spo2_data": 97.0})["alert"] is False
    an_alert(world.north.alice, code="lead_off", kind="technical")
    an_alert(world.north.alice, code="glucose_low", state="resolved")
    an_alert(world.north.alice, code="heart_rate_low", state="pending")
    an_alert(world.north.bob)
    assert call(node, {"spo2_data": 97.0})["alert"] is False
    an_alert(world.north.alice, state="acknowledged")
    assert call(node, {"spo2_data": 97.0})["alert"] is True


def test_alert_is_unknown_while_the_engine_does_not_run(world: World, node: HttpDevice) -> None:
    assert call(node, {"spo2_data": 97.0})["alert"] is None
    last_tick(world.north, ago=timedelta(minutes=1))
    assert call(node, {"spo2_data": 97.0})["alert"] is None


def test_alert_is_unknown_of_a_device_on_nobody(world: World) -> None:
    last_tick(world.north)
    assert call(http_device(world.north), {"spo2_data": 97.0}) == {"status": "success", "alert": None}
