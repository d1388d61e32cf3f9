"""What an ECG's beats came to is among the current values, beside the heart rate."""

import pytest

from apps.readings.channels import CHANNELS
from apps.readings.origin import Origin
from tests.ingest.batches import device, intake
from tests.ingest.test_a_tick_derives_what_was_taken import Wearer, current, do_tick
from tests.personas import World


@pytest.fixture
def wearer(world: World) -> Wearer:
    CHANNELS.forget()
    door, _ = intake()
    return Wearer(device(world.north, world.north.alice), door)


def test_a_regular_heart_has_no_ectopic_rhythm_and_that_is_a_value(world: World, wearer: Wearer) -> None:
    wearer.live(30)
    do_tick(world)
    rhythm = current(world, "ectopic_rhythm")
    assert rhythm is not None
    assert (rhythm.value, rhythm.source, rhythm.origin) == (0.0, "ecg", Origin.DERIVED)


def test_before_enough_was_heard_nothing_is_said_of_fibrillation_or_ectopics(world: World, wearer: Wearer) -> None:
    wearer.live(30)
    do_tick(world)
    assert current(world, "atrial_fibrillation_probability") is None
    assert current(world, "ventricular_ectopics") is None
