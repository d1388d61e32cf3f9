"""Nine organs: unknown without evidence, capped by an ill reading, and slow to change their minds."""

import json

import numpy as np
import pytest

from apps.twin.organs import ORGANS as SHOWN
from ml.scoring.usual import OfVital
from ml.twin import ORGANS, Former, Organ, Twins
from tests.ml.twin.people import ALICE, AT_S, USUAL, followed


def judged(twins: Twins, former: dict[str, Former] | None = None, **points: int) -> dict[str, Organ]:
    given = {code: np.array([float(each)]) for code, each in points.items()}
    return {each.organ: each for each in twins.organs({}, given, {}, [former])[0]}


@pytest.fixture(scope="module")
def well() -> Twins:
    return followed(Twins.begin([ALICE], at_s=AT_S, seeds=[3]), USUAL, 30)


def test_they_are_those_of_the_platform_in_its_order(well: Twins) -> None:
    assert tuple(ORGANS) == tuple(judged(well)) == SHOWN


def test_without_a_reading_all_is_unknown() -> None:
    for organ in judged(Twins.begin([ALICE], at_s=AT_S, seeds=[3])).values():
        assert (organ.status, organ.reserve, organ.basis) == ("unknown", None, "prior")
        assert "too little is measured" in organ.reasons[0]["text"]


def test_what_is_missing_is_said_and_not_what_is_there() -> None:
    twins = followed(Twins.begin([ALICE], at_s=AT_S, seeds=[3]), {"heart_rate": 68.0}, 3)
    said = {name: organ.reasons[0]["text"] for name, organ in judged(twins).items() if organ.status == "unknown"}
    assert said["kidneys"] == "too little is measured: needs Mean pressure"
    assert said["metabolism"] == "too little is measured: needs Glucose, Lactate, blood"
    followed(twins, {"mean_pressure": 90.0}, 1)
    assert judged(twins)["autonomic"].reasons[0]["text"] == "not told by what is measured"


def test_a_well_person_is_well_where_it_is_measured(well: Twins) -> None:
    organs = judged(well)
    for name in ("heart", "lungs", "skin"):
        assert organs[name].status == "good"
        assert organs[name].basis == "measured"
        assert organs[name].reserve["low"] <= organs[name].reserve["median"] <= organs[name].reserve["high"]
    assert organs["muscles"].status == "unknown"
    assert all(1 <= len(each.reasons) <= 3 for each in organs.values())


def test_an_ill_reading_caps_its_organ_and_no_other(well: Twins) -> None:
    before, capped = judged(well), judged(well, spo2=3, heart_rate=2)
    assert capped["lungs"].status == "act"
    assert capped["lungs"].reserve["median"] <= 40
    assert capped["lungs"].reasons[0]["code"] == "spo2"
    assert capped["heart"].status == "watch"
    assert capped["heart"].reserve["median"] <= 65
    assert capped["skin"] == before["skin"]


def test_an_ill_reading_is_said_where_the_rest_is_missing() -> None:
    organs = judged(Twins.begin([ALICE], at_s=AT_S, seeds=[3]), consciousness=3)
    assert (organs["brain"].status, organs["brain"].reserve) == ("act", None)


def test_old_readings_are_no_evidence(well: Twins) -> None:
    (organs,) = well.organs({"spo2": np.array([3_600.0])}, {}, {}, [None])
    assert next(each for each in organs if each.organ == "lungs").status == "unknown"


def of_vital(median: float, spread: float, *, of_hour: bool = True) -> OfVital:
    return OfVital(np.array([median]), np.array([spread]), np.array([of_hour]))


def reasons_of(organ: str, twins: Twins, *apart: str, **usual: OfVital) -> list[dict]:
    organs = twins.organs({}, {}, usual, [None], apart=[apart])[0]
    return next(each for each in organs if each.organ == organ).reasons


def told_of(code: str, reasons: list[dict]) -> dict:
    return next(each for each in reasons if each["code"] == code)


def test_reasons_are_in_measured_units_against_ones_own_usual() -> None:
    twins = followed(Twins.begin([ALICE], at_s=AT_S, seeds=[3]), USUAL | {"spo2": 90.0}, 30)
    assert told_of("spo2", reasons_of("lungs", twins, spo2=of_vital(97.0, 1.0))) == {
        "text": "SpO₂ 90 %, 7 below your usual for this hour",
        "code": "spo2", "value": 90.0, "unit": "%", "usual": 97.0,
    }  # fmt: skip
    early = told_of("spo2", reasons_of("lungs", twins, spo2=of_vital(97.0, 1.0, of_hour=False)))
    assert early["text"] == "SpO₂ 90 %, 7 below your usual"
    assert judged(twins)["lungs"].status in ("watch", "act")


def test_within_ones_own_spread_nothing_is_above_or_below() -> None:
    twins = followed(Twins.begin([ALICE], at_s=AT_S, seeds=[3]), USUAL | {"spo2": 90.0}, 30)
    within = told_of("spo2", reasons_of("lungs", twins, spo2=of_vital(92.0, 2.5)))
    assert (within["text"], within["usual"]) == ("SpO₂ 90 %, as usual for this hour", 92.0)
    beyond = told_of("spo2", reasons_of("lungs", twins, spo2=of_vital(92.0, 1.5)))
    assert beyond["text"] == "SpO₂ 90 %, 2 below your usual for this hour"


