"""Simulated people come back after a restart as who they were, and not two of them are alike."""

import pytest

from apps.demo.cast import MIXED, SCENARIOS, parts
from apps.demo.people import HOUSES, house_of

MANY = 60


def test_the_first_people_are_the_same_however_many_there_are() -> None:
    assert list(parts(3)) == list(parts(MANY))[:3]


def test_nobody_shares_a_record_number_or_a_device() -> None:
    people = list(parts(MANY))
    assert len({part.mrn for part in people}) == len({part.device_uid for part in people}) == MANY


def test_both_organizations_have_people_from_three_on() -> None:
    assert {house_of(part) for part in parts(3)} == set(HOUSES)


@pytest.mark.parametrize("scenario", [MIXED, *SCENARIOS])
def test_no_two_people_are_alike_in_a_scenario(scenario: str) -> None:
    conditions = [part.condition(scenario) for part in parts(MANY)]
    assert len({condition.heart_rate_per_min for condition in conditions}) == MANY


def test_the_mixed_ward_holds_every_trouble_and_mostly_people_who_are_well() -> None:
    conditions = [part.condition(MIXED) for part in parts(MANY)]
    well = [c for c in conditions if 60 < c.heart_rate_per_min < 82 and c.spo2_percent > 95 and c.core_celsius < 38]
    assert MANY / 2 < len(well) < MANY
    assert min(c.spo2_percent for c in conditions) < 90
    assert max(c.core_celsius for c in conditions) > 39
    assert min(c.heart_rate_per_min for c in conditions) < 50
    assert max(c.heart_rate_per_min for c in conditions) > 130
    assert min(c.battery_percent for c in conditions) < 15
    assert any(c.lead_off_every_s for c in conditions)
