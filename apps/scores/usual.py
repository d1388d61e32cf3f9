"""What is usual for patients, from the hours of their own past week, and what they show now: the one notion of it that
pages, API and the twin's reasons go by (ml/scoring/baseline.py). Of any number of patients at once.

As elsewhere a pulse tells the heart rate where there is none, and a cuff the mean pressure, by the rule of thirds.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import numpy as np
import numpy.typing as npt

from apps.core.arrays import any_of
from apps.readings.models import Rollup
from apps.readings.quantities import REGISTER
from apps.readings.selectors.hours import HOUR, hourly_means
from ml.scoring.baseline import DAYS, HOURS_A_DAY, Baseline
from ml.scoring.usual import VITALS, Usual

NOW_WITHIN: Final = timedelta(minutes=35)
"""A quarter of an hour that began before this is no present; it is rolled up two minutes after its first minute."""
QUARTER: Final = 15
CODES: Final = tuple(VITALS)
_ASKED: Final = (*CODES, "pulse_rate")
_PLACES: Final = {REGISTER[code].number: place for place, code in enumerate(_ASKED)}

Array = npt.NDArray[np.float64]


def usual_of(patient_ids: Sequence[UUID], *, now: datetime) -> Usual:
    """What is usual for these patients at this hour, in their order; one query."""
    hours = DAYS * HOURS_A_DAY
    begin = now.replace(minute=0, second=0, microsecond=0) - HOUR * (hours - 1)
    means = hourly_means(patient_ids, _ASKED, start=begin, hours=hours)
    return Baseline.of(hour_of(begin), _completed(means), CODES).usual(hour_of(now))


def present_of(patient_ids: Sequence[UUID], *, now: datetime) -> Array:
    """(patients, CODES): the mean of the latest quarter of an hour of each vital, not-a-number without one; one
    query."""
    rows = {patient_id: row for row, patient_id in enumerate(patient_ids)}
    means = np.full((len(rows), len(_ASKED)), np.nan)
    latest = Rollup.objects.filter(
        any_of("patient_id", rows), minutes=QUARTER, quantity__in=list(_PLACES), start__gt=now - NOW_WITHIN
    ).order_by("start")
    for patient_id, number, total, count in latest.values_list("patient_id", "quantity", "total", "count"):
        means[rows[patient_id], _PLACES[number]] = total / count
    return _completed(means)


def hour_of(at: datetime) -> int:
    """Since the epoch."""
    return int(at.timestamp() // HOUR.total_seconds())


def _completed(means: Array) -> Array:
    """Means (patients, codes, ...) of _ASKED as those of CODES."""
    of = {code: means[:, place] for place, code in enumerate(_ASKED)}
    thirds = of["diastolic_pressure"] + (of["systolic_pressure"] - of["diastolic_pressure"]) / 3.0
    told = {"heart_rate": of["pulse_rate"], "mean_pressure": thirds}
    filled = [np.where(np.isnan(of[code]), told[code], of[code]) if code in told else of[code] for code in CODES]
    return np.stack(filled, axis=1)
