"""The learned risk beside NEWS2: of the last two days as rolled up, where enough is known, and honest about its origin.

It was learned from intensive care stays and is not validated for wards: it is shown with its reasons, sorts nothing,
raises no alarm and mutes none. Whether the actor may see the patient is patients.selectors' to say, before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import numpy as np

from apps.patients.models import Patient
from apps.readings.models import Rollup
from apps.readings.quantities import CONSCIOUSNESS_ACVPU, REGISTER
from apps.scores.decisions import FROM_YEARS, age_years
from ml.scoring.course import Course, course
from ml.scoring.deterioration import VITALS_ONLY, Contribution, Risk, risk

NOTE: Final = "Learned from intensive care stays; not validated for wards."
SPAN: Final = timedelta(hours=48)
BUCKET_MINUTES: Final = 15
SHORTEST_H: Final = 24.0
"""The models were fitted on 48 h; given fewer than 24 they are too sure of themselves (docs/scores.md)."""
REASONS: Final = 3
GCS_OF_ACVPU: Final = (15.0, 14.0, 13.0, 8.0, 6.0)
"""Median Glasgow coma score of alert, voice, pain and unresponsive patients (McNarry & Goldhill 2004); new confusion
takes one point of the verbal part."""


@dataclass(frozen=True, slots=True)
class Source:
    """Which quantity of the register the course's is made of: value x `scale` is in the course's unit."""

    quantity: str
    code: str
    scale: float = 1.0


SOURCES: Final = (
    Source("HR", "heart_rate"),
    Source("Sys", "systolic_pressure"),
    Source("Dias", "diastolic_pressure"),
    Source("Mean", "mean_pressure"),
    Source("RespRate", "respiratory_rate"),
    Source("Temp", "core_temperature"),
    Source("SaO2", "spo2"),
    Source("GCS", "consciousness"),
    Source("Glucose", "glucose", 18.016),
    Source("Lactate", "blood_lactate"),
)
NEEDED: Final = ("heart_rate", "systolic_pressure", "core_temperature", "consciousness")
"""Without these nothing is said: among the strongest inputs, and a ward takes all of them."""
WORDS: Final = {"Age": "Age", "ShockIndex": "Pulse against systolic pressure", "PulsePressure": "Pulse pressure"}
_BY_NUMBER: Final = {REGISTER[source.code].number: source for source in SOURCES}
_BY_QUANTITY: Final = {source.quantity: source for source in SOURCES}

Bucket = tuple[int, float, float]
"""Register's number, hours since the first, value (mean of a quarter of an hour)."""


def deterioration_of(patient: Patient, *, now: datetime) -> dict[str, Any]:
    """The risk of one patient in the form of the API, by one query. `unknown` names what is missing."""
    buckets = _buckets(patient, now)
    age = age_years(patient.birth_date, now.date()) if patient.birth_date else None
    missing = _missing(buckets, age)
    if missing:
        return {"state": "unknown", "probability": None, "reasons": [], "missing": missing, "note": NOTE}
    found = _risk(buckets, float(age or 0))
    return {
        "state": "known",
        "probability": round(found.probability, 3),
        "reasons": [_reason(part) for part in found.contributions[:REASONS]],
        "missing": [],
        "note": NOTE,
    }


def _buckets(patient: Patient, now: datetime) -> tuple[Bucket, ...]:
    rows = Rollup.objects.filter(
        patient_id=patient.pk, minutes=BUCKET_MINUTES, start__gt=now - SPAN, quantity__in=list(_BY_NUMBER)
    ).order_by("start", "quantity")
    found = list(rows.values_list("quantity", "start", "count", "total", "maximum"))
    begin = found[0][1] if found else now
    return tuple(
        (number, (at - begin).total_seconds() / 3600, _value(number, count, total, maximum))
        for number, at, count, total, maximum in found
    )


def _value(number: int, count: int, total: float, maximum: float) -> float:
    """The mean; of consciousness the worst, which has no mean."""
    return maximum if _BY_NUMBER[number].code == "consciousness" else total / count


def _missing(buckets: Sequence[Bucket], age: int | None) -> list[str]:
    if age is None:
        return ["Date of birth"]
    if age < FROM_YEARS:
        return [f"{FROM_YEARS} years of age"]
    there = {_BY_NUMBER[number].code for number, _, _ in buckets}
    missing = [REGISTER[code].label for code in NEEDED if code not in there]
    if not missing and buckets[-1][1] < SHORTEST_H:
        missing = [f"{SHORTEST_H:g} hours of measurements"]
    return missing


@lru_cache(maxsize=512)
def _risk(buckets: tuple[Bucket, ...], age: float) -> Risk:
    """A rollup changes every quarter of an hour; a page asks more often."""
    return risk(_course(buckets, age), model=VITALS_ONLY)


def _course(buckets: Iterable[Bucket], age: float) -> Course:
    series: dict[str, list[tuple[float, float]]] = {"Age": [(0.0, age)]}
    for number, hours, value in buckets:
        source = _BY_NUMBER[number]
        own = GCS_OF_ACVPU[int(value)] if source.code == "consciousness" else value * source.scale
        series.setdefault(source.quantity, []).append((hours, own))
    columns = {name: np.array(points, dtype=np.float64).T for name, points in series.items()}
    return course({name: (column[0], column[1]) for name, column in columns.items()})


def _reason(part: Contribution) -> dict[str, Any]:
    source = _BY_QUANTITY.get(part.quantity)
    label = REGISTER[source.code].label if source else WORDS.get(part.quantity, part.quantity)
    value = part.latest / source.scale if source and part.latest is not None else part.latest
    words = (label, _said(source, part, value), "raises it" if part.log_odds > 0 else "lowers it")
    return {
        "text": " ".join(filter(None, words)),
        "code": source.code if source else None,
        "log_odds": round(part.log_odds, 3),
        "value": None if value is None or (source and source.code == "consciousness") else round(value, 2),
        "unit": REGISTER[source.code].unit if source else part.unit,
    }


def _said(source: Source | None, part: Contribution, value: float | None) -> str:
    if value is None:
        return "" if part.quantity in WORDS else "not measured"
    if source is None:
        return f"{value:g}"
    if source.code == "consciousness":
        return CONSCIOUSNESS_ACVPU[GCS_OF_ACVPU.index(value)].lower() if value in GCS_OF_ACVPU else ""
    quantity = REGISTER[source.code]
    unit = quantity.unit.replace("mm[Hg]", "mmHg").replace("Cel", "°C")
    return f"{value:.{quantity.decimals}f}{unit if unit.startswith('/') else f' {unit}'}"
