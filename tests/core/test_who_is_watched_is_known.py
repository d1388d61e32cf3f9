"""Marks in Redis that run out, a cache of a second, and an outage that is outlived."""

import time
import uuid
from typing import Any

import pytest
import redis

from apps.core import watch as module
from apps.core.watch import Watched, watch


def test_a_patient_who_is_marked_is_watched(services: None) -> None:
    patients = {uuid.uuid4(), uuid.uuid4()}
    watch(patients)
    assert Watched()() >= patients
    assert uuid.uuid4() not in Watched()()


def test_a_mark_that_is_not_repeated_runs_out(services: None, monkeypatch: pytest.MonkeyPatch) -> None:
    patient = uuid.uuid4()
    watched = Watched()
    watch([patient])
    assert patient in watched()
    past_its_end = time.time() + module.LASTS_S + 1
    monkeypatch.setattr(time, "time", lambda: past_its_end)
    assert patient not in watched()
    assert patient not in Watched()()


def test_redis_is_asked_once_a_second(services: None, monkeypatch: pytest.MonkeyPatch) -> None:
    watched, now = Watched(), [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    watched()
    patient = uuid.uuid4()
    watch([patient])
    assert patient not in watched()
    now[0] += module.CACHED_S
    assert patient in watched()


class Away:
    """A Redis that does not answer."""

    def zrangebyscore(self, *arguments: Any, **options: Any) -> Any:
        raise redis.ConnectionError("nobody answers")

    pipeline = zrangebyscore


def test_while_redis_is_away_the_last_answer_counts_until_it_runs_out(
    services: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched, patient = Watched(), uuid.uuid4()
    watch([patient])
    assert patient in watched()
    monkeypatch.setattr(module, "_redis", Away())
    monkeypatch.setattr(module, "CACHED_S", 0.0)
    assert patient in watched()
    past_its_end = time.time() + module.LASTS_S + 1
    monkeypatch.setattr(time, "time", lambda: past_its_end)
    assert watched() == set()


def test_marking_while_redis_is_away_raises_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_redis", Away())
    watch([uuid.uuid4()])
    assert Watched()() == set()
