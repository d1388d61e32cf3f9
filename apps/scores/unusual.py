"""What is not usual for a patient now: the last quarter of an hour against their own past week, hour by hour.

Reasons to look, in measured units; never an alarm. Whether the actor may see the patient is patients.selectors' to say.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
from django.db.models import F, Sum
from django.db.models.functions import TruncHour

from apps.patients.models import Patient
from apps.readings.models import Rollup
from apps.readings.quantities import REGISTER
from ml.scoring.baseline import VITALS, Baseline, Reason

PAST: Final = timedelta(days=7)
NOW_WITHIN: Final = timedelta(minutes=35)
"""A quarter of an hour that began before this is no present; it is rolled up two minutes after its first minute."""
QUARTER: Final = 15
CODES: Final = tuple(VITALS)
_PLACES: Final = {REGISTER[code].number: place for place, code in enumerate(CODES)}


def unusual_of(patient: Patient, *, now: datetime) -> dict[str, Any]:
    """What is not as usual, by two queries. `known`: of which vitals the usual is known."""
    present = _present(patient, now)
    if not present:
        return {"known": [], "reasons": []}
    baseline = Baseline(1, CODES)
    for hour, means in _past(patient, now).items():
        baseline.learn(hour, _row(means))
    hour, row = _hour(now), _row(present)
    known = ~np.isnan(baseline.usual(hour).median[0])
    return {
        "known": [code for code, there in zip(CODES, known, strict=True) if there],
        "reasons": [_json(reason) for reason in baseline.reasons(hour, row)[0]],
    }


def _present(patient: Patient, now: datetime) -> dict[int, float]:
    """The mean of the latest quarter of an hour of each vital, by its place."""
    rows = _quarters(patient).filter(start__gt=now - NOW_WITHIN).order_by("start")
    latest = rows.values_list("quantity", "total", "count")
    return {_PLACES[number]: total / count for number, total, count in latest}


def _past(patient: Patient, now: datetime) -> dict[int, dict[int, float]]:
    """The mean of each past hour of each vital."""
    rows = _quarters(patient).filter(start__gt=now - PAST).annotate(hour=TruncHour("start"))
    sums = rows.values("quantity", "hour").annotate(mean=Sum("total") / Sum(F("count") * 1.0))
    found: dict[int, dict[int, float]] = defaultdict(dict)
    for number, at, mean in sums.values_list("quantity", "hour", "mean"):
        found[_hour(at)][_PLACES[number]] = mean
    return found


def _quarters(patient: Patient) -> Any:
    return Rollup.objects.filter(patient_id=patient.pk, minutes=QUARTER, quantity__in=list(_PLACES))


def _hour(at: datetime) -> int:
    return int(at.timestamp() // 3600)


def _row(means: Mapping[int, float]) -> Any:
    row = np.full((1, len(CODES)), np.nan)
    for place, mean in means.items():
        row[0, place] = mean
    return row


def _json(reason: Reason) -> dict[str, Any]:
    code = reason.vital or None
    return {
        "text": reason.text,
        "code": code,
        "value": round(reason.value, 2) if code else None,
        "usual": round(reason.usual, 2) if code else None,
        "unit": REGISTER[reason.vital].unit if code else None,
        "spreads": round(reason.spreads, 1),
    }
