"""What will be seen in half an hour and in six, if nothing new is done.

The ensemble is moved on by itself, disturbances drawn anew; a reading's error is added to what it shows. What is
forecast by its own course as well (`course`) has the body's forecast as one of its reasons.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from ml.assimilation.bands import quantiles
from ml.physiology import Parameters
from ml.physiology.quantities import Array
from ml.twin import course
from ml.twin.given import Later
from ml.twin.keeping import Kept
from ml.twin.person import move, surroundings_of
from ml.twin.readings import readings
from ml.twin.sensors import SENSORS, error_variance
from ml.twin.unrest import stir

PIECE_MIN: Final = 10
STEP_S: Final = 30.0
COUNTED_FROM: Final = np.uint64(2**62)
"""Draws for forecasts are counted apart, so that to ask changes nothing."""
RECENT_S: Final = 6.0 * 3600.0
LEVELS: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
FORECAST: Final = (
    "heart_rate", "respiratory_rate", "spo2", "core_temperature", "skin_temperature", "mean_pressure", "glucose",
)  # fmt: skip
DECIMALS: Final = 2
BY_BODY: Final[Mapping[str, float]] = MappingProxyType({"glucose": 0.75, "heart_rate": 0.5})
"""How far the body is believed, and not the course, where it has news (docs/twin.md)."""


def forecasts(
    kept: Kept, guess: Parameters, minutes: Sequence[int], later: Later | None = None
) -> list[dict[str, Any]]:
    """Per patient `{"horizons": [{"minutes", "quantities": [{"code", "median", "p50", "p90"}]}]}`: of the sensors that
    have read within six hours, or within three of their intervals. `later`: what is known to be done; else what is done
    now goes on."""
    ahead = looked_ahead(kept, guess, minutes, later)
    told = {each: _rows(each, ahead[each], kept, later) for each in minutes}
    recent = _recent(kept)
    return [
        {
            "horizons": [
                {
                    "minutes": each,
                    "quantities": [
                        _quantity(code, told[each][code][:, patient]) for code in FORECAST if recent[code][patient]
                    ],
                }
                for each in minutes
            ]
        }
        for patient in range(len(kept.at_s))
    ]


def looked_ahead(
    kept: Kept, guess: Parameters, minutes: Sequence[int], later: Later | None = None
) -> dict[int, dict[str, Array]]:
    """By horizon and code of FORECAST: what each member's sensors would show, biases included, errors not."""
    return {
        horizon: {code: readings(ensemble, guess, code) for code in FORECAST}
        for horizon, ensemble in ensembles_ahead(kept, guess, minutes, later)
    }


def ensembles_ahead(
    kept: Kept, guess: Parameters, minutes: Sequence[int], later: Later | None = None
) -> Iterator[tuple[int, Array]]:
    """The ensemble at each horizon in turn, the nearest first; the same array, moved on."""
    ensemble, now, surroundings = kept.ensemble.copy(), 0, kept.surroundings
    draws = kept.draws + COUNTED_FROM
    for horizon in sorted(set(minutes)):
        while now < horizon:
            part = min(PIECE_MIN, horizon - now)
            draws = draws + np.uint64(1)
            stir(ensemble, kept.seeds, draws, 60.0 * part)
            if later is not None:
                surroundings = surroundings_of(later.inputs(now, now + part), len(kept.at_s))
            move(ensemble, guess, surroundings, 60.0 * part, STEP_S)
            now += part
        yield horizon, ensemble


def _rows(minutes: int, members: Mapping[str, Array], kept: Kept, later: Later | None) -> dict[str, Array]:
    """By code (LEVELS, patients)."""
    told = {code: quantiles(seen_with_error(code, values), LEVELS) for code, values in members.items()}
    if minutes == course.HORIZON_MIN:
        shown = [course.LEVELS.index(level) for level in LEVELS]
        for code in course.MODELS:
            better = course.quantiles_ahead(kept, code, members[code])[shown]
            if later is not None:
                share = np.where(later.news[code], BY_BODY[code], 0.0)
                better = share * told[code] + (1.0 - share) * better
            told[code] = np.where(np.isfinite(better), better, told[code])
    return told


def seen_with_error(code: str, members: Array) -> Array:
    """Members spread as wide as readings of them would be."""
    mean = members.mean(axis=1, keepdims=True)
    variance = members.var(axis=1, ddof=1, keepdims=True)
    error = error_variance(code, np.array([SENSORS[code].deviation]))[0]
    spread = np.sqrt(1.0 + error / np.maximum(variance, 1e-9))
    sensor = SENSORS[code]
    return np.asarray(np.clip(mean + spread * (members - mean), sensor.lowest, sensor.highest))


def _recent(kept: Kept) -> dict[str, Any]:
    ages_s = kept.at_s - kept.last_at_s
    return {
        code: ages_s[index] <= max(RECENT_S, 3.0 * sensor.interval_s)
        for index, (code, sensor) in enumerate(SENSORS.items())
    }


def _quantity(code: str, at_levels: Array) -> dict[str, Any]:
    low, lower, median, upper, high = (round(float(value), DECIMALS) for value in at_levels)
    return {"code": code, "median": median, "p50": [lower, upper], "p90": [low, high]}
