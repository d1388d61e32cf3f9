"""Reading a patient's twin. Whether the actor may see the patient is patients.selectors' to say, before."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from apps.core.instants import utc_text
from apps.twin import refits
from apps.twin.judging import ANALYSIS_HOLDS
from apps.twin.models import TwinCalibration, TwinEnsemble, TwinState
from apps.twin.organs import ORGANS, unknown
from apps.twin.recorded import recorded_skill

HOLDS_FOR: Final = timedelta(seconds=30)
"""An assessment that was not repeated for this long is not shown any more: green must not outlive its evidence."""
FORECAST_HOLDS: Final = timedelta(minutes=45)
"""Of those made every half an hour the last one; after that nothing is foretold."""
LIKELY_FROM: Final = 0.02
"""What is less likely is not worth a line."""


def twins_of(patient_ids: Iterable[UUID], *, now: datetime) -> dict[UUID, dict[str, Any]]:
    """The twin of each of these patients in the form of the API, by two queries."""
    wanted = list(patient_ids)
    found = {state.patient_id: state for state in TwinState.objects.filter(patient_id__in=wanted)}
    rows = TwinEnsemble.objects.filter(patient_id__in=wanted, analysed_at__gt=now - ANALYSIS_HOLDS)
    inner = {row[0]: row[1:] for row in rows.values_list("patient_id", "states", "hypotheses")}
    return {
        patient_id: _as_json(patient_id, found.get(patient_id), now) | _inner(*inner.get(patient_id, ([], {})))
        for patient_id in wanted
    }


def _as_json(patient_id: UUID, state: TwinState | None, now: datetime) -> dict[str, Any]:
    if state is None:
        return twin_json(patient_id, now, [unknown(organ, "not assessed yet") for organ in ORGANS])
    if now - state.at > HOLDS_FOR:
        why = f"not assessed since {utc_text(state.at)}"
        return twin_json(patient_id, state.at, [unknown(organ, why) for organ in ORGANS])
    return twin_json(patient_id, state.at, state.organs)


def twin_json(patient_id: UUID, at: datetime, organs: list[dict[str, Any]]) -> dict[str, Any]:
    return {"patient": str(patient_id), "at": utc_text(at), "organs": organs}


def _inner(states: list[dict[str, Any]], odds: dict[str, float]) -> dict[str, Any]:
    """States and hypotheses of the last analysis; empty where none holds."""
    return {"states": states, "hypotheses": hypotheses_json(odds)}


def hypotheses_json(odds: dict[str, float]) -> list[dict[str, Any]]:
    """What could be behind what is measured, the likeliest first."""
    ordered = sorted(odds.items(), key=lambda each: -each[1])
    return [{"name": name, "probability": value} for name, value in ordered if value >= LIKELY_FROM]


def refit_of(patient_id: UUID) -> dict[str, Any] | None:
    """What came of the last refit of a patient; None before the first."""
    row = refits.latest(patient_id)
    if row is None or row.finished_at is None:
        return None
    known = row.evidence_before is not None and row.evidence_after is not None
    return {
        "night": row.night.isoformat(),
        "at": utc_text(row.finished_at),
        "taken": row.taken,
        "why": row.why,
        "readings": row.readings,
        "gain": round((row.evidence_after or 0.0) - (row.evidence_before or 0.0), 4) if known else None,
        "error": row.error,
        "changes": row.changes,
    }


def forecast_of(patient_id: UUID, *, now: datetime) -> dict[str, Any]:
    """What is foretold of a patient, by two queries: of the quantities whose forecasts have proved to have skill."""
    row = TwinEnsemble.objects.filter(patient_id=patient_id).values("forecast", "forecast_at", "at").first()
    made_at = row["forecast_at"] if row else None
    if row is None or made_at is None or now - made_at > FORECAST_HOLDS:
        return {"patient": str(patient_id), "at": utc_text(made_at or now), "horizons": []}
    calibration = {(one.code, one.minutes): one for one in TwinCalibration.objects.all()}
    horizons = [_horizon(horizon, list(_skilled(horizon, calibration))) for horizon in row["forecast"]]
    return {"patient": str(patient_id), "at": utc_text(made_at), "horizons": horizons}


def _horizon(horizon: dict[str, Any], shown: list[dict[str, Any]]) -> dict[str, Any]:
    """With the names of what was foretold without skill, and is not shown."""
    codes = {said["code"] for said in shown}
    left_out = [said["code"] for said in horizon["quantities"] if said["code"] not in codes]
    return {"minutes": horizon["minutes"], "quantities": shown, "without_skill": left_out}


def _skilled(horizon: dict[str, Any], calibration: dict[tuple[str, int], TwinCalibration]) -> Iterable[dict[str, Any]]:
    """An organization's own count goes before what recordings showed."""
    for said in horizon["quantities"]:
        key = (said["code"], horizon["minutes"])
        counted = calibration.get(key)
        skill = counted.skill if counted else recorded_skill().get(key)
        if skill is None or skill <= 0.0:
            continue
        yield said | {
            "skill": round(skill, 3),
            "skill_of": "organization" if counted else "recordings",
            "calibration": _calibration_json(counted) if counted else None,
        }


def _calibration_json(counted: TwinCalibration) -> dict[str, Any]:
    return {
        "at": utc_text(counted.at),
        "forecasts": counted.forecasts,
        "persons": counted.persons,
        "coverage_50": round(counted.coverage_50, 3),
        "coverage_90": round(counted.coverage_90, 3),
        "skill_persistence": round(counted.skill_persistence, 3),
        "skill_climatology": round(counted.skill_climatology, 3),
    }
