"""Heart and lungs by the bands of NEWS2; nothing is green without evidence."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.twin.organs import NEWS2, ORGANS, Measured, assess

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


Vital = tuple[str, Measured]


def measured(code: str, value: float, *, age_s: float = 0.0, quality: float = 1.0) -> Vital:
    return code, Measured(value, NOW - timedelta(seconds=age_s), quality)


def organs(*vitals: Vital, adult: bool = True) -> dict[str, dict]:
    return {organ["organ"]: organ for organ in assess(dict(vitals), NOW, adult=adult)}


WELL = (measured("heart_rate", 72), measured("spo2", 97), measured("respiratory_rate", 15))


def test_there_are_nine_in_the_form_of_the_contract() -> None:
    found = assess(dict(WELL), NOW)
    assert tuple(organ["organ"] for organ in found) == ORGANS
    for organ in found:
        assert set(organ) == {"organ", "status", "reserve", "confidence", "basis", "reasons"}
        assert organ["status"] in ("good", "watch", "act", "unknown")
        assert organ["basis"] in ("measured", "inferred", "prior")


def test_a_well_adult_at_rest_has_a_good_heart_and_good_lungs() -> None:
    found = organs(*WELL)
    assert found["heart"]["status"] == found["lungs"]["status"] == "good"
    assert found["heart"]["basis"] == "measured"
    assert found["heart"]["reasons"][0]["text"] == "Heart rate 72 /min, normal for an adult at rest"


def test_every_other_organ_is_unknown_with_what_it_would_need() -> None:
    for name, organ in organs(*WELL).items():
        if name not in ("heart", "lungs"):
            assert (organ["status"], organ["confidence"]) == ("unknown", 0.0)
            assert organ["reasons"][0]["text"].startswith("not measured: needs ")


def test_no_reserve_is_claimed() -> None:
    assert {organ["reserve"] for organ in assess(dict(WELL), NOW)} == {None}


@pytest.mark.parametrize(
    ("rate", "status"),
    [
        (40, "act"),
        (41, "watch"),
        (50, "watch"),
        (51, "good"),
        (90, "good"),
        (91, "watch"),
        (130, "watch"),
        (131, "act"),
    ],
)
def test_the_heart_follows_its_rate(rate: float, status: str) -> None:
    assert organs(measured("heart_rate", rate))["heart"]["status"] == status


@pytest.mark.parametrize(
    ("saturation", "status"), [(91, "act"), (91.4, "act"), (91.6, "watch"), (95, "watch"), (96, "good"), (100, "good")]
)
def test_the_lungs_follow_the_saturation_rounded_as_on_the_chart(saturation: float, status: str) -> None:
    assert organs(measured("spo2", saturation))["lungs"]["status"] == status


def test_the_worst_value_decides_and_stands_first() -> None:
    lungs = organs(measured("spo2", 97), measured("respiratory_rate", 26))["lungs"]
    assert lungs["status"] == "act"
    assert [reason["code"] for reason in lungs["reasons"]] == ["respiratory_rate", "spo2"]
    assert lungs["reasons"][0]["text"] == "Respiratory rate 26 /min, above 20"
    assert (lungs["reasons"][0]["value"], lungs["reasons"][0]["unit"]) == (26, "/min")


def test_without_the_value_that_is_needed_nothing_is_good() -> None:
    assert organs(measured("respiratory_rate", 15))["lungs"]["status"] == "unknown"
    assert organs()["heart"]["reasons"][0]["text"] == "not measured: needs a heart rate"


def test_a_value_that_calls_for_attention_is_said_though_the_rest_is_missing() -> None:
    assert organs(measured("respiratory_rate", 30))["lungs"]["status"] == "act"


def test_the_pulse_stands_in_for_a_heart_rate_that_is_not_measured() -> None:
    heart = organs(measured("pulse_rate", 72))["heart"]
    assert (heart["status"], heart["reasons"][0]["code"]) == ("good", "pulse_rate")
    lost = measured("heart_rate", 180, age_s=60)
    assert organs(lost, measured("pulse_rate", 72))["heart"]["reasons"][0]["code"] == "pulse_rate"


def test_confidence_is_freshness_times_quality() -> None:
    assert organs(measured("heart_rate", 72, quality=0.8))["heart"]["confidence"] == 0.8
    staler = organs(measured("heart_rate", 72, age_s=10, quality=0.8))["heart"]["confidence"]
    assert 0.5 < staler < 0.8


@pytest.mark.parametrize(("age_s", "quality"), [(20, 1.0), (60, 1.0), (0, 0.4), (10, 0.55)])
def test_too_little_evidence_is_unknown(age_s: float, quality: float) -> None:
    assert organs(measured("heart_rate", 72, age_s=age_s, quality=quality))["heart"]["status"] == "unknown"


def test_the_limits_of_adults_are_not_used_for_a_child() -> None:
    found = organs(*WELL, adult=False)
    assert found["heart"]["status"] == found["lungs"]["status"] == "unknown"


def test_the_bands_cover_every_value_and_have_one_normal_stretch() -> None:
    for bands in NEWS2.values():
        assert [band.upto for band in bands] == sorted({band.upto for band in bands})
        assert bands[-1].upto == float("inf")
        assert [band.points for band in bands].count(0) == 1
