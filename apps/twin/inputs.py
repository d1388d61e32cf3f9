"""What is done to a patient that the body has to know of: the oxygen they are given."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import numpy as np

from apps.twin.current import OXYGEN, Vitals
from ml.physiology import Inputs

HOLDS: Final = timedelta(hours=6)
"""What was entered about oxygen is gone by for as long as NEWS2 goes by it."""
AIR: Final = 0.2095
PER_LITRE: Final = 0.04
"""A nasal cannula adds about four hundredths of oxygen a litre a minute (AARC guideline 2007), up to six litres."""
MOST_BY_FLOW: Final = 0.60


def inputs_of(vitals: Mapping[UUID, Vitals], now: datetime) -> Callable[[Sequence[UUID]], Inputs]:
    """For some patients, in their order: rest, but for the oxygen in what they breathe."""

    def of(patient_ids: Sequence[UUID]) -> Inputs:
        fractions = np.array([oxygen_fraction(vitals[patient_id], now) for patient_id in patient_ids])
        if np.all(fractions == AIR):
            return Inputs()
        return Inputs(fio2=fractions)

    return of


def oxygen_fraction(vitals: Vitals, now: datetime) -> float:
    """Of what is breathed: by the later of fraction and flow, air where neither holds any more."""
    there = [(vitals.values[code].at, code) for code in OXYGEN if code in vitals.values]
    at, code = max(there, default=(None, ""))
    if at is None or now - at > HOLDS:
        return AIR
    value = vitals.values[code].value
    if code == "inspired_oxygen":
        return min(1.0, max(AIR, value / 100.0))
    return min(MOST_BY_FLOW, AIR + PER_LITRE * max(0.0, value))
