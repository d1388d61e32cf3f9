"""A tick makes vitals of the frames that came in since the last, once, whichever worker does it."""

import time
from datetime import UTC, datetime

import pytest

from apps.alerts.models import Alert
from apps.core.tenancy import bind
from apps.devices.models import Device
from apps.ingest.models import Shard
from apps.ingest.pipeline import Intake, take, tick
from apps.ingest.services import declare_boot
from apps.readings.channels import CHANNELS
from apps.readings.models import CurrentValue, Derived
from apps.readings.origin import Origin
from ml.physiology.waveforms import BodyConstants, Faults, PersonWaves
from tests.ingest.batches import BOOT, arrival, device, frame, intake, stored
from tests.ingest.claiming import all_due
from tests.personas import World

RATE = 72.0


class Wearer:
    """A simulated person whose seconds are taken in one after another, ending at the present."""

    def __init__(self, node: Device, door: Intake, *, seconds: int = 30) -> None:
        self.node, self.door = node, door
        self.waves = PersonWaves(BodyConstants(heart_rate_per_min=RATE), seed=3)
        self.start, self.seq = int(time.time()) - seconds, 0

    def live(self, seconds: int, *, faults: Faults | None = None) -> None:
        batch = []
        for _ in range(seconds):
            t = float(self.start + self.seq)
            heard = self.waves.second(t, faults=faults or Faults())
            waves = {code: wave.as_contract() for code, wave in heard.waves.items()}
            batch.append(arrival(self.node.uid, frame(self.seq, t=t, waves=waves, values={"spo2": 97.0})))
            self.seq += 1
        take(batch, self.door)
        self.door.statuses.write_if_due(self.door.connection)


@pytest.fixture
def wearer(world: World) -> Wearer:
    CHANNELS.forget()
    door, _ = intake()
    return Wearer(device(world.north, world.north.alice), door)


def do_tick(world: World) -> None:
    """What beat and a worker do, without waiting for the shard to be due."""
    with bind(world.north.id):
        Shard.objects.update(due_at=datetime(2026, 1, 1, tzinfo=UTC))
    for claim in all_due():
        tick(claim)


def current(world: World, code: str) -> CurrentValue | None:
    with bind(world.north.id):
        return CurrentValue.objects.filter(patient=world.north.alice, code=code).first()


def test_heart_rate_comes_from_the_ecg_and_says_so(world: World, wearer: Wearer) -> None:
    wearer.live(20)
    do_tick(world)
    value = current(world, "heart_rate")
    assert value is not None
    assert abs(value.value - RATE) < 3
    assert (value.source, value.origin, value.device_uid) == ("ecg", Origin.DERIVED, wearer.node.uid)
    measured = current(world, "spo2")
    assert measured is not None
    assert (measured.value, measured.origin) == (97.0, Origin.MEASURED)


def test_each_second_is_derived_once_however_often_it_is_ticked(world: World, wearer: Wearer) -> None:
    wearer.live(20)
    do_tick(world)
    [(first,)] = stored("SELECT count(*) FROM readings_derived")
    do_tick(world)
    assert stored("SELECT count(*) FROM readings_derived") == [(first,)]
    wearer.live(5)
    do_tick(world)
    assert stored("SELECT count(*) FROM readings_derived") == [(first + 5,)]


def test_a_worker_without_state_warms_up_and_goes_on(world: World, wearer: Wearer) -> None:
    wearer.live(20)
    do_tick(world)
    [(first,)] = stored("SELECT count(*) FROM readings_derived")
    CHANNELS.forget()
    wearer.live(1)
    do_tick(world)
    assert stored("SELECT count(*) FROM readings_derived") == [(first + 1,)]
    value = current(world, "heart_rate")
    assert value is not None
    assert abs(value.value - RATE) < 3


