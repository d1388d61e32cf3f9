"""What is usual for a person, by quantity: the mean of their own past days, once enough of it was measured."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import numpy as np
from django.db.models import Count, F, Sum

from apps.core.arrays import any_of
from apps.readings.models import Rollup
from apps.readings.quantities import REGISTER
from apps.twin.evidence import CODES, Array

PAST: Final = timedelta(days=2)
"""Quarters of an hour that are older lie in blocks, which would have to be unpacked."""
RENEWED_EVERY: Final = timedelta(hours=1)
QUARTERS_AT_LEAST: Final = 24
"""Six hours by quarters of an hour: of less nothing is called usual."""
DECIMALS: Final = 2
_BY_NUMBER: Final = {REGISTER[code].number: code for code in CODES}

Usual = dict[str, float]


def is_due(usual_at: datetime | None, now: datetime) -> bool:
    return usual_at is None or now - usual_at >= RENEWED_EVERY


def usual_of(patient_ids: Collection[UUID], *, now: datetime) -> dict[UUID, Usual]:
    """By patient and code, where it is known; one query."""
    found: dict[UUID, Usual] = {patient_id: {} for patient_id in patient_ids}
    if not found:
        return found
    quarters = Rollup.objects.filter(
        any_of("patient_id", patient_ids), minutes=15, start__gt=now - PAST, quantity__in=list(_BY_NUMBER)
    )
    sums: Any = quarters.values("patient_id", "quantity").annotate(
        quarters=Count("start"), mean=Sum(F("total") / F("count"))
    )
    for row in sums:
        if row["quarters"] >= QUARTERS_AT_LEAST:
            found[row["patient_id"]][_BY_NUMBER[row["quantity"]]] = round(row["mean"] / row["quarters"], DECIMALS)
    return found


def as_arrays(usual: Sequence[Mapping[str, float]]) -> dict[str, Array]:
    """By code (patients,), not-a-number where it is not known."""
    codes = {code for one in usual for code in one}
    return {code: np.array([one.get(code, np.nan) for one in usual], dtype=np.float64) for code in codes}
