"""Published facts that a body must show, by kind. To add one: a line in the table where it belongs."""

from typing import Final

from ml.evaluate.facts import breathing, exercise, fluids, heat, metabolism, persons, posture, rest
from ml.evaluate.facts.fact import Fact

FACTS: Final[tuple[Fact, ...]] = (
    *rest.FACTS,
    *posture.FACTS,
    *fluids.FACTS,
    *exercise.FACTS,
    *breathing.FACTS,
    *heat.FACTS,
    *metabolism.FACTS,
    *persons.FACTS,
)

__all__ = ["FACTS", "Fact"]
