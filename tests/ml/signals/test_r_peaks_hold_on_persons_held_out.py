"""What the models reached on persons that they were not fitted on is in their card; it gets no worse unnoticed.

The figures are those of `python -m ml.training r_peaks`: by person, through the streaming detector, with noise of which
no second was in the training.
"""

import pytest

from ml.artifacts import load
from ml.evaluate.qrs import held_out
from ml.signals import qrs_judges

FLOORS = {"MIT-BIH": 99.5, "electrode motion 6 dB": 95.0, "muscle noise 6 dB": 97.0, "CPSC 2019": 95.0}


@pytest.mark.parametrize("condition", FLOORS)
def test_the_card_says_what_was_reached(condition: str) -> None:
    figures = held_out()[condition]
    assert figures["f1"] >= FLOORS[condition]
    low, high = figures["f1_95_by_person"]
    assert low <= figures["f1"] <= high
    assert figures["beats"] == figures["beats"] // 1


def test_most_records_are_timed_within_three_milliseconds() -> None:
    assert held_out()["MIT-BIH"]["jitter_ms"] <= 3.0


def test_the_card_says_how_it_was_split() -> None:
    assert "by person" in held_out()["split"]


@pytest.mark.parametrize("name", qrs_judges.NAMES)
def test_every_input_of_a_look_is_named_and_explained(name: str) -> None:
    for each in load(name).card["inputs"]:
        assert each["name"]
        assert each["unit"] in {"1", "s"}
        assert each["about"]
