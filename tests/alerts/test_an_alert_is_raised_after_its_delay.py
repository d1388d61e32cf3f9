"""The condition delay: how long a value must stay beyond its limit before anybody is called."""

from apps.alerts.models import State
from tests.alerts.scene import Scene, at, high, low, reading


def test_a_value_beyond_its_limit_is_pending_first_and_active_when_the_delay_has_passed() -> None:
    scene = Scene([low("spo2", 90, delay_s=15)])
    scene.measure(0, spo2=87)
    assert scene.state("spo2_low") == State.PENDING
    for second in range(1, 15):
        scene.measure(second, spo2=87)
    assert scene.state("spo2_low") == State.PENDING
    scene.measure(15, spo2=87)
    assert scene.state("spo2_low") == State.ACTIVE
    assert scene.transitions == [State.PENDING, State.ACTIVE]


def test_an_alert_dates_from_the_onset_of_its_condition() -> None:
    scene = Scene([low("spo2", 90, delay_s=15)])
    for second in range(20):
        scene.measure(second, spo2=87)
    assert scene.alerts["spo2_low"].since == at(0)


def test_a_value_that_recovers_within_the_delay_is_never_active() -> None:
    scene = Scene([low("spo2", 90, delay_s=15)])
    for second in range(14):
        scene.measure(second, spo2=87)
    scene.measure(14, spo2=90)
    assert scene.alerts == {}
    assert scene.transitions == [State.PENDING, State.RESOLVED]


def test_after_a_recovery_the_delay_begins_anew() -> None:
    scene = Scene([low("spo2", 90, delay_s=10)])
    for second in range(9):
        scene.measure(second, spo2=87)
    scene.measure(9, spo2=95)
    scene.measure(10, spo2=87)
    assert scene.state("spo2_low") == State.PENDING
    assert scene.alerts["spo2_low"].since == at(10)


def test_the_delay_runs_from_the_first_value_beyond_the_limit_also_when_several_came_at_once() -> None:
    scene = Scene([low("spo2", 90, delay_s=10)])
    course = [(at(0), 95.0), (at(1), 87.0), (at(2), 87.0), (at(3), 87.0)]
    scene.see(3, reading("spo2", 87, 3, course=course))
    assert scene.alerts["spo2_low"].since == at(1)
    scene.measure(11, spo2=87)
    assert scene.state("spo2_low") == State.ACTIVE


def test_a_recovery_between_two_evaluations_begins_the_delay_anew() -> None:
    scene = Scene([low("spo2", 90, delay_s=10)])
    scene.measure(0, spo2=87)
    scene.see(9, reading("spo2", 87, 9, course=[(at(7), 87.0), (at(8), 95.0), (at(9), 87.0)]))
    scene.measure(18, spo2=87)
    assert scene.state("spo2_low") == State.PENDING
    scene.measure(19, spo2=87)
    assert scene.state("spo2_low") == State.ACTIVE


def test_without_a_delay_the_first_value_raises_the_alert() -> None:
    scene = Scene([low("systolic_pressure", 91, delay_s=0)])
    scene.measure(0, systolic_pressure=85)
    assert scene.transitions == [State.ACTIVE]


def test_a_rare_value_is_held_against_the_clock_not_against_its_next_value() -> None:
    scene = Scene([high("core_temperature", 39, delay_s=20)])
    scene.measure(0, core_temperature=39.5)
    scene.measure(20, core_temperature=39.5, measured_at=0)
    assert scene.state("core_temperature_high") == State.ACTIVE


def test_a_value_at_its_limit_is_within_it() -> None:
    scene = Scene([low("spo2", 90, delay_s=0), high("heart_rate", 120, delay_s=0)])
    scene.measure(0, spo2=90, heart_rate=120)
    assert scene.moves == []


def test_the_text_names_the_value_its_unit_and_the_limit() -> None:
    scene = Scene([low("spo2", 90, delay_s=0), high("core_temperature", 38.5, delay_s=0)])
    scene.see(0, reading("spo2", 87.2, 0), reading("core_temperature", 39.04, 0))
    assert scene.alerts["spo2_low"].text == "SpO₂ 87 % < 90"
    assert scene.alerts["core_temperature_high"].text == "Core temperature 39.0 °C > 38.5"


def test_a_value_that_rounds_to_its_limit_is_shown_with_one_digit_more() -> None:
    scene = Scene([low("spo2", 90, delay_s=0)])
    scene.measure(0, spo2=89.6)
    assert scene.alerts["spo2_low"].text == "SpO₂ 89.6 % < 90"


def test_a_new_value_changes_the_text_without_a_transition() -> None:
    scene = Scene([low("spo2", 90, delay_s=0)])
    scene.measure(0, spo2=87)
    (move,) = scene.measure(1, spo2=84)
    assert (move.after.text, move.after.value, move.reason) == ("SpO₂ 84 % < 90", 84, "")
    assert scene.transitions == [State.ACTIVE]


def test_a_value_that_looks_the_same_writes_nothing() -> None:
    scene = Scene([low("spo2", 90, delay_s=0)])
    scene.measure(0, spo2=87.1)
    assert scene.measure(1, spo2=87.2) == []
