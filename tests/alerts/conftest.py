import pytest

from tests.held_clock import HeldClock


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()
