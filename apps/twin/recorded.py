"""How good the model's forecasts are on recordings of people it was not made with: what is gone by until an
organization has counted its own (`calibration.py`).

Skill by CRPS against the better of both references, from `python -m ml.evaluate forecast` (docs/twin.md).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

RECORDED_SKILL: Final[Mapping[tuple[str, int], float]] = MappingProxyType({})
"""By quantity and horizon in minutes. What is not here is not shown before it was counted."""
