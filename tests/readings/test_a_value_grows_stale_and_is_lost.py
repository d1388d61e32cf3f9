from datetime import UTC, datetime, timedelta

import pytest

from apps.readings.freshness import Freshness, age_s, freshness, interval_s

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def state_after(seconds: float, *, every_s: float) -> Freshness:
    return freshness(every_s, at=NOW - timedelta(seconds=seconds), now=NOW)


@pytest.mark.parametrize(
    ("seconds", "state"),
    [(0, "live"), (5, "live"), (5.1, "stale"), (30, "stale"), (30.1, "lost"), (86400, "lost")],
)
def test_a_value_of_each_second_is_live_for_five_and_shown_for_thirty(seconds: float, state: str) -> None:
    assert state_after(seconds, every_s=1) == state


@pytest.mark.parametrize(("seconds", "state"), [(900, "live"), (901, "stale"), (3000, "stale"), (3001, "lost")])
def test_a_value_of_every_five_minutes_lives_as_long_as_its_interval_allows(seconds: float, state: str) -> None:
    assert state_after(seconds, every_s=300) == state


def test_a_value_from_a_moment_ahead_is_new() -> None:
    assert age_s(NOW + timedelta(seconds=2), NOW) == 0
    assert state_after(-2, every_s=1) is Freshness.LIVE


def test_what_was_entered_by_hand_is_not_expected_every_few_seconds() -> None:
    assert interval_s(10, "measured") == 10
    assert interval_s(10, "manual") == 7_200
    assert interval_s(86_400, "manual") == 86_400
    assert state_after(6 * 3_600, every_s=interval_s(10, "manual")) is Freshness.LIVE
    assert state_after(6 * 3_600 + 1, every_s=interval_s(10, "manual")) is Freshness.STALE
