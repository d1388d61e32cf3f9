"""NEWS2 of the past, a quarter of an hour at a time, made anew from what was measured and entered: what was marked as
entered in error since then is not in it, and what came late is.

A sensor's value counts for its quarter of an hour (its mean), what is taken now and then for six hours, as in the
present (`inputs.py`); the quality of a signal is not known any more. The scale is the one that holds now. Whether the
actor may see the patient is patients.selectors' to say, before.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from apps.core.instants import utc_text
from apps.patients.models import Patient
from apps.readings.models import Observation
from apps.readings.quantities import REGISTER
from apps.readings.selectors import trend
from apps.scores.decisions import UNDECIDED, decisions_of, why_not_applicable
from apps.scores.inputs import CODES, ROOM_AIR_PERCENT, SPOT_FROM_S, SPOT_HOLDS
from ml.scoring.news2 import score_many

QUARTER: Final = timedelta(minutes=15)
MOST_HOURS: Final = 72
WORST_COUNTS: Final = frozenset({"consciousness", "supplemental_oxygen", "inspired_oxygen"})
"""Of these a quarter of an hour has no mean."""
_PLACES: Final = {REGISTER[code].number: (name, code) for name, codes in CODES.items() for code in reversed(codes)}

Array = npt.NDArray[np.float64]


@dataclass(slots=True)
class _Course:
    """By parameter and quarter of an hour from `begin`: what sensors gave, and what was taken now and then."""

    begin: datetime
    sensed: dict[str, Array]
    taken: dict[str, Array]

    def place(self, at: datetime) -> int:
        return int((at - self.begin) // QUARTER)


def news2_history(patient: Patient, *, hours: int, now: datetime) -> list[dict[str, Any]]:
    """Lowest and highest score of each quarter of an hour, oldest first; empty where NEWS2 does not apply."""
    held = decisions_of([patient.pk]).get(patient.pk, UNDECIDED)
    if why_not_applicable(patient.birth_date, held, now.date()):
        return []
    shown = hours * 4
    course = _course(patient, shown, now)
    columns = {name: _filled(course.sensed[name], course.taken[name])[-shown:] for name in CODES}
    _, lowest, highest = score_many(columns, held.spo2_scale)
    first = course.begin + QUARTER * (len(course.sensed["spo2"]) - shown)
    return [
        {"start": utc_text(first + QUARTER * step), "lowest": int(low), "highest": int(high)}
        for step, (low, high) in enumerate(zip(lowest, highest, strict=True))
    ]


def _course(patient: Patient, shown: int, now: datetime) -> _Course:
    count = shown + int(SPOT_HOLDS / QUARTER)
    last = datetime.fromtimestamp(now.timestamp() // QUARTER.total_seconds() * QUARTER.total_seconds(), UTC)
    begin = last - QUARTER * (count - 1)
    course = _Course(
        begin, {name: np.full(count, np.nan) for name in CODES}, {name: np.full(count, np.nan) for name in CODES}
    )
    # One page: three days of these few quantities are fewer quarters of an hour than it holds.
    for each in trend(patient.pk, codes=[code for _, code in _PLACES.values()], minutes=15, start=begin, end=now).rows:
        into = course.taken if REGISTER[each.code].expected_interval_s >= SPOT_FROM_S else course.sensed
        value = each.maximum if each.code in WORST_COUNTS else each.mean
        _put(into, course, REGISTER[each.code].number, each.start, value)
    entered = Observation.objects.filter(
        patient_id=patient.pk, at__gte=begin, at__lte=now, quantity__in=list(_PLACES), in_error_at=None
    ).order_by("at")
    for number, at, value in entered.values_list("quantity", "at", "value"):
        _put(course.taken, course, number, at, value)
    return course


def _put(into: dict[str, Array], course: _Course, number: int, at: datetime, value: float) -> None:
    """Of two quantities of one parameter the better one (an ECG's rate before a pulse) is put last, or is there."""
    name, code = _PLACES[number]
    place = course.place(at)
    if 0 <= place < len(into[name]) and (code == CODES[name][0] or code in WORST_COUNTS or np.isnan(into[name][place])):
        into[name][place] = max(0.0, value - ROOM_AIR_PERCENT) if code == "inspired_oxygen" else value


def _filled(sensed: Array, taken: Array) -> Array:
    """A sensor's own quarter of an hour, else what was taken within the last six hours."""
    places = np.arange(len(taken))
    last = np.maximum.accumulate(np.where(np.isnan(taken), -1, places))
    fresh = (last >= 0) & (places - last < SPOT_HOLDS / QUARTER)
    return np.where(np.isnan(sensed), np.where(fresh, taken[np.maximum(last, 0)], np.nan), sensed)
