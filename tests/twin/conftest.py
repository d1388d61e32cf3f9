"""A clock that stands, and a device on Alice of the north."""

import pytest

from apps.devices.models import Device
from tests.factories import a_device
from tests.held_clock import HeldClock
from tests.personas import World


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
def device(world: World) -> Device:
    return a_device(world.north, "node-0001", on=world.north.alice)
