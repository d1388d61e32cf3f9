"""Who looks at a patient is told what changed, and now and then all of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from apps.core.tenancy import bind
from apps.readings import telling
from apps.readings.current import keep_current
from apps.readings.origin import Origin
from apps.readings.value import Value
from tests.personas import World

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, world: World) -> list[list[str]]:
    """The codes of each message, while Alice is looked at."""
    messages: list[list[str]] = []

    def publish(_group: str, message: dict[str, Any]) -> None:
        assert message["patient"] == str(world.north.alice.pk)
        messages.append([vital["code"] for vital in message["vitals"]])

    monkeypatch.setattr(telling, "publish", publish)
    monkeypatch.setattr(telling, "watched", lambda: {world.north.alice.pk})
    return messages


def test_what_changed_at_once_and_all_of_it_every_few_seconds(world: World, told: list[list[str]]) -> None:
    alice = world.north.alice
    rate = Value(alice.pk, "heart_rate", 72.0, NOW, Origin.DERIVED, "ecg", 1.0, uuid4(), "patch-1")
    weight = replace(rate, code="weight", value=70.0, source="sensor", origin=Origin.MEASURED)
    with bind(world.north.id):
        keep_current([rate, weight])
        for second in range(2 * telling.WHOLE_EVERY_S):
            telling.tell_vitals([alice.pk], [rate], now=NOW + timedelta(seconds=second))
    assert len(told) == 2 * telling.WHOLE_EVERY_S
    assert told.count(["heart_rate", "weight"]) == 2
    assert told.count(["heart_rate"]) == len(told) - 2


def test_nobody_is_told_of_whom_they_do_not_look_at(world: World, told: list[list[str]]) -> None:
    bob = world.north.bob
    with bind(world.north.id):
        telling.tell_vitals(
            [bob.pk], [Value(bob.pk, "spo2", 97.0, NOW, Origin.MEASURED, "sensor", 1.0, uuid4(), "x")], now=NOW
        )
    assert told == []
