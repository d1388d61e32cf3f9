"""Binary frames: from a wave of ingest to the samples a client decodes."""

from asyncio import to_thread

import numpy as np
from numpy.typing import NDArray

from apps.accounts.roles import Role
from apps.core.publish import flush, publish
from apps.core.watch import Watched
from apps.live.outbox import Waves
from apps.live.protocol import wave_frame
from apps.patients.models import Patient
from apps.readings.messages import patient_group, wave_message
from apps.readings.origin import Origin
from apps.readings.quantities import REGISTER
from apps.readings.waves import Wave
from tests.live.client import Opener, cookie_of, live, segments
from tests.personas import World

START = 1_772_366_400.25


def wave(code: str, samples: NDArray[np.generic], rate_hz: float = 250.0) -> Wave:
    return Wave(code, rate_hz, REGISTER[code].unit, 2.5, 0.0, samples)  # type: ignore[arg-type]


def send(patient: Patient, *waves: Wave, start: float = START) -> None:
    publish(patient_group(patient.pk), wave_message(patient.pk, waves, start, Origin.REPLAYED))
    flush()


def test_what_ingest_publishes_is_what_a_client_decodes(world: World) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.watch(cookie, patient=alice.pk)
        await client.until_status("alarms")
        await to_thread(
            send,
            alice,
            wave("ecg", np.array([12, -3, 5], np.int16)),
            wave("ppg_red", np.array([50211], np.uint16), 100.0),
            wave("ppg_infrared", np.array([-70000, 8], np.int32), 100.0),
        )
        while not client.binaries:
            await client.next_frame()
        found = segments(client.binaries[0])
        assert [(each[0], each[1], each[2], each[3], each[4], each[5], each[6]) for each in found] == [
            (alice.pk, REGISTER["ecg"].number, 0, 4, START, 250.0, [12, -3, 5]),
            (alice.pk, REGISTER["ppg_red"].number, 1, 4, START, 100.0, [50211]),
            (alice.pk, REGISTER["ppg_infrared"].number, 2, 4, START, 100.0, [-70000, 8]),
        ]

    alice = world.north.alice
    cookie = cookie_of(world.north, Role.PATIENT)
    live(scenario)


def test_who_is_watched_is_known_to_ingest(world: World) -> None:
    async def scenario(opener: Opener) -> None:
        await opener.watch(cookie, unit=world.north.ward.pk)
        assert await to_thread(Watched()) >= {world.north.alice.pk, world.north.bob.pk}
        assert world.north.charlie.pk not in await to_thread(Watched())

    cookie = cookie_of(world.north, Role.CLINICIAN)
    live(scenario)


def test_waves_of_others_do_not_come(world: World) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.watch(cookie, patient=world.north.alice.pk)
        for patient in (world.north.bob, world.south.alice, world.north.alice):
            await to_thread(send, patient, wave("ecg", np.array([1], np.int16)))
        while not client.binaries:
            await client.next_frame()
        await client.drain()
        assert {each[0] for frame in client.binaries for each in segments(frame)} == {world.north.alice.pk}

    cookie = cookie_of(world.north, Role.PATIENT)
    live(scenario)


def test_a_burst_of_many_patients_is_few_frames(world: World) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.watch(cookie, unit=world.north.ward.pk)
        await client.until_status("alarms")
        await to_thread(burst)
        await client.drain(1.0)
        found = [each for frame in client.binaries for each in segments(frame)]
        assert len(found) == 20
        assert len(client.binaries) <= 3

    def burst() -> None:
        for index in range(10):
            for patient in (world.north.alice, world.north.bob):
                message = wave_message(
                    patient.pk, [wave("ecg", np.arange(50, dtype=np.int16))], START + index / 5, Origin.MEASURED
                )
                publish(patient_group(patient.pk), message)
        flush()

    cookie = cookie_of(world.north, Role.CLINICIAN)
    live(scenario)


def segment_of(seconds: float, data: bytes = b"", code: str = "ecg") -> dict:
    return {"code": code, "duration_s": seconds, "data": data}


def test_what_would_wait_longer_than_two_seconds_gives_way_to_what_is_newer() -> None:
    waves = Waves()
    for number in range(5):
        waves.put("alice", [segment_of(1.0, bytes([number]))])
    assert waves.take() == [b"\x03", b"\x04"]
    assert waves.dropped == 3


def test_each_channel_waits_for_itself() -> None:
    waves = Waves()
    for number in range(3):
        waves.put("alice", [segment_of(1.0, bytes([number])), segment_of(0.5, bytes([10 + number]), "ppg_red")])
    waves.put("bob", [segment_of(1.0, b"\x63")])
    assert set(waves.take()) == {b"\x01", b"\x02", b"\x0a", b"\x0b", b"\x0c", b"\x63"}


def test_the_newest_segment_is_kept_however_long_it_is() -> None:
    waves = Waves()
    waves.put("alice", [segment_of(1.0, b"old"), segment_of(10.0, b"new")])
    assert waves.take() == [b"new"]


def test_what_does_not_fit_into_one_frame_comes_with_the_next() -> None:
    waves = Waves()
    for code in ("ecg", "ppg_red", "ppg_infrared"):
        waves.put("alice", [segment_of(0.5, bytes(100_000), code), segment_of(0.5, bytes(100_000), code)])
    frames = []
    while waves.waiting.is_set():
        frames.append(waves.take())
    assert [len(frame) for frame in frames] == [2, 2, 2]


def test_a_segment_that_is_too_large_for_any_frame_comes_alone() -> None:
    waves = Waves()
    waves.put("alice", [segment_of(0.5, b"a"), segment_of(0.5, bytes(500_000)), segment_of(0.5, b"b")])
    assert [len(waves.take()) for _ in range(3)] == [1, 1, 1]
    assert not waves.waiting.is_set()


def test_every_segment_begins_at_a_multiple_of_four_bytes() -> None:
    message = wave_message(
        Patient().pk, [wave("ecg", np.array([1] * n, np.int16)) for n in range(1, 5)], START, Origin.MEASURED
    )
    data = [each["data"] for each in message["segments"]]
    assert all(len(each) % 4 == 0 for each in data)
    frame = wave_frame(7, data)
    assert frame[:8] == b"\x01\x00\x04\x00\x07\x00\x00\x00"
    assert [len(each[6]) for each in segments(frame)] == [1, 2, 3, 4]
