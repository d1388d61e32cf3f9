"""Simulated people come back after a restart as who they were, and not two of them are alike."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from apps.demo.cast import MIXED, parts
from apps.demo.people import HOUSES, house_of
from apps.readings.quantities import REGISTER
from ml.physiology.scenarios import SCENARIOS, Bodies

MANY = 60
AT = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)


def ward(scenario: str = MIXED, count: int = MANY, at: datetime = AT) -> Bodies:
    return Bodies([part.life(scenario, at=at) for part in parts(count)], at.timestamp())


def test_the_first_people_are_the_same_however_many_there_are() -> None:
    assert list(parts(3)) == list(parts(MANY))[:3]


def test_nobody_shares_a_record_number_or_a_device() -> None:
    people = list(parts(MANY))
    assert len({part.mrn for part in people}) == len({part.device_uid for part in people}) == MANY


def test_both_organizations_have_people_from_three_on() -> None:
    assert {house_of(part) for part in parts(3)} == set(HOUSES)


@pytest.mark.parametrize("scenario", [MIXED, *SCENARIOS])
def test_no_two_people_are_alike_in_a_scenario(scenario: str) -> None:
    assert len(set(ward(scenario).shown["heart_rate_per_min"].tolist())) == MANY


@pytest.mark.parametrize("hour", [3, 14])
def test_the_mixed_ward_holds_every_trouble_and_mostly_people_who_are_well(hour: int) -> None:
    bodies = ward(at=AT.replace(hour=hour))
    now, shown = bodies.second(), bodies.shown
    heart, spo2, core = shown["heart_rate_per_min"], shown["spo2_percent"], shown["core_celsius"]
    well = (heart > 50) & (heart < 95) & (spo2 > 95) & (core < 38) & (shown["systolic_mmhg"] > 100)
    assert MANY / 2 < well.sum() < MANY
    assert spo2.min() < 90
    assert core.max() > 39
    assert heart.min() < 50
    assert heart.max() > 130
    assert shown["systolic_mmhg"].min() < 100
    assert shown["blood_lactate_mmol_l"].max() > 2.5
    assert shown["fibrillation"].max() == 1
    assert now.battery_percent.min() < 15
    assert {part.scenario(MIXED) for part in parts(MANY)} == set(SCENARIOS)


def test_the_small_ward_of_a_fresh_demo_has_the_first_troubles_and_the_ups_and_downs() -> None:
    count = Counter(part.scenario(MIXED) for part in parts(12))
    assert count.pop("well") == 6
    assert set(count) == {"hypoxia", "fever", "falling-battery", "bradycardia", "diabetic-day", "atrial-fibrillation"}


def test_what_people_wear_is_known_to_the_register_and_not_the_same_for_all() -> None:
    worn = {part.number: part.wears(MIXED) for part in parts(MANY)}
    assert {code for each in worn.values() for code in each} <= set(REGISTER)
    assert all({"spo2", "core_temperature", "weight"} <= set(each) for each in worn.values())
    senses_glucose = [number for number, each in worn.items() if "glucose" in each]
    diabetic = [part.number for part in parts(MANY) if part.scenario(MIXED) == "diabetic-day"]
    assert set(diabetic) < set(senses_glucose)
    assert len(senses_glucose) < MANY / 3
