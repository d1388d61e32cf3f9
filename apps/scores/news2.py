"""NEWS2 of patients as it stands, computed when it is asked for: nothing is stored that could outlive its inputs.

Whether the actor may see the patients is patients.selectors' to say, before.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from apps.core.instants import utc_text
from apps.patients.models import Patient
from apps.readings.freshness import age_s
from apps.readings.observed import names_of_people
from apps.readings.origin import Origin
from apps.readings.quantities import REGISTER
from apps.scores.decisions import UNDECIDED, Decision, Decisions, decisions_of, why_not_applicable
from apps.scores.inputs import CODES, Input, Use, current_values, inputs
from ml.scoring import news2
from ml.scoring.news2 import News2, Response

LABELS: Final = {
    "respiratory_rate": "Respiration",
    "spo2": "SpO₂",
    "supplemental_oxygen": "Air or oxygen",
    "systolic_pressure": "Systolic pressure",
    "heart_rate": "Pulse",
    "consciousness": "Consciousness",
    "temperature": "Temperature",
}
"""As the chart names them."""

Shown = dict[str, Any]


def news2_of(patients: Sequence[Patient], *, now: datetime, named: bool = False) -> dict[UUID, Shown]:
    """The score of each of these patients in the form of the API, by two queries (`named`: by three, and then it says
    who decided)."""
    ids = [patient.pk for patient in patients]
    values, decisions = current_values(ids), decisions_of(ids)
    names = names_of_people(_deciders(decisions.values())) if named else {}
    return {
        patient.pk: _shown(patient, inputs(values[patient.pk], now), decisions.get(patient.pk, UNDECIDED), names, now)
        for patient in patients
    }


def news2_by_id(patient_ids: Collection[UUID], *, now: datetime) -> dict[UUID, Shown]:
    """The same for who has only the ids."""
    return news2_of(list(Patient.objects.filter(pk__in=patient_ids)), now=now) if patient_ids else {}


def _deciders(decisions: Collection[Decisions]) -> set[UUID]:
    return {held.by for each in decisions for held in (each.scale, each.pregnant) if held}


def _shown(
    patient: Patient, given: Mapping[str, Input], held: Decisions, names: Mapping[UUID, str], now: datetime
) -> Shown:
    why_not = why_not_applicable(patient.birth_date, held, now.date())
    found = None if why_not else _score(given, held.spo2_scale)
    return {
        "patient": str(patient.pk),
        "at": utc_text(now),
        "simulated": patient.simulated,
        "applicable": found is not None,
        "not_applicable_because": why_not,
        "total": found.total if found else None,
        "lowest": found.lowest if found else None,
        "highest": found.highest if found else None,
        "response": _responses(found),
        "scale": {"spo2": held.spo2_scale, "decided": _decided(held.scale, names)},
        "parts": [_part(name, given[name], found, now) for name in news2.PARAMETERS] if found else [],
        "missing": [LABELS[name] for name in news2.PARAMETERS if given[name].use is not Use.USED] if found else [],
    }


def _score(given: Mapping[str, Input], scale: int) -> News2:
    return news2.score(**{name: each.value for name, each in given.items()}, spo2_scale=scale)


def _responses(found: News2 | None) -> Shown | None:
    if found is None:
        return None
    best, worst = news2.responses(found)
    return {"lowest": _response(best), "highest": _response(worst)}


def _response(of: Response) -> Shown:
    return {"risk": of.band, "monitoring": of.monitoring, "action": of.action}


def _decided(decision: Decision | None, names: Mapping[UUID, str]) -> Shown | None:
    if decision is None:
        return None
    return {"by": names.get(decision.by), "at": utc_text(decision.at), "reason": decision.reason}


def _part(name: str, given: Input, found: News2, now: datetime) -> Shown:
    row = given.row
    code = row.code if row else CODES[name][0]
    quantity = REGISTER[code]
    return {
        "parameter": name,
        "label": LABELS[name],
        "state": str(given.use),
        "score": found.parts[name],
        "code": code,
        "value": row.value if row else None,
        "text": quantity.categories.get(int(row.value), "") if row and quantity.categories else "",
        "unit": quantity.unit,
        "at": utc_text(row.at) if row else None,
        "age_s": round(age_s(row.at, now), 1) if row else None,
        "origin": Origin(row.origin).label if row else None,
        "device": (row.device_uid or None) if row else None,
    }
