import pytest

from tests.held_clock import HeldClock
from tests.personas import World


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
def ward(world: World) -> World:
    """Two hospitals with limits in force."""
    return world
