"""Of several sources of one quantity one is shown, by priority and quality, and named; they do not take turns."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from apps.readings.current import replaces
from apps.readings.origin import Origin
from apps.readings.value import Value

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ECG = Value(uuid4(), "heart_rate", 72.0, NOW, Origin.DERIVED, "ecg", 1.0, uuid4(), "patch-1")
CUFF = replace(ECG, source="sensor", origin=Origin.MEASURED, device_id=uuid4(), device_uid="cuff-1")


def later(value: Value, seconds: float, quality: float = 1.0) -> Value:
    return replace(value, at=NOW + timedelta(seconds=seconds), quality=quality)


def shown(offered: list[Value]) -> list[str]:
    """The devices whose values are shown, one after the other."""
    current: Value | None = None
    names: list[str] = []
    for value in offered:
        if replaces(value, current):
            current = value
            names.append(value.device_uid)
    return names


def test_the_registers_first_choice_takes_the_place_at_once() -> None:
    assert replaces(later(ECG, 1), CUFF)
    assert not replaces(later(CUFF, 1), ECG)


def test_two_sources_that_speak_in_turn_are_not_shown_in_turn() -> None:
    both = [later(each, second) for second in range(60) for each in (ECG, CUFF)]
    assert set(shown(both)) == {"patch-1"}


def test_two_devices_of_one_kind_do_not_take_turns() -> None:
    other = replace(ECG, device_id=uuid4(), device_uid="patch-2")
    both = [later(each, second) for second in range(60) for each in (ECG, other)]
    assert set(shown(both)) == {"patch-1"}


def test_a_bad_signal_gives_way_to_a_good_one_of_lower_priority() -> None:
    assert replaces(later(CUFF, 1), later(ECG, 0, quality=0.4))


@pytest.mark.parametrize(("quality", "comes_back"), [(0.55, False), (0.69, False), (0.8, True)])
def test_it_comes_back_only_when_it_is_clearly_good(quality: float, comes_back: bool) -> None:
    assert replaces(later(ECG, 2, quality), later(CUFF, 1)) is comes_back


def test_a_signal_about_the_limit_does_not_come_and_go() -> None:
    offered = [later(ECG, 0)]
    for second in range(1, 60):
        offered += [later(ECG, second, 0.45 if second % 2 else 0.6), later(CUFF, second)]
    changes = [name for name, before in zip(shown(offered)[1:], shown(offered), strict=False) if name != before]
    assert changes == ["cuff-1"]


@pytest.mark.parametrize(("seconds", "gives_way"), [(9, False), (11, True)])
def test_a_source_that_falls_silent_gives_way_after_ten_seconds(seconds: float, gives_way: bool) -> None:
    assert replaces(later(CUFF, seconds), ECG) is gives_way


def test_what_is_derived_does_not_displace_a_measured_saturation() -> None:
    measured = replace(ECG, code="spo2", source="sensor", origin=Origin.MEASURED)
    derived = replace(CUFF, code="spo2", source="ppg_red", origin=Origin.DERIVED)
    assert not replaces(later(derived, 1), measured)
    assert replaces(later(measured, 1), derived)
    assert replaces(later(derived, 11), measured)
