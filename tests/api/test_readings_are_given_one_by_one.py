from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.accounts.roles import Role
from apps.readings.origin import Origin
from apps.readings.selectors import raw
from tests.api.checks import fields_of, is_problem, listed
from tests.factories import a_device, a_frame, derived
from tests.personas import World

NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)


def text(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def ask(world: World, *, role: Role = Role.CLINICIAN, **query: Any) -> Any:
    query = {name: text(value) if isinstance(value, datetime) else value for name, value in query.items()}
    return world.north.client(role).get(f"/api/v1/patients/{world.north.alice.pk}/readings/", query)


def test_measured_and_derived_ones_by_time(world: World) -> None:
    device = a_device(world.north, "node-0001", on=world.north.alice)
    a_frame(world.north.alice, device, NOON, values={"spo2": 97.0, "glucose": 5.5})
    a_frame(world.north.alice, device, NOON + timedelta(seconds=1), values={"spo2": 96.0}, origin=Origin.REPLAYED)
    derived(world.north.alice, device, NOON, {"heart_rate": 71.5}, quality=0.9)
    results = listed(ask(world, start=NOON, end=NOON + timedelta(minutes=1)))
    assert [(reading["code"], reading["value"]) for reading in results] == [
        ("spo2", 97.0),
        ("heart_rate", 71.5),
        ("glucose", 5.5),
        ("spo2", 96.0),
    ]
    assert results[1] == {
        "code": "heart_rate",
        "value": 71.5,
        "unit": "/min",
        "at": f"{NOON:%Y-%m-%dT%H:%M:%S}.000Z",
        "origin": "derived",
        "quality": 0.9,
        "device": "node-0001",
    }
    assert (results[0]["origin"], results[0]["quality"], results[3]["origin"]) == ("measured", 1.0, "replayed")


def test_the_start_is_in_and_the_end_is_out(world: World) -> None:
    device = a_device(world.north, "node-0001", on=world.north.alice)
    for second in range(4):
        a_frame(world.north.alice, device, NOON + timedelta(seconds=second), values={"spo2": 90.0 + second})
    results = listed(ask(world, start=NOON + timedelta(seconds=1), end=NOON + timedelta(seconds=3)))
    assert [reading["value"] for reading in results] == [91.0, 92.0]


def test_of_one_code_or_of_several(world: World) -> None:
    device = a_device(world.north, "node-0001", on=world.north.alice)
    a_frame(world.north.alice, device, NOON, values={"spo2": 97.0, "glucose": 5.5, "weight": 70.0})
    stretch = {"start": NOON, "end": NOON + timedelta(minutes=1)}
    assert [r["code"] for r in listed(ask(world, code="glucose", **stretch))] == ["glucose"]
    assert [r["code"] for r in listed(ask(world, code=["spo2", "weight"], **stretch))] == ["spo2", "weight"]


def test_without_times_the_last_day(world: World) -> None:
    device = a_device(world.north, "node-0001", on=world.north.alice)
    for hours in (1, 23, 25):
        a_frame(world.north.alice, device, datetime.now(UTC) - timedelta(hours=hours), values={"spo2": 70.0 + hours})
    assert [reading["value"] for reading in listed(ask(world))] == [93.0, 71.0]


def test_never_another_patients(world: World) -> None:
    device = a_device(world.north, "node-0002", on=world.north.bob)
    a_frame(world.north.bob, device, NOON, values={"spo2": 97.0})
    a_frame(None, device, NOON + timedelta(seconds=1), values={"spo2": 97.0})
    assert listed(ask(world, start=NOON, end=NOON + timedelta(minutes=1))) == []


def test_page_by_page_forth_and_back_across_midnight(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw, "PAGE_SIZE", 3)
    first, second = a_device(world.north, "node-0001"), a_device(world.north, "node-0002")
    midnight = NOON.replace(hour=0) + timedelta(seconds=-2)
    for step in range(4):
        for device in (first, second):  # at one moment, so that the time alone does not tell them apart
            a_frame(world.north.alice, device, midnight + timedelta(seconds=step), values={"spo2": 90.0 + step})
        derived(world.north.alice, first, midnight + timedelta(seconds=step), {"heart_rate": 60.0 + step})
    client = world.north.client(Role.CLINICIAN)
    address: str | None = f"/api/v1/patients/{world.north.alice.pk}/readings/?start={text(midnight)}"
    pages, previous = [], None
    while address:
        body = client.get(address).json()
        pages.append(body["results"])
        previous, address = body["previous"], body["next"]
    assert [len(page) for page in pages] == [3, 3, 3, 3]
    found = [(reading["at"], reading["code"], reading["device"]) for page in pages for reading in page]
    assert len(set(found)) == 12
    assert [at for at, _, _ in found] == sorted(at for at, _, _ in found)
    back = []
    while previous:
        body = client.get(previous).json()
        back.insert(0, body["results"])
        previous = body["previous"]
    assert back == pages[:-1]


def test_the_next_link_keeps_the_stretch_of_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw, "PAGE_SIZE", 1)
    device = a_device(world.north, "node-0001")
    for minutes in (3, 2, 1):
        a_frame(world.north.alice, device, datetime.now(UTC) - timedelta(minutes=minutes), values={"spo2": 97.0})
    body = ask(world, code="spo2").json()
    a_frame(world.north.alice, device, datetime.now(UTC), values={"spo2": 99.0})
    client, seen = world.north.client(Role.CLINICIAN), len(body["results"])
    while body["next"]:
        body = client.get(body["next"]).json()
        seen += len(body["results"])
    assert seen == 3


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"code": "ecg"}, "code.0"),
        ({"code": "hart_rate"}, "code.0"),
        ({"resolution": "5m"}, "resolution"),
        ({"start": "yesterday"}, "start"),
        ({"start": "9999-12-31T23:59:59Z"}, "start"),
        ({"start": "2026-01-02T00:00:00Z", "end": "2026-01-01T00:00:00Z"}, "start"),
        ({"cursor": "abc"}, "cursor"),
        ({"cursor": "W2ZhbHNlLCIyMDI2IiwiYSJd"}, "cursor"),
        ({"from": "2026-01-01"}, "from"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(world: World, query: dict[str, str], field: str) -> None:
    assert fields_of(is_problem(ask(world, **query), 400)) == {field}
