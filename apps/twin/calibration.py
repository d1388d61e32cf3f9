"""How good an organization's forecasts were over the last week, by quantity and horizon; counted anew every hour.

Forecasts are scored by the weighted interval score over their median and bands (Bracher 2021, PLoS Comput Biol
17:e1008618), which stands for the continuous ranked probability score (CRPS) where a forecast is five quantiles. Both
references are favoured: *persistence* is the value at the time of the forecast, dressed in the quantiles of its own
errors with that patient over that very week (with all patients, where the patient has few); *climatology* is the
quantiles of that patient's own values over that very week. A skill is what is gained on the better of the two.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import numpy as np

from apps.core.clock import SYSTEM_CLOCK, Clock
from apps.core.tenancy import bind
from apps.twin.evidence import Array
from apps.twin.forecasts import LEVELS
from apps.twin.models import TwinCalibration, TwinForecast

OVER: Final = timedelta(days=7)
FORECASTS_AT_LEAST: Final = 40
"""Of fewer nothing is counted, and a patient's own errors are not known."""
_FIGURES: Final = [
    "at", "forecasts", "persons", "coverage_50", "coverage_90", "crps", "skill_persistence", "skill_climatology",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scored:
    """Forecasts of one quantity at one horizon: `patient` (n,) a number for each; `quantiles` (n, LEVELS); `latest` and
    `truth` (n,)."""

    patient: Array
    quantiles: Array
    latest: Array
    truth: Array


@dataclass(frozen=True, slots=True)
class Figures:
    forecasts: int
    persons: int
    coverage_50: float
    coverage_90: float
    crps: float
    skill_persistence: float
    skill_climatology: float


def interval_score(quantiles: Array, truth: Array) -> Array:
    """Weighted interval score (n,) of quantiles (n, LEVELS), in their unit; lower is better."""
    low90, low50, median, high50, high90 = np.moveaxis(quantiles, -1, 0)
    score = 0.5 * np.abs(truth - median)
    for low, high, outside in ((low50, high50, 0.5), (low90, high90, 0.1)):
        below, above = np.maximum(low - truth, 0.0), np.maximum(truth - high, 0.0)
        score = score + outside / 2.0 * (high - low + 2.0 / outside * (below + above))
    return np.asarray(score / 2.5)


def figures(scored: Scored) -> Figures | None:
    """None where there is too little to count."""
    known = np.isfinite(scored.truth) & np.isfinite(scored.latest) & np.isfinite(scored.quantiles).all(axis=1)
    count = int(known.sum())
    if count < FORECASTS_AT_LEAST:
        return None
    quantiles, latest, truth = scored.quantiles[known], scored.latest[known], scored.truth[known]
    patient = scored.patient[known]
    own = float(interval_score(quantiles, truth).mean())
    return Figures(
        forecasts=count,
        persons=len(np.unique(patient)),
        coverage_50=_coverage(truth, quantiles[:, 1], quantiles[:, 3]),
        coverage_90=_coverage(truth, quantiles[:, 0], quantiles[:, 4]),
        crps=own,
        skill_persistence=_skill(own, interval_score(_persistence(patient, latest, truth), truth)),
        skill_climatology=_skill(own, interval_score(_climatology(patient, truth), truth)),
    )


def _coverage(truth: Array, low: Array, high: Array) -> float:
    return float(((truth >= low) & (truth <= high)).mean())


def _skill(own: float, reference: Array) -> float:
    """A reference without any error leaves nothing to gain."""
    expected = float(reference.mean())
    return 1.0 - own / expected if expected > 0.0 else -1.0


def _persistence(patient: Array, latest: Array, truth: Array) -> Array:
    errors = truth - latest
    dressed = latest[:, None] + np.quantile(errors, LEVELS)[None, :]
    for one in np.unique(patient):
        of_one = patient == one
        if of_one.sum() >= FORECASTS_AT_LEAST:
            dressed[of_one] = latest[of_one, None] + np.quantile(errors[of_one], LEVELS)[None, :]
    return np.asarray(dressed)


def _climatology(patient: Array, truth: Array) -> Array:
    found = np.empty((len(truth), len(LEVELS)))
    for one in np.unique(patient):
        of_one = patient == one
        found[of_one] = np.quantile(truth[of_one], LEVELS)
    return found


def calibrate(organization_id: UUID, *, clock: Clock = SYSTEM_CLOCK) -> list[TwinCalibration]:
    """Count the last week's forecasts of an organization, and write it down. What can no longer be counted goes."""
    now = clock.now()
    with bind(organization_id):
        rows = [
            TwinCalibration(organization_id=organization_id, code=code, minutes=minutes, at=now, **_as_fields(found))
            for (code, minutes), scored in _scored(now).items()
            if (found := figures(scored)) is not None
        ]
        TwinCalibration.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["organization", "code", "minutes"],
            update_fields=_FIGURES,
        )
        TwinCalibration.objects.filter(at__lt=now).delete()
    return rows


def _as_fields(found: Figures) -> dict[str, float]:
    return {name: getattr(found, name) for name in Figures.__slots__}


def _scored(now: datetime) -> dict[tuple[str, int], Scored]:
    """The forecasts of the last week whose time has come, by quantity and horizon."""
    rows = TwinForecast.objects.filter(truth__isnull=False, made_at__gte=now - OVER)
    columns = rows.values_list("patient_id", "minutes", "codes", "latest", "quantiles", "truth")
    numbers: dict[UUID, int] = {}
    found: dict[tuple[str, int], list[tuple[float, ...]]] = {}
    for patient_id, minutes, codes, latest, quantiles, truth in columns.iterator(chunk_size=5_000):
        number = numbers.setdefault(patient_id, len(numbers))
        for place, (code, before, came) in enumerate(zip(codes, latest, truth or (), strict=True)):
            own = quantiles[place * len(LEVELS) : (place + 1) * len(LEVELS)]
            found.setdefault((code, minutes), []).append((number, before, came, *own))
    return {key: _as_arrays(lines) for key, lines in found.items()}


def _as_arrays(lines: Iterable[tuple[float, ...]]) -> Scored:
    table = np.array(list(lines), dtype=np.float64)
    return Scored(table[:, 0], table[:, 3:], table[:, 1], table[:, 2])
