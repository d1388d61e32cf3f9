"""With Mosquitto, `doctor` is not content before somebody keeps its credentials, and the broker has been told."""

from collections.abc import Iterator
from typing import Any

import pytest

from apps.devices import keeper_life
from apps.devices.checks import broker_knows_who_may_come_in

RUNS = {"told": True, "devices": 3, "without": 0}


@pytest.fixture(autouse=True)
def nobody(services: None) -> Iterator[None]:
    keeper_life._redis.delete(keeper_life.KEY)
    yield
    keeper_life._redis.delete(keeper_life.KEY)


def test_a_broker_that_asks_needs_no_keeper() -> None:
    assert broker_knows_who_may_come_in().ok


def test_without_a_keeper_it_is_not_well(settings: Any) -> None:
    settings.MQTT_BROKER = "mosquitto"
    assert not broker_knows_who_may_come_in().ok


@pytest.mark.parametrize(
    ("sign", "ok", "says"),
    [
        ({}, True, "3 devices may come in"),
        ({"told": False}, False, "was not told"),
        ({"without": 2}, False, "2 devices need a new secret"),
    ],
)
def test_what_the_keeper_says_is_handed_on(settings: Any, sign: dict[str, Any], ok: bool, says: str) -> None:
    settings.MQTT_BROKER = "mosquitto"
    keeper_life.beat(**{**RUNS, **sign})
    health = broker_knows_who_may_come_in()
    assert health.ok is ok
    assert says in health.detail


def test_a_sign_from_long_ago_is_none(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MQTT_BROKER = "mosquitto"
    keeper_life.beat(**RUNS)
    monkeypatch.setattr(keeper_life, "SILENT_AFTER_S", 0.0)
    assert not broker_knows_who_may_come_in().ok
