"""Nine organs: unknown without evidence, capped by an ill reading, and slow to change their minds."""

import json

import numpy as np
import pytest

from apps.twin.organs import ORGANS as SHOWN
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


def test_reasons_are_in_measured_units_against_ones_own_usual() -> None:
    twins = followed(Twins.begin([ALICE], at_s=AT_S, seeds=[3]), USUAL | {"spo2": 90.0}, 30)
    usual = {"spo2": np.array([97.0])}
    lungs = next(each for each in twins.organs({}, {}, usual, [None])[0] if each.organ == "lungs")
    assert {
        "text": "SpO₂ 90 %, 7 below your usual", "code": "spo2", "value": 90.0, "unit": "%", "usual": 97.0,
    } in lungs.reasons  # fmt: skip
    assert lungs.status in ("watch", "act")


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
