"""What is done to a patient that the body has to know of: the oxygen they are given, and what is told of meals, drinks
and insulin. Work is told by the movement that is measured (`stepping.py`)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import numpy as np

from apps.core.arrays import any_of
from apps.readings.models import Observation
from apps.readings.quantities import REGISTER
from apps.twin.current import OXYGEN, Vitals
from ml.twin.given import ACTS_FOR_S, TAKEN_AS, Given, Told

HOLDS: Final = timedelta(hours=6)
"""What was entered about oxygen is gone by for as long as NEWS2 goes by it."""
AIR: Final = 0.2095
PER_LITRE: Final = 0.04
"""A nasal cannula adds about four hundredths of oxygen a litre a minute (AARC guideline 2007), up to six litres."""
MOST_BY_FLOW: Final = 0.60
ACTS_FOR: Final = timedelta(seconds=ACTS_FOR_S)
_BY_NUMBER: Final = {REGISTER[code].number: code for code in TAKEN_AS}

Taken = Sequence[tuple[str, datetime, float]]
"""What a patient took in: quantity, when it began, and how much."""
GivenOf = Callable[[Sequence[UUID]], Given]


def taken_by(patient_ids: Collection[UUID], *, since: datetime) -> dict[UUID, Taken]:
    """Of each of these patients what they were told to have taken in that acts after `since`; one query."""
    found: dict[UUID, list[tuple[str, datetime, float]]] = {patient_id: [] for patient_id in patient_ids}
    rows = Observation.objects.filter(
        any_of("patient_id", list(found)), quantity__in=list(_BY_NUMBER), in_error_at=None, at__gt=since - ACTS_FOR
    )
    for patient_id, number, at, value in rows.order_by("at").values_list("patient_id", "quantity", "at", "value"):
        found[patient_id].append((_BY_NUMBER[number], at, value))
    return dict(found)


def given_of(vitals: Mapping[UUID, Vitals], taken: Mapping[UUID, Taken], now: datetime) -> GivenOf:
    """For some patients, in their order: what they breathe, and what they took in."""

    def of(patient_ids: Sequence[UUID]) -> Given:
        fractions = np.array([oxygen_fraction(vitals[patient_id], now) for patient_id in patient_ids])
        events: dict[str, list[tuple[int, float, float]]] = {}
        for place, patient_id in enumerate(patient_ids):
            for code, at, amount in taken[patient_id]:
                events.setdefault(code, []).append((place, at.timestamp(), amount))
        told = {code: Told.of(each) for code, each in events.items()}
        return Given(len(patient_ids), told, AIR if np.all(fractions == AIR) else fractions)

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
