"""A missing value is evidence for nothing: not for an alert, and not for its end."""

import pytest

from apps.alerts.models import Priority, State
from tests.alerts.scene import Scene, low, reading

LIMITS = [low("spo2", 90, delay_s=10)]


def active() -> Scene:
    scene = Scene(LIMITS)
    for second in range(11):
        scene.measure(second, spo2=87)
    assert scene.state("spo2_low") == State.ACTIVE
    return scene


def test_a_stale_value_beyond_its_limit_raises_nothing() -> None:
    scene = Scene(LIMITS)
    scene.measure(6, spo2=80, measured_at=0)
    assert scene.moves == []


def test_a_lost_value_beyond_its_limit_raises_nothing() -> None:
    scene = Scene(LIMITS)
    scene.measure(600, spo2=80, measured_at=0)
    assert scene.moves == []


def test_a_value_of_poor_quality_raises_nothing() -> None:
    scene = Scene([low("spo2", 90, delay_s=0)])
    scene.see(0, reading("spo2", 70, 0, quality=0.3))
    assert scene.moves == []


def test_a_value_of_poor_quality_within_the_limit_ends_nothing() -> None:
    scene = active()
    assert scene.see(11, reading("spo2", 98, 11, quality=0.3)) == []


@pytest.mark.parametrize("second", [17, 25, 39])
def test_a_stale_value_leaves_an_alert_as_it_is(second: float) -> None:
    scene = active()
    assert scene.measure(second, spo2=87, measured_at=10) == []


def test_an_alert_whose_value_is_lost_stays_and_says_so() -> None:
    scene = active()
    scene.measure(60, spo2=87, measured_at=10)
    alert = scene.alerts["spo2_low"]
    assert (alert.state, alert.text) == (State.ACTIVE, "SpO₂ 87 % < 90, no longer measured")
    assert scene.measure(61, spo2=87, measured_at=10) == []


def test_it_goes_on_when_the_value_is_measured_again() -> None:
    scene = active()
    scene.measure(60, spo2=87, measured_at=10)
    scene.measure(70, spo2=86)
    assert scene.alerts["spo2_low"].text == "SpO₂ 86 % < 90"


def test_it_ends_when_the_value_comes_back_within_the_limit() -> None:
    scene = active()
    scene.measure(60, spo2=87, measured_at=10)
    scene.measure(70, spo2=97)
    assert scene.alerts == {}
    assert scene.moves[-1].after.text == "SpO₂ 87 % < 90"


def test_a_pending_condition_outlasts_a_moment_without_a_usable_value() -> None:
    scene = Scene(LIMITS)
    scene.measure(0, spo2=87)
    scene.see(5, reading("spo2", 87, 5, quality=0.1))
    scene.measure(10, spo2=87)
    assert scene.state("spo2_low") == State.ACTIVE


def test_a_pending_condition_is_dropped_when_its_value_is_lost() -> None:
    scene = Scene(LIMITS)
    scene.measure(0, spo2=87)
    scene.measure(31, spo2=87, measured_at=0)
    assert scene.transitions == [State.PENDING, State.RESOLVED]


def test_one_that_stayed_for_its_acknowledgement_is_not_said_to_be_unmeasured() -> None:
    scene = Scene([low("spo2", 90, delay_s=0, priority=Priority.HIGH)])
    scene.measure(0, spo2=80)
    scene.measure(1, spo2=97)
    scene.measure(60, spo2=97, measured_at=1)
    assert scene.alerts["spo2_low"].text == "SpO₂ 80 % < 90, over"
