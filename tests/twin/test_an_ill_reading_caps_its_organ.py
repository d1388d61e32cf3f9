"""Both judgements together: the body's, and the quick one of NEWS2."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.twin.judging import ANALYSIS_HOLDS, together
from apps.twin.organs import ORGANS, Measured, assess, news2_points
from ml.scoring.usual import Own

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def quick(**values: float) -> list[dict]:
    return assess({code: Measured(value, NOW, 1.0) for code, value in values.items()}, NOW)


def reason(code: str, value: float) -> dict:
    return {"text": f"{code} {value}", "code": code, "value": value, "unit": "/min", "usual": 64.0}


def analysed(status: str = "good", reserve: tuple[int, int, int] | None = (82, 74, 90)) -> list[dict]:
    band = dict(zip(("median", "low", "high"), reserve, strict=True)) if reserve else None
    return [
        {
            "organ": name,
            "status": status,
            "reserve": band,
            "confidence": 0.7,
            "basis": "inferred",
            "reasons": [reason("heart_rate", 70.0)],
        }
        for name in ORGANS
    ]


def heart(of: list[dict]) -> dict:
    return next(organ for organ in of if organ["organ"] == "heart")


def shown(body: list[dict], at: datetime = NOW, own: dict[str, Own] | None = None, **values: float) -> dict:
    return heart(together(quick(**values), body, at, NOW, own=own or {}))


def test_a_well_reading_leaves_what_the_body_says_with_the_value_of_now() -> None:
    found = shown(analysed(), heart_rate=74)
    assert (found["status"], found["reserve"]["median"], found["basis"]) == ("good", 82, "inferred")
    assert found["reasons"][0]["text"].startswith("Heart rate 74")


def test_it_is_said_beside_what_is_usual_for_the_person() -> None:
    own = {"heart_rate": Own(64.0, 5.0, of_hour=True)}
    well, ill = shown(analysed(), own=own, heart_rate=88), shown(analysed(), own=own, heart_rate=104)
    assert well["reasons"][0]["text"].endswith("normal for an adult at rest; 24 above your usual for this hour")
    assert ill["reasons"][0]["text"].endswith("above 90; 40 above your usual for this hour")
    assert (well["reasons"][0]["usual"], ill["reasons"][0]["usual"]) == (64.0, 64.0)
    assert shown(analysed(), own=own, heart_rate=66)["reasons"][0]["text"].endswith("; as usual for this hour")
    by_pulse = shown(analysed("unknown", None), own=own, pulse_rate=88)
    assert by_pulse["reasons"][0]["text"].endswith("24 above your usual for this hour")


def test_what_is_not_known_to_be_usual_is_null() -> None:
    for found in (shown(analysed(), heart_rate=74), shown(analysed(), heart_rate=140)):
        assert found["reasons"][0]["usual"] is None
        assert "usual" not in found["reasons"][0]["text"]


@pytest.mark.parametrize(("rate", "status", "ceiling"), [(100, "watch", 65), (140, "act", 40)])
def test_an_ill_reading_caps_at_once(rate: float, status: str, ceiling: int) -> None:
    found = shown(analysed(), heart_rate=rate)
    assert found["status"] == status
    assert max(found["reserve"].values()) == ceiling
    assert found["reasons"][0]["value"] == rate
    assert found["basis"] == "measured"


def test_the_body_may_find_worse_than_the_reading() -> None:
    found = shown(analysed("act", (20, 10, 35)), heart_rate=72)
    assert (found["status"], found["reserve"]["median"]) == ("act", 20)


def test_without_the_reading_it_needs_an_organ_is_not_good_whatever_the_body_says() -> None:
    assert shown(analysed())["status"] == "unknown"


def test_of_an_organ_that_the_body_knows_nothing_of_the_reading_decides() -> None:
    assert shown(analysed("unknown", None), heart_rate=140)["status"] == "act"


def test_an_old_analysis_is_not_shown() -> None:
    old = NOW - ANALYSIS_HOLDS - timedelta(seconds=1)
    organs = {organ["organ"]: organ for organ in together(quick(heart_rate=72), analysed(), old, NOW)}
    assert organs["kidneys"]["status"] == "unknown"
    assert organs["kidneys"]["reasons"][0]["text"].startswith("not analysed since ")
    assert (organs["heart"]["status"], organs["heart"]["reserve"]) == ("good", None)


def test_points_are_those_of_the_chart() -> None:
    assert [news2_points("heart_rate", rate) for rate in (35, 45, 70, 100, 120, 140)] == [3, 1, 0, 1, 2, 3]
