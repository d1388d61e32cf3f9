"""What a simulated person's device sends is a frame that the wire takes, of what this person wears, when it is due."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, cast

import pytest

from apps.demo.cast import MIXED, Part, parts
from apps.demo.device_client import DeviceClient
from apps.demo.simulator import Actor, live
from apps.ingest.wire import decode, encode
from apps.readings.quantities import REGISTER
from ml.physiology.scenarios import Bodies
from ml.physiology.waveforms import WardWaves

AT = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
SECONDS = 125


@dataclass
class Heard:
    """In a device's place: it keeps what would have been sent."""

    frames: list[dict[str, Any]] = field(default_factory=list)

    def send(self, t: float, **content: Any) -> int:
        self.frames.append({"t": t, **content})
        return len(self.frames) - 1

    def repeat_due(self) -> int:
        return 0


@pytest.fixture(scope="module")
def heard() -> dict[Part, list[dict[str, Any]]]:
    actors = [
        Actor(part, part.life(MIXED, at=AT), part.wears(MIXED), cast(DeviceClient, Heard())) for part in parts(18)
    ]
    bodies = Bodies([actor.life for actor in actors], AT.timestamp())
    ward = WardWaves([actor.life.seed for actor in actors], bodies.shown)
    for _ in range(SECONDS):
        live(actors, bodies, ward)
    return {actor.part: cast(Heard, actor.client).frames for actor in actors}


def of(heard: dict[Part, list[dict[str, Any]]], scenario: str) -> list[dict[str, Any]]:
    return next(frames for part, frames in heard.items() if part.scenario(MIXED) == scenario)


def test_every_second_is_a_frame_that_the_wire_takes(heard: dict[Part, list[dict[str, Any]]]) -> None:
    for frames in heard.values():
        assert [frame["t"] for frame in frames] == [AT.timestamp() + second for second in range(SECONDS)]
        for seq, frame in enumerate(frames[:3]):
            decoded = decode(encode({"boot": "9f3a61c0", "seq": seq, "oldest": 0, **frame}, cbor=True))
            assert {wave.code for wave in decoded.waves} == {"ecg", "ppg_red", "ppg_infrared", "respiration_wave"}
            assert decoded.values == frame["values"]


def test_all_that_is_worn_comes_at_first_and_then_each_in_its_turn(heard: dict[Part, list[dict[str, Any]]]) -> None:
    for part, frames in heard.items():
        worn = part.wears(MIXED)
        missing = set(worn) - set(frames[0]["values"])
        assert missing <= ({"sweat_lactate"} if part.scenario(MIXED) != "loose-electrode" else set(worn)), part
        for code, every_s in worn.items():
            sent = sum(code in frame["values"] for frame in frames[1:])
            most = -(-SECONDS // every_s)
            assert sent <= most
            if part.scenario(MIXED) not in ("loose-electrode", "exertion", "dehydration"):
                assert sent >= most - 1, (part.number, code)


def test_every_value_is_plausible(heard: dict[Part, list[dict[str, Any]]]) -> None:
    for frames in heard.values():
        for frame in frames:
            assert all(REGISTER[code].plausible(value) for code, value in frame["values"].items())
            assert 3300 < frame["battery"]["mv"] < 4200


def test_only_who_wears_a_glucose_sensor_gives_glucose(heard: dict[Part, list[dict[str, Any]]]) -> None:
    gives = {part.number for part, frames in heard.items() if "glucose" in frames[0]["values"]}
    assert gives == {3, 7, 14}


def test_a_loose_electrode_says_so(heard: dict[Part, list[dict[str, Any]]]) -> None:
    flagged = [frame["flags"] == ["lead_off"] for frame in of(heard, "loose-electrode")]
    assert 8 <= sum(flagged) <= 30
    assert not any(frame["flags"] for frame in of(heard, "well"))
    assert all(
        ("respiratory_rate" in frame["values"]) <= (not frame["flags"]) for frame in of(heard, "loose-electrode")
    )


def test_people_sleep_by_the_clock_of_their_house() -> None:
    part = next(iter(parts(1)))
    far_east = AT.astimezone(timezone(timedelta(hours=9)))
    here, there = (Bodies([part.life("well", at=at)], AT.timestamp()) for at in (AT, far_east.replace(hour=19)))
    assert (here.lives[0].east_s, there.lives[0].east_s) == (0, 9 * 3600)
    night = AT.replace(hour=17)  # 2 h in the far east
    asleep = Bodies([part.life("well", at=night.astimezone(far_east.tzinfo))], night.timestamp())
    awake = Bodies([part.life("well", at=night)], night.timestamp())
    assert asleep.shown["activity_mg"][0] < awake.shown["activity_mg"][0]
    assert asleep.shown["core_celsius"][0] < awake.shown["core_celsius"][0]
