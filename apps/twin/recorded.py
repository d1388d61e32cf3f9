"""How good the model's forecasts are on recordings of people it was not fitted on: what is gone by until an
organization has counted its own (`calibration.py`). The figures are those of the shipped models' cards (docs/twin.md).
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from ml import artifacts
from ml.twin.course import HORIZON_MIN, MODELS

REFERENCES: Final = ("skill_against_persistence", "skill_against_climatology")


@cache
def recorded_skill() -> dict[tuple[str, int], float]:
    """By quantity and horizon in minutes, against the better of both references. What is not in it was not measured."""
    return {
        (code, HORIZON_MIN): skill_of_card(artifacts.load(name).card)
        for code, name in MODELS.items()
        if artifacts.exists(name)
    }


def skill_of_card(card: Mapping[str, Any]) -> float:
    held_out = card["figures"]["held_out"]
    return min(float(held_out[reference]) for reference in REFERENCES)
