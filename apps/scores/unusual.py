"""What is not usual for a patient now: the last quarter of an hour against their own past week, hour by hour.

Reasons to look, in measured units; never an alarm. Whether the actor may see the patient is patients.selectors' to say.
"""

from datetime import datetime
from typing import Any

import numpy as np

from apps.patients.models import Patient
from apps.readings.quantities import REGISTER
from apps.scores.usual import present_of, usual_of
from ml.scoring.usual import Reason


def unusual_of(patient: Patient, *, now: datetime) -> dict[str, Any]:
    """What is not as usual, by two queries. `known`: of which vitals the usual is known."""
    present = present_of([patient.pk], now=now)
    if np.isnan(present).all():
        return {"known": [], "reasons": []}
    usual = usual_of([patient.pk], now=now)
    (reasons,) = usual.reasons(present)
    return {"known": list(usual.known(0)), "reasons": [_json(reason) for reason in reasons]}


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