def test_a_tick_that_fails_leaves_nothing_and_is_done_again(
    world: World, wearer: Wearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    wearer.live(20)
    with monkeypatch.context() as patched:
        patched.setattr("apps.ingest.pipeline.evaluate", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            do_tick(world)
    assert stored("SELECT count(*) FROM readings_derived") == [(0,)]
    CHANNELS.forget()
    with bind(world.north.id):
        Shard.objects.update(claimed_until=datetime(2026, 1, 1, tzinfo=UTC))
    do_tick(world)
    assert stored("SELECT count(*) FROM readings_derived")[0][0] > 0


def test_replayed_and_simulated_stay_what_they_are_through_derivation(world: World, wearer: Wearer) -> None:
    with bind(world.north.id):
        declare_boot(device=wearer.node, boot=BOOT, origin=Origin.REPLAYED)
    wearer.live(20)
    do_tick(world)
    value = current(world, "heart_rate")
    assert value is not None
    assert value.origin == Origin.REPLAYED
    with bind(world.north.id):
        assert set(Derived.objects.values_list("origin", flat=True)) == {Origin.REPLAYED}


def test_a_loose_electrode_gives_no_rate_and_a_poor_signal(world: World, wearer: Wearer) -> None:
    wearer.start = int(time.time()) - 24
    wearer.live(12)
    do_tick(world)
    wearer.live(12, faults=Faults(lead_off=True))
    do_tick(world)
    rate, signal = current(world, "heart_rate"), current(world, "ecg")
    assert rate is not None
    assert signal is not None
    assert (signal.at - rate.at).total_seconds() >= 10
    assert signal.quality < 0.5
    with bind(world.north.id):
        alert = Alert.objects.get(code="poor_signal", patient=world.north.alice)
    assert "ecg: no contact" in alert.text


def test_the_waves_give_what_else_they_say_and_a_measured_saturation_stays(world: World, wearer: Wearer) -> None:
    wearer.start = int(time.time()) - 50
    wearer.live(48)
    do_tick(world)
    for code, source in (("respiratory_rate", "respiration_wave"), ("perfusion_index", "ppg_infrared")):
        value = current(world, code)
        assert value is not None, code
        assert (value.source, value.origin, value.device_uid) == (source, Origin.DERIVED, wearer.node.uid)
    spo2 = current(world, "spo2")
    assert spo2 is not None
    assert (spo2.value, spo2.source) == (97.0, "sensor")


def test_a_shard_that_is_claimed_is_not_claimed_again(world: World) -> None:
    assert {claim.organization_id for claim in all_due()} == {world.north.id, world.south.id}
    assert all_due() == []


def test_a_claim_that_ran_out_and_was_ticked_by_another_is_left_alone(world: World, wearer: Wearer) -> None:
    wearer.live(5)
    [slow] = [claim for claim in all_due() if claim.organization_id == world.north.id]
    with bind(world.north.id):
        Shard.objects.update(claimed_until=datetime(2026, 1, 1, tzinfo=UTC))
    [fast] = all_due()
    assert tick(slow) is None
    assert tick(fast) is not None
    assert tick(fast) is None


def test_a_frame_that_was_overtaken_still_gives_the_latest_of_its_values(world: World, wearer: Wearer) -> None:
    now = time.time()
    cuff = {"systolic_pressure": 121.0, "diastolic_pressure": 79.0}
    take([arrival(wearer.node.uid, frame(seq, t=now - 5 + seq)) for seq in range(1, 4)], wearer.door)
    do_tick(world)
    take([arrival(wearer.node.uid, frame(0, t=now - 5, values={"spo2": 80.0, **cuff}))], wearer.door)
    do_tick(world)
    systolic, spo2 = current(world, "systolic_pressure"), current(world, "spo2")
    assert systolic is not None
    assert spo2 is not None
    assert (systolic.value, spo2.value) == (121.0, 97.0)
    assert stored("SELECT count(*) FROM readings_overtakenframe") == [(0,)]


def test_a_memory_that_is_emptied_hours_later_gives_what_is_latest_of_it(world: World, wearer: Wearer) -> None:
    hours_ago = time.time() - 7_200
    batch = [arrival(wearer.node.uid, frame(n, t=hours_ago + n, values={"weight": 70.0 + n})) for n in (2, 0, 1)]
    take(batch, wearer.door)
    do_tick(world)
    weight = current(world, "weight")
    assert weight is not None
    assert weight.value == 72.0
