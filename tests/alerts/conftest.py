from collections.abc import Iterator

import pytest

from apps.alerts.services import seed_default_rules
from apps.core.tenancy import bind
from tests.held_clock import HeldClock
from tests.personas import World


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
def guarded(world: World) -> Iterator[World]:
    """Two hospitals with the default rules."""
    for hospital in (world.north, world.south):
        with bind(hospital.id):
            seed_default_rules(hospital.organization)
    return world
