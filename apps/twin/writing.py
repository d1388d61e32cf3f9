"""What is said of the bodies after an analysis, and writing it down: organs, states, hypotheses, forecasts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import numpy as np

from apps.core.tenancy import bound_organization_id
from apps.core.watch import watched
from apps.readings.freshness import age_s
from apps.readings.quantities import REGISTER
from apps.twin import forecasts, usual
from apps.twin.current import Vitals
from apps.twin.evidence import CODES, Array
from apps.twin.inputs import GivenOf
from apps.twin.models import TwinEnsemble
from apps.twin.organs import EVIDENCE_FROM, NEWS2, confidence, news2_points
from apps.twin.persons import as_kept, is_adult
from apps.twin.stepping import Body
from ml.twin import Organ, Twins

FORECAST_EVERY: Final = timedelta(minutes=30)
FORECAST_OFTEN: Final = timedelta(minutes=2)
"""For patients whom somebody looks at."""
FORECASTS_AT_ONCE: Final = 64
"""A forecast takes longer than a minute of the body: the rest waits for the next analysis."""
ODDS_DECIMALS: Final = 4
_WRITTEN: Final = [
    "at", "analysed_at", "state", "person", "organs", "states", "hypotheses", "former", "usual", "usual_at", "apart",
    "apart_at", "forecast", "forecast_at",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """By quantity (patients,): how old a value is in seconds, infinite where there is none; what it scores by NEWS2,
    not-a-number where it scores nothing."""

    age_s: dict[str, Array]
    points: dict[str, Array]


def write(
    bodies: Sequence[Body],
    twins: Twins,
    vitals: Mapping[UUID, Vitals],
    given_of: GivenOf,
    *,
    births: Mapping[UUID, Any],
    former: Mapping[UUID, TwinEnsemble],
    now: datetime,
) -> None:
    """Write the twins of these bodies, which are in the order of `twins`."""
    rows = [_row(body, former.get(body.patient_id), now) for body in bodies]
    usual.renew(rows, now=now)
    told = _told([vitals[body.patient_id] for body in bodies], [births[body.patient_id] for body in bodies], now)
    known = usual.by_code(usual.usual_together([row.usual for row in rows]))
    organs = twins.organs(
        told.age_s, told.points, known, [row.former for row in rows], apart=[row.apart for row in rows]
    )
    for row, of_patient, states, odds in zip(rows, organs, twins.states(), twins.hypotheses(), strict=True):
        row.organs = [organ_json(organ) for organ in of_patient]
        row.former = {organ.organ: organ.former for organ in of_patient}
        row.states = states
        row.hypotheses = {name: round(float(value), ODDS_DECIMALS) for name, value in odds.items()}
    _foretell(rows, twins, vitals, given_of, now)
    TwinEnsemble.objects.bulk_create(rows, update_conflicts=True, unique_fields=["patient"], update_fields=_WRITTEN)


def _row(body: Body, former: TwinEnsemble | None, now: datetime) -> TwinEnsemble:
    """With what is not made anew every time taken from the former one, where it was of the same person."""
    person = as_kept(body.person)
    kept = former if former is not None and former.person == person else None
    return TwinEnsemble(
        organization_id=bound_organization_id(),
        patient_id=body.patient_id,
        at=body.at,
        analysed_at=now,
        state=body.state,
        person=person,
        former=kept.former if kept else {},
        usual=kept.usual if kept else {},
        usual_at=kept.usual_at if kept else None,
        apart=kept.apart if kept else [],
        apart_at=kept.apart_at if kept else None,
        forecast=kept.forecast if kept else [],
        forecast_at=kept.forecast_at if kept else None,
    )


def _told(vitals: Sequence[Vitals], births: Sequence[Any], now: datetime) -> Told:
    told = Told({code: np.full(len(vitals), np.inf) for code in CODES}, {})
    for index, (one, born) in enumerate(zip(vitals, births, strict=True)):
        adult = is_adult(born, now)
        for code, measured in sorted(one.values.items()):
            if code in told.age_s:
                told.age_s[code][index] = age_s(measured.at, now)
            if code == "pulse_rate" and "heart_rate" in told.points and np.isfinite(told.points["heart_rate"][index]):
                continue
            if code in NEWS2 and adult and confidence(code, measured, now) >= EVIDENCE_FROM:
                points = told.points.setdefault(code, np.full(len(vitals), np.nan))
                points[index] = news2_points(code, measured.value)
    return told


def organ_json(organ: Organ) -> dict[str, Any]:
    """In the form of the API."""
    return {
        "organ": organ.organ,
        "status": organ.status,
        "reserve": organ.reserve,
        "confidence": organ.confidence,
        "basis": organ.basis,
        "reasons": organ.reasons,
    }


def _foretell(
    rows: Sequence[TwinEnsemble], twins: Twins, vitals: Mapping[UUID, Vitals], given_of: GivenOf, now: datetime
) -> None:
    """Forecasts for those whose turn it is, who are looked at first; kept to be scored every half an hour."""
    looked_at = watched()

    def turn(index: int) -> tuple[bool, datetime]:
        row = rows[index]
        return row.patient_id not in looked_at, row.forecast_at or datetime.min.replace(tzinfo=now.tzinfo)

    due = [index for index, row in enumerate(rows) if _is_due(row, row.patient_id in looked_at, now)]
    chosen = sorted(due, key=turn)[:FORECASTS_AT_ONCE]
    if not chosen:
        return
    to_keep, turned = [], twins.take(chosen)
    later = given_of([rows[index].patient_id for index in chosen]).later(turned.at_s, turned.work_watts)
    for index, said in zip(chosen, turned.forecast(forecasts.HORIZONS, later), strict=True):
        row = rows[index]
        if forecasts.is_kept(row.forecast_at, now):
            latest = {
                code: one.value for code, one in vitals[row.patient_id].values.items() if _is_fresh(code, one, now)
            }
            to_keep += forecasts.rows_of(row.patient_id, said["horizons"], latest=latest, made_at=row.at)
        row.forecast, row.forecast_at = said["horizons"], now
    forecasts.keep(to_keep)


def _is_due(row: TwinEnsemble, looked_at: bool, now: datetime) -> bool:
    every = FORECAST_OFTEN if looked_at else FORECAST_EVERY
    return row.forecast_at is None or now - row.forecast_at >= every


def _is_fresh(code: str, measured: Any, now: datetime) -> bool:
    return code in REGISTER and confidence(code, measured, now) >= EVIDENCE_FROM
