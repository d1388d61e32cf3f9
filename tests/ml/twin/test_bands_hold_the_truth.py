"""Of persons whose bodies are known, bands hold as many as they say, and innovations are as large as predicted."""

import pytest

from ml.evaluate.twin import coverage


@pytest.fixture(scope="module")
def found() -> dict:
    return coverage(unrest=True, people=30, minutes=120)


def test_ninety_of_a_hundred(found: dict) -> None:
    # Thirty persons: the standard error of a mean over nine figures is about two in a hundred.
    assert found["covered_now_all"] == pytest.approx(0.90, abs=0.05)
    assert found["covered_at_30_min_all"] == pytest.approx(0.90, abs=0.06)


def test_innovations_are_as_predicted(found: dict) -> None:
    assert 0.8 <= found["nis_mean"] <= 1.25


def test_what_sensors_hardly_see_is_not_claimed(found: dict) -> None:
    assert found["inner_now"]["cardiac_output"] > 0.8
    assert found["inner_now"]["blood_volume"] > 0.8
