from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.accounts.roles import Role
from apps.core.tenancy import bind
from apps.readings.models import Rollup
from apps.readings.quantities import REGISTER
from apps.readings.selectors import trends
from tests.api.checks import listed
from tests.personas import World

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def a_rollup(world: World, start: datetime, *, minutes: int = 1, code: str = "spo2", mean: float = 96.5) -> None:
    with bind(world.north.id):
        Rollup.objects.create(
            organization_id=world.north.id,
            patient_id=world.north.alice.pk,
            quantity=REGISTER[code].number,
            minutes=minutes,
            start=start,
            count=60,
            minimum=95.0,
            total=60 * mean,
            maximum=98.0,
        )


def ask(world: World, **query: Any) -> Any:
    query = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in query.items()}
    return world.north.client(Role.CLINICIAN).get(f"/api/v1/patients/{world.north.alice.pk}/readings/", query)


def test_a_rollup_looks_as_documented(world: World) -> None:
    a_rollup(world, NOON)
    assert listed(ask(world, code="spo2", start=NOON, end=NOON + timedelta(hours=1), resolution="1m")) == [
        {"code": "spo2", "start": "2026-03-01T12:00:00.000Z", "count": 60, "min": 95.0, "mean": 96.5, "max": 98.0}
    ]


@pytest.mark.parametrize(("resolution", "mean"), [("1m", 91.0), ("15m", 92.0), ("1d", 93.0)])
def test_each_resolution_has_its_own(world: World, resolution: str, mean: float) -> None:
    midnight = NOON.replace(hour=0)
    for minutes, value in ((1, 91.0), (15, 92.0), (1440, 93.0)):
        a_rollup(world, midnight, minutes=minutes, mean=value)
    results = listed(ask(world, start=midnight, end=NOON, resolution=resolution))
    assert [bucket["mean"] for bucket in results] == [mean]


def test_those_that_overlap_the_stretch_of_time(world: World) -> None:
    for quarter in range(4):
        a_rollup(world, NOON + timedelta(minutes=15 * quarter), minutes=15, mean=90.0 + quarter)
    start, end = NOON + timedelta(minutes=20), NOON + timedelta(minutes=45)
    results = listed(ask(world, start=start, end=end, resolution="15m"))
    assert [bucket["mean"] for bucket in results] == [91.0, 92.0]


def test_thirty_days_by_quarters_come_in_one_page(world: World) -> None:
    assert trends.PAGE_SIZE >= 30 * 24 * 4


def test_page_by_page_forth_and_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trends, "PAGE_SIZE", 3)
    for minute in range(4):
        for code in ("spo2", "heart_rate"):
            a_rollup(world, NOON + timedelta(minutes=minute), code=code)
    first = ask(world, start=NOON, end=NOON + timedelta(hours=1), resolution="1m").json()
    client = world.north.client(Role.CLINICIAN)
    second = client.get(first["next"]).json()
    third = client.get(second["next"]).json()
    assert [len(page["results"]) for page in (first, second, third)] == [3, 3, 2]
    assert (first["previous"], third["next"]) == (None, None)
    seen = [(bucket["start"], bucket["code"]) for page in (first, second, third) for bucket in page["results"]]
    assert len(set(seen)) == 8
    assert client.get(third["previous"]).json()["results"] == second["results"]
    assert client.get(second["previous"]).json()["results"] == first["results"]
