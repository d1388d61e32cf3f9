from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.accounts.roles import Role
from apps.readings.origin import Origin
from tests.api.checks import fields_of, is_problem
from tests.factories import a_device, a_frame, a_wave
from tests.personas import World

NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)


def at(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


def ask(world: World, **query: Any) -> Any:
    query = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in query.items()}
    return world.north.client(Role.CLINICIAN).get(f"/api/v1/patients/{world.north.alice.pk}/waveforms/", query)


def segments(world: World, start: datetime, end: datetime, channel: str = "ecg") -> list[dict[str, Any]]:
    answer = ask(world, channel=channel, start=start, end=end)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["segments"]
    return found


def test_physical_values_with_their_unit(world: World) -> None:
    device = a_device(world.north, "node-0001", on=world.north.alice)
    a_frame(world.north.alice, device, NOON, waves=[a_wave("ecg", [12, 14, -3], rate_hz=250, scale=2.5)])
    assert ask(world, channel="ecg", start=NOON, end=at(1)).json() == {
        "channel": "ecg",
        "unit": "uV",
        "simulated": False,
        "segments": [
            {
                "start": f"{NOON:%Y-%m-%dT%H:%M:%S}.000000Z",
                "rate_hz": 250.0,
                "origin": "measured",
                "device": "node-0001",
                "samples": [30.0, 35.0, -7.5],
            }
        ],
    }


def test_values_carry_no_digits_of_the_computers_own(world: World) -> None:
    device = a_device(world.north, "node-0001")
    a_frame(world.north.alice, device, NOON, waves=[a_wave("ecg", [3, 6, 7], scale=0.1)])
    assert segments(world, NOON, at(1))[0]["samples"] == [0.3, 0.6, 0.7]


def test_frames_that_follow_each_other_are_one_segment(world: World) -> None:
    device = a_device(world.north, "node-0001")
    for second in range(3):
        a_frame(world.north.alice, device, at(second + 0.0009 * second), waves=[a_wave("ecg", [second] * 250)])
    (segment,) = segments(world, NOON, at(10))
    assert len(segment["samples"]) == 750


def test_a_gap_begins_a_new_one(world: World) -> None:
    device = a_device(world.north, "node-0001")
    for second in (0, 1, 5):
        a_frame(world.north.alice, device, at(second), waves=[a_wave("ecg", [second] * 250)])
    found = segments(world, NOON, at(10))
    assert [(segment["start"][17:26], len(segment["samples"])) for segment in found] == [
        ("00.000000", 500),
        ("05.000000", 250),
    ]


def test_one_missing_sample_is_a_gap(world: World) -> None:
    device = a_device(world.north, "node-0001")
    a_frame(world.north.alice, device, NOON, waves=[a_wave("ecg", [1] * 250)])
    a_frame(world.north.alice, device, at(1.004), waves=[a_wave("ecg", [2] * 250)])
    assert len(segments(world, NOON, at(10))) == 2


@pytest.mark.parametrize("change", ["rate", "origin", "device"])
def test_what_is_of_another_kind_begins_a_new_one(world: World, change: str) -> None:
    device, other = a_device(world.north, "node-0001"), a_device(world.north, "node-0002")
    a_frame(world.north.alice, device, NOON, waves=[a_wave("ecg", [1] * 250)])
    a_frame(
        world.north.alice,
        other if change == "device" else device,
        at(1),
        waves=[a_wave("ecg", [2] * 250, rate_hz=500 if change == "rate" else 250)],
        origin=Origin.REPLAYED if change == "origin" else Origin.MEASURED,
    )
    assert [set(segment["samples"]) for segment in segments(world, NOON, at(10))] == [{2.5}, {5.0}]


def test_two_devices_at_once_are_not_mixed(world: World) -> None:
    first, second = a_device(world.north, "node-0001"), a_device(world.north, "node-0002")
    for step in range(2):
        a_frame(world.north.alice, first, at(step), waves=[a_wave("ecg", [1] * 250)])
        a_frame(world.north.alice, second, at(step + 0.5), waves=[a_wave("ecg", [2] * 250)])
    found = segments(world, NOON, at(10))
    assert [(segment["device"], len(segment["samples"])) for segment in found] == [
        ("node-0001", 500),
        ("node-0002", 500),
    ]


def test_it_is_cut_to_the_sample(world: World) -> None:
    device = a_device(world.north, "node-0001")
    a_frame(world.north.alice, device, NOON, waves=[a_wave("ecg", list(range(1000)), scale=1.0)])
    (segment,) = segments(world, at(1), at(1.02))
    assert segment["samples"] == [250.0, 251.0, 252.0, 253.0, 254.0]
    assert segment["start"].endswith("12:00:01.000000Z")


def test_of_the_channel_that_was_asked_for(world: World) -> None:
    device = a_device(world.north, "node-0001")
    waves = [a_wave("ecg", [1] * 250), a_wave("ppg_red", [7] * 100, rate_hz=100, scale=1.0)]
    a_frame(world.north.alice, device, NOON, waves=waves)
    (segment,) = segments(world, NOON, at(1), channel="ppg_red")
    assert (segment["rate_hz"], set(segment["samples"])) == (100.0, {7.0})
    assert segments(world, NOON, at(1), channel="eeg") == []


def test_without_times_the_last_minute(world: World) -> None:
    device = a_device(world.north, "node-0001")
    for seconds in (30, 90):
        start = datetime.now(UTC) - timedelta(seconds=seconds)
        a_frame(world.north.alice, device, start, waves=[a_wave("ecg", [seconds] * 250, scale=1.0)])
    assert [set(s["samples"]) for s in ask(world, channel="ecg").json()["segments"]] == [{30.0}]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "channel"),
        ({"channel": "spo2"}, "channel"),
        ({"channel": "ecg", "start": NOON, "end": NOON + timedelta(hours=1, seconds=1)}, "end"),
        ({"channel": "ecg", "start": NOON, "end": NOON}, "start"),
        ({"channel": "ecg", "cursor": "x"}, "cursor"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(world: World, query: dict[str, Any], field: str) -> None:
    assert fields_of(is_problem(ask(world, **query), 400)) == {field}
