"""What a client does not take waits for it within bounds: two seconds of waves, the latest numbers, every alert."""

import asyncio
from asyncio import to_thread
from typing import Any

import numpy as np

from apps.accounts.roles import Role
from apps.core.publish import flush, publish
from apps.live.routing import application
from apps.patients.models import Patient
from apps.readings.messages import patient_group, vitals_message, wave_message
from apps.readings.origin import Origin
from apps.readings.waves import Wave
from tests.alerts.rows import breach
from tests.held_clock import HeldClock
from tests.live.client import PATIENCE_S, LiveClient, Opener, cookie_of, live, segments
from tests.live.test_numbers_are_the_latest_and_age import vital
from tests.personas import World

START = 1_772_366_400.0


class SlowClient(LiveClient):
    """Takes nothing while it is held: the server's `send` waits, as it does behind a full TCP window."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.reads = asyncio.Event()
        self.reads.set()
        self.application = self._held

    async def _held(self, scope: Any, receive: Any, send: Any) -> None:
        async def held(message: dict[str, Any]) -> None:
            await self.reads.wait()
            await send(message)

        await application(scope, receive, held)


def ten_seconds_of(patient: Patient) -> None:
    for second in range(10):
        ecg = Wave("ecg", 250.0, "uV", 2.5, 0.0, np.full(250, second, np.int16))
        publish(patient_group(patient.pk), wave_message(patient.pk, [ecg], START + second, Origin.MEASURED))
        publish(patient_group(patient.pk), vitals_message(patient.pk, [vital("heart_rate", 60.0 + second)]))
    flush()


def test_it_gets_the_newest_waves_the_latest_numbers_and_every_alert(ward: World, clock: HeldClock) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.watch(cookie, patient=alice.pk)
        await client.until_status("alarms")
        client.reads.clear()
        await to_thread(ten_seconds_of, alice)
        await to_thread(breach, alice, clock)
        await asyncio.sleep(0.5)
        client.reads.set()
        await client.until_alert(state="active")
        await client.drain()
        starts = [each[4] - START for frame in client.binaries for each in segments(frame)]
        assert starts == sorted(starts)
        assert starts[-2:] == [8.0, 9.0]
        assert len(starts) <= 4  # two seconds that waited, and what was on its way when it stopped reading
        rates = [each["value"] for frame in client.of_type("vitals") for each in frame["vitals"]]
        assert rates[-1] == 69.0
        assert len(rates) <= 4

    alice = ward.north.alice
    cookie = cookie_of(ward.north, Role.CLINICIAN)
    live(scenario, client=SlowClient)


def test_a_ping_is_answered_when_it_reads_again(ward: World) -> None:
    async def scenario(opener: Opener) -> None:
        client = await opener.watch(cookie, patient=ward.north.alice.pk)
        client.reads.clear()
        await client.say(op="ping")
        await asyncio.sleep(0.2)
        client.reads.set()
        async with asyncio.timeout(PATIENCE_S):
            await client.until_status("pong")

    cookie = cookie_of(ward.north, Role.CLINICIAN)
    live(scenario, client=SlowClient)
