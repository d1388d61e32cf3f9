"""The tick tells who looks at a patient how they score: when it changes, and every so often; to nobody else."""

from datetime import timedelta
from typing import Any

import pytest

from apps.core.tenancy import bind
from apps.readings.messages import patient_group
from apps.scores import telling
from tests.factories import a_current_value, now
from tests.personas import World


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    messages: list[tuple[str, Any]] = []
    monkeypatch.setattr(telling, "publish", lambda group, message: messages.append((group, message)))
    monkeypatch.setattr(telling, "_told", {})
    return messages


def test_a_change_is_told_once_and_repeated_after_a_while(world: World, said: list[tuple[str, Any]]) -> None:
    alice, moment = world.north.alice, now()
    a_current_value(alice, "heart_rate", 60.0, moment)
    with bind(world.north.id):
        telling.tell_scores([alice.pk], now=moment)
        telling.tell_scores([alice.pk], now=moment + timedelta(seconds=1))
        assert len(said) == 1
        telling.tell_scores([alice.pk], now=moment + timedelta(seconds=16))
        assert len(said) == 2
        telling.tell_scores([alice.pk], now=moment + timedelta(minutes=6))
    assert [message["news2"]["missing"].count("Pulse") for _, message in said] == [0, 0, 1]
    assert {group for group, _ in said} == {patient_group(alice.pk)}


def test_where_nobody_looks_nothing_is_computed(
    world: World, said: list[tuple[str, Any]], django_assert_num_queries: Any
) -> None:
    with bind(world.north.id), django_assert_num_queries(0):
        telling.tell_scores([], now=now())
    assert said == []
