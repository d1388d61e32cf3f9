"""`GET patients/{id}/news2/history/`: by the quarter of an hour, out of what was measured and entered."""

from datetime import datetime, timedelta
from typing import Any

from apps.accounts.roles import Role
from apps.core.tenancy import bind
from apps.patients.models import Patient
from apps.readings.models import Rollup
from apps.readings.rollup_blocks import merge_rollups
from tests.api.checks import fields_of, is_problem
from tests.api.test_observations_are_entered_by_hand import enter
from tests.api.test_what_was_entered_in_error_counts_for_nothing import mark
from tests.factories import now
from tests.personas import World
from tests.readings.stored import At
from tests.scores.test_what_is_not_usual_is_said import quarter

SENSED = {"heart_rate": 95.0, "spo2": 97.0, "respiratory_rate": 15.0, "core_temperature": 37.0}
BY_HAND = [("consciousness", "A"), ("supplemental_oxygen", 0), ("systolic_pressure", 120)]


def history(world: World, patient: Patient, **query: int) -> list[dict[str, Any]]:
    answer = world.north.client(Role.CLINICIAN).get(f"/api/v1/patients/{patient.pk}/news2/history/", query)
    assert answer.status_code == 200, answer.content
    scores: list[dict[str, Any]] = answer.json()["scores"]
    return scores


def beginning_of_quarter(ago: timedelta) -> datetime:
    at = now() - ago
    return at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)


def sensed(patient: Patient, *, hours: float) -> None:
    begin = beginning_of_quarter(timedelta(hours=hours))
    with bind(patient.organization_id):
        Rollup.objects.bulk_create(
            quarter(patient, code, begin + timedelta(minutes=15 * step), value)
            for code, value in SENSED.items()
            for step in range(int(hours * 4) + 1)
        )


def by_hand(world: World, patient: Patient, *, ago: timedelta) -> dict[str, Any]:
    body = {"at": (now() - ago).isoformat(), "observations": [{"code": c, "value": v} for c, v in BY_HAND]}
    entered: dict[str, Any] = enter(world.north.client(Role.CLINICIAN), patient, body).json()
    return entered


def test_it_is_a_range_until_the_round_and_again_six_hours_after_it(world: World) -> None:
    alice = world.north.alice
    sensed(alice, hours=10)
    by_hand(world, alice, ago=timedelta(hours=8))
    scores = history(world, alice, hours=10)
    assert len(scores) == 40
    ranges = [(score["lowest"], score["highest"]) for score in scores]
    assert ranges[0] == (1, 9)
    assert ranges[12] == (1, 1)
    assert ranges[-1] == (1, 9)
    assert 22 <= ranges.count((1, 1)) <= 24


def test_what_was_entered_in_error_is_not_in_it(world: World) -> None:
    alice = world.north.alice
    sensed(alice, hours=3)
    entered = by_hand(world, alice, ago=timedelta(hours=2))
    assert history(world, alice, hours=1)[-1]["highest"] == 1
    (pressure,) = [each["id"] for each in entered["observations"] if each["code"] == "systolic_pressure"]
    mark(world.north.client(Role.CLINICIAN), alice, pressure)
    assert history(world, alice, hours=1)[-1]["highest"] == 4


def test_days_that_were_merged_are_in_it(world: World) -> None:
    """Three days are asked for; of rows there are two and what has gone by of this one."""
    sensed(world.north.alice, hours=72)
    before = history(world, world.north.alice, hours=72)
    assert {score["highest"] for score in before} == {9}
    merge_rollups(world.north.id, clock=At(now() + timedelta(hours=23)))
    assert history(world, world.north.alice, hours=72) == before


def test_where_nothing_was_measured_it_is_anything(world: World) -> None:
    scores = history(world, world.north.bob)
    assert len(scores) == 96
    assert {(score["lowest"], score["highest"]) for score in scores} == {(0, 20)}


def test_where_it_does_not_apply_there_is_none_and_its_length_is_bounded(world: World) -> None:
    client, path = world.north.client(Role.CLINICIAN), f"/api/v1/patients/{world.north.alice.pk}/news2/"
    client.post(f"{path}decisions/", {"pregnant": True, "reason": "24th week"}, "application/json")
    assert history(world, world.north.alice) == []
    for hours in (0, 73, "x"):
        assert fields_of(is_problem(client.get(f"{path}history/", {"hours": hours}), 400)) == {"hours"}
