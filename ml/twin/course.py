"""Heart rate and glucose half an hour ahead, by the body's forecast and their own course of the last three hours.

The body knows what a heart or a meal does, not whether this one's errand is about to end; its recent course tells some
of that. Boosted trees, fitted on other persons (`ml.training.course`, with a card), give quantiles of the change from
the last reading, in units of what the person varies by; what the body forecasts is one of their inputs. Where the
course is too short, the body's own forecast stands.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from ml import artifacts
from ml.physiology.quantities import Array
from ml.twin.keeping import PAST_BINS, REMEMBERED, Kept
from ml.twin.variables import ROW

HORIZON_MIN: Final = 30
LEVELS: Final = (0.02, 0.05, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 0.95, 0.98)
MODELS: Final[Mapping[str, str]] = MappingProxyType({code: f"course_{code}" for code in REMEMBERED})
LEAST_SCALE: Final[Mapping[str, float]] = MappingProxyType({"heart_rate": 1.5, "glucose": 0.15})
LAGS: Final = (1, 2, 3, 4, 6, 9, 12, 18, 24, 35)  # bins of five minutes
FEWEST_BINS: Final = 2
INPUTS: Final = (
    *(f"change_{5 * lag}_min" for lag in LAGS),
    "usual_above",
    "now",
    "usual_deviation",
    "deviation_1_h",
    "deviation_3_h",
    "roughness_15_min",
    "below_highest_1_h",
    "above_lowest_1_h",
    "below_highest_3_h",
    "above_lowest_3_h",
    "turn",
    "clock_hours",
    "body_change",
    "body_deviation",
    "bins_known",
    "scale",
)
RAW: Final = frozenset({"now", "usual_deviation", "clock_hours", "bins_known", "scale"})
"""Inputs in their own unit; all others in units of `scale`."""


def inputs(kept: Kept, code: str, ahead: Array) -> tuple[Array, Array, Array]:
    """Rows (patients, INPUTS), the last value and the scale (patients,) that changes are in. `ahead` (patients,
    members): what the body's members would show. Not-a-number where too little of the course is known."""
    which = REMEMBERED.index(code)
    past = kept.past[which]
    known = np.isfinite(past).sum(axis=1)
    filled = _filled(past)
    now, usual_deviation = filled[:, -1], kept.usual_deviation[which]
    scale = np.maximum(0.5 * usual_deviation + 0.5 * filled.std(axis=1), LEAST_SCALE[code])
    hour, steps = filled[:, -12:], np.diff(filled, axis=1)
    columns = {f"change_{5 * lag}_min": now - filled[:, PAST_BINS - 1 - lag] for lag in LAGS}
    columns |= {
        "usual_above": kept.usual[which] - now,
        "now": now,
        "usual_deviation": usual_deviation,
        "deviation_1_h": hour.std(axis=1),
        "deviation_3_h": filled.std(axis=1),
        "roughness_15_min": np.abs(steps[:, -3:]).mean(axis=1),
        "below_highest_1_h": now - hour.max(axis=1),
        "above_lowest_1_h": now - hour.min(axis=1),
        "below_highest_3_h": now - filled.max(axis=1),
        "above_lowest_3_h": now - filled.min(axis=1),
        "turn": steps[:, -1] - steps[:, -2],
        "clock_hours": kept.ensemble[ROW["clock"], :, 0],
        "body_change": np.median(ahead, axis=1) - now,
        "body_deviation": ahead.std(axis=1),
        "bins_known": known.astype(np.float64),
        "scale": scale,
    }
    rows = np.stack([columns[name] if name in RAW else columns[name] / scale for name in INPUTS], axis=1)
    rows[known < FEWEST_BINS] = np.nan
    return rows, now, scale


def quantiles_ahead(kept: Kept, code: str, ahead: Array) -> Array:
    """(LEVELS, patients), not-a-number where the body's own forecast has to do."""
    rows, now, scale = inputs(kept, code, ahead)
    found = np.full((len(LEVELS), len(now)), np.nan)
    judged = np.flatnonzero(np.isfinite(rows).all(axis=1))
    if len(judged) and artifacts.exists(MODELS[code]):
        change = artifacts.load(MODELS[code]).outputs(rows[judged].astype(np.float32)).astype(np.float64)
        found[:, judged] = now[judged] + scale[judged] * np.sort(change, axis=1).T
    return found


def _filled(past: Array) -> Array:
    """What is missing is as it was before, and before the first as at first."""
    place = np.where(np.isfinite(past), np.arange(past.shape[1]), -1)
    latest = np.maximum.accumulate(place, axis=1)
    first = np.argmax(np.isfinite(past), axis=1)
    filled: Array = np.take_along_axis(past, np.where(latest < 0, first[:, None], latest), axis=1)
    return filled