def test_what_is_not_known_to_be_usual_is_not_called_so() -> None:
    twins = followed(Twins.begin([ALICE], at_s=AT_S, seeds=[3]), USUAL | {"spo2": 90.0}, 30)
    for usual in ({}, {"spo2": of_vital(np.nan, np.nan)}):
        reason = told_of("spo2", reasons_of("lungs", twins, **usual))
        assert reason["usual"] is None
        assert reason["text"].endswith("below what the model expects")
    said = [each["text"] for organ in judged(twins).values() for each in organ.reasons]
    assert not any("usual" in text for text in said), said


def test_what_is_strange_for_a_person_is_a_reason_though_it_costs_nothing(well: Twins) -> None:
    rate = USUAL["heart_rate"]
    assert not any(each["code"] == "skin_temperature" for each in reasons_of("skin", well))
    strange = of_vital(USUAL["skin_temperature"] - 2.0, 0.6)
    told = [each["text"] for each in reasons_of("skin", well, skin_temperature=strange)]
    assert any(text.endswith("2.0 above your usual for this hour") for text in told), told
    usual = of_vital(rate - 2.0, 4.0)
    assert not any("above your usual" in each["text"] for each in reasons_of("heart", well, heart_rate=usual))


def test_an_ill_reading_is_said_beside_what_is_usual(well: Twins) -> None:
    organs = well.organs({}, {"spo2": np.array([3.0])}, {"spo2": of_vital(93.0, 1.0)}, [None])[0]
    (capping, *_) = next(each for each in organs if each.organ == "lungs").reasons
    assert capping["text"].endswith("calls for attention by itself")
    assert capping["usual"] == 93.0


@pytest.mark.parametrize(
    ("apart", "organs"),
    [
        (("heart_rate", "systolic_pressure"), {"heart", "autonomic"}),
        (("spo2", "respiratory_rate"), {"lungs"}),
        (("core_temperature", "heart_rate"), {"skin"}),
        (("rmssd", "heart_rate"), {"heart", "autonomic"}),
        ((), set()),
    ],
)
def test_vitals_that_do_not_go_together_are_a_reason_of_the_organs_they_tell_of(
    well: Twins, apart: tuple[str, ...], organs: set[str]
) -> None:
    found = well.organs({}, {}, {}, [None], apart=[apart])[0]
    said = {each.organ for each in found if any("do not go together" in one["text"] for one in each.reasons)}
    assert said == organs - {each.organ for each in found if each.status == "unknown"}


def test_of_an_unknown_organ_nothing_is_said_to_go_together() -> None:
    blank = Twins.begin([ALICE], at_s=AT_S, seeds=[3])
    (heart, *_) = blank.organs({}, {}, {}, [None], apart=[("heart_rate", "systolic_pressure")])[0]
    assert heart.status == "unknown"
    assert [reason["text"][:22] for reason in heart.reasons] == ["too little is measured"]


def test_no_judgement_goes_by_what_is_usual(well: Twins) -> None:
    """A deterioration that has become usual is as bad as it was."""
    twins = followed(well.take([0]), USUAL | {"heart_rate": 125.0}, 10)
    plain = twins.organs({}, {}, {}, [None])[0]
    usual = twins.organs({}, {}, {"heart_rate": of_vital(125.0, 4.0)}, [None], apart=[("heart_rate", "spo2")])[0]
    for one, other in zip(plain, usual, strict=True):
        assert (one.status, one.reserve, one.confidence, one.basis, one.former) == (
            other.status, other.reserve, other.confidence, other.basis, other.former,
        )  # fmt: skip
    assert plain != usual


@pytest.mark.parametrize(
    ("code", "ill", "organ"),
    [
        ("heart_rate", 130.0, "heart"),
        ("mean_pressure", 58.0, "kidneys"),
        ("core_temperature", 39.6, "skin"),
        ("glucose", 15.0, "metabolism"),
        ("spo2", 87.0, "lungs"),
    ],
)
def test_an_ill_reading_is_not_good_although_the_sensor_is_doubted(code: str, ill: float, organ: str) -> None:
    twins = followed(Twins.begin([ALICE], at_s=AT_S, seeds=[3], members=16), USUAL, 32)
    followed(twins, USUAL | {code: ill}, 4)
    assert judged(twins)[organ].status in ("watch", "act")


def test_who_comes_ill_has_no_ill_usual() -> None:
    twins = followed(Twins.begin([ALICE], at_s=AT_S, seeds=[3], members=16), USUAL | {"heart_rate": 125.0}, 40)
    assert judged(twins)["heart"].status in ("watch", "act")


def test_it_takes_two_minutes_to_change_ones_mind_but_an_ill_reading_counts_at_once(well: Twins) -> None:
    twins = well.take([0])
    good = {name: each.former for name, each in judged(twins).items()}
    watched = judged(twins, good, heart_rate=2)["heart"]
    assert (watched.status, watched.former["wanted"]) == ("good", "watch")
    assert judged(twins, good, heart_rate=3)["heart"].status == "act"
    twins.advance(float(twins.at_s[0]) + 121.0, {})
    assert judged(twins, {"heart": watched.former}, heart_rate=2)["heart"].status == "watch"


def test_what_is_kept_for_the_next_time_is_json(well: Twins) -> None:
    former = {name: each.former for name, each in judged(well).items()}
    assert json.loads(json.dumps(former)) == former


def test_as_many_former_ones_as_patients(well: Twins) -> None:
    with pytest.raises(ValueError, match="former"):
        well.organs({}, {}, {}, [])
