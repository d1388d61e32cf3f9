"""What a fitted score is given of a course: figures of each quantity over two days, the first of them and the second.

Missing stays missing (not-a-number): the models decide by what is there. The names are `<quantity>.<figure>`; what
belongs to one quantity, or to one relation of two, stands under one name before the point.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from ml.scoring.course import Array, Course

DAY_H: Final = 24.0
WINDOW_H: Final = 48.0
RECENT_H: Final = 6.0
FADING_H: Final = 12.0
"""A reading's weight in `fading` falls to 1/e in this time."""

UNITS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **{"HR": "/min", "Sys": "mm[Hg]", "Dias": "mm[Hg]", "Mean": "mm[Hg]", "RespRate": "/min", "Temp": "Cel"},
        **{"SaO2": "%", "GCS": "{score}", "FiO2": "1", "Weight": "kg", "Urine": "mL", "MechVent": "h"},
        **{"BUN": "mg/dL", "Creatinine": "mg/dL", "HCO3": "mmol/L", "HCT": "%", "K": "meq/L", "Lactate": "mmol/L"},
        **{"Mg": "mmol/L", "Na": "meq/L", "PaCO2": "mm[Hg]", "PaO2": "mm[Hg]", "Platelets": "10*9/L"},
        **{"WBC": "10*9/L", "pH": "[pH]", "Glucose": "mg/dL", "Albumin": "g/dL", "Bilirubin": "mg/dL"},
        **{"ALT": "U/L", "AST": "U/L", "ALP": "U/L", "TroponinT": "ug/L", "TroponinI": "ug/L"},
        **{"Cholesterol": "mg/dL", "Age": "a", "Gender": "1", "Height": "cm", "ICUType": "1"},
        **{"ShockIndex": "1", "OxygenRatio": "mm[Hg]", "UreaRatio": "1", "PulsePressure": "mm[Hg]", "BMI": "kg/m2"},
    }
)
VITALS: Final = ("HR", "Sys", "Dias", "Mean", "RespRate", "Temp", "SaO2", "GCS", "FiO2", "Weight")
LABORATORY: Final = (
    *("BUN", "Creatinine", "HCO3", "HCT", "K", "Lactate", "Mg", "Na", "PaCO2", "PaO2", "Platelets", "WBC", "pH"),
    *("Glucose", "Albumin", "Bilirubin", "ALT", "AST", "ALP", "TroponinT", "TroponinI", "Cholesterol"),
)
ABOUT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "once": "as admitted",
        "count": "how many readings",
        "mean": "mean",
        "least": "lowest",
        "most": "highest",
        "spread": "standard deviation",
        "first": "first reading",
        "last": "last reading",
        "low": "10th percentile",
        "high": "90th percentile",
        "recent": "mean of the last 6 h that have readings",
        "fading": "mean, weighted by 1/e for each 12 h",
        "slope": "change per hour, least squares",
        "change": "last less first",
        "jumps": "standard deviation of the step from reading to reading",
        "share": "share of readings beyond a threshold",
        "sum": "sum",
        "day1": "first day",
        "day2": "second day",
        "late": "last 12 h",
    }
)
_NONE: Final[Array] = np.zeros(0)
_OF_VITALS_ONLY: Final = frozenset(("spread", "slope", "day1_mean", "day1_least", "day1_most"))


def features(course: Course) -> dict[str, float]:
    """Every figure of a course of up to 48 h, not-a-number where there is nothing to go by."""
    found: dict[str, float] = {}
    for name in ("Age", "Gender", "Height", "ICUType"):
        found[f"{name}.once"] = _at(course.get(name, (_NONE, _NONE))[1], 0)
    for name in (*VITALS, *LABORATORY):
        found |= _of_quantity(name, *course.get(name, (_NONE, _NONE)))
    found |= _urine(*course.get("Urine", (_NONE, _NONE)), weight_kg=found["Weight.first"])
    found |= _ventilation(course.get("MechVent", (_NONE, _NONE))[0])
    found |= _shares(course)
    found |= _relations(course, found)
    return found


def rows(courses: list[Course], names: tuple[str, ...]) -> npt.NDArray[np.float32]:
    """(courses, names), for a model."""
    table = [features(course) for course in courses]
    return np.array([[row[name] for name in names] for row in table], dtype=np.float32).reshape(len(table), len(names))


def about(name: str) -> str:
    """A figure in words."""
    quantity, _, figure = name.partition(".")
    return f"{quantity}, " + ", ".join(ABOUT.get(part, part) for part in figure.split("_"))


def _of_quantity(name: str, hours: Array, values: Array) -> dict[str, float]:
    first_day = hours <= DAY_H
    found = {f"{name}.count": float(len(values)), f"{name}.spread": _spread(values), **_figures(name, "", values)}
    found |= _figures(name, "day1_", values[first_day]) | _figures(name, "day2_", values[~first_day])
    several = len(values) > 1
    found[f"{name}.first"], found[f"{name}.last"] = _at(values, 0), _at(values, -1)
    found[f"{name}.day1_last"] = _at(values[first_day], -1)
    found[f"{name}.change"] = float(values[-1] - values[0]) if several else np.nan
    found[f"{name}.slope"] = _slope(hours, values)
    found[f"{name}.recent"] = float(values[hours > hours[-1] - RECENT_H].mean()) if len(values) else np.nan
    found[f"{name}.fading"] = _fading(hours, values)
    if name not in VITALS:
        # Of a few samples a day neither a trend nor the first day by itself says more than these.
        return {key: value for key, value in found.items() if key.partition(".")[2] not in _OF_VITALS_ONLY}
    low, high = np.percentile(values, (10, 90)) if len(values) else (np.nan, np.nan)
    found |= {f"{name}.low": float(low), f"{name}.high": float(high)}
    found[f"{name}.jumps"] = float(np.std(np.diff(values))) if len(values) > 3 else np.nan
    return found


def _figures(name: str, window: str, values: Array) -> dict[str, float]:
    some = len(values) > 0
    return {
        f"{name}.{window}mean": float(values.mean()) if some else np.nan,
        f"{name}.{window}least": float(values.min()) if some else np.nan,
        f"{name}.{window}most": float(values.max()) if some else np.nan,
    }


def _spread(values: Array) -> float:
    return float(values.std()) if len(values) > 1 else float("nan")


def _slope(hours: Array, values: Array) -> float:
    if len(values) < 3 or hours[-1] - hours[0] < 1:
        return float("nan")
    centred = hours - hours.mean()
    return float(centred @ (values - values.mean()) / (centred @ centred))


def _fading(hours: Array, values: Array) -> float:
    if not len(values):
        return float("nan")
    weights = np.exp((hours - hours[-1]) / FADING_H)
    return float(weights @ values / weights.sum())


def _urine(hours: Array, values: Array, *, weight_kg: float) -> dict[str, float]:
    def volume(part: npt.NDArray[np.bool_]) -> float:
        return float(values[part].sum()) if part.any() else np.nan

    everything, second = volume(hours >= 0), volume(hours > DAY_H)
    return {
        "Urine.count": float(len(values)),
        "Urine.sum": everything,
        "Urine.day1_sum": volume(hours <= DAY_H),
        "Urine.day2_sum": second,
        "Urine.late_sum": volume(hours > WINDOW_H - FADING_H),
        "Urine.sum_per_kg": everything / weight_kg,
        "Urine.day2_sum_per_kg": second / weight_kg,
    }


def _ventilation(hours: Array) -> dict[str, float]:
    some = len(hours) > 0
    return {
        "MechVent.count": float(len(hours)),
        "MechVent.first": float(hours[0]) if some else np.nan,
        "MechVent.last": float(hours[-1]) if some else np.nan,
        "MechVent.late_share": float(some and hours[-1] > WINDOW_H - RECENT_H),
    }


_SHARES: Final = (
    *(("HR", "above", 110.0), ("Mean", "below", 60.0), ("Sys", "below", 90.0), ("Temp", "below", 36.0)),
    *(("Temp", "above", 38.0), ("SaO2", "below", 92.0), ("GCS", "above", 14.5), ("GCS", "below", 8.5)),
)


def _shares(course: Course) -> dict[str, float]:
    found = {}
    for name, side, limit in _SHARES:
        values = course.get(name, (_NONE, _NONE))[1]
        beyond = values > limit if side == "above" else values < limit
        found[f"{name}.share_{side}_{limit:g}"] = float(beyond.mean()) if len(values) else np.nan
    return found


def _relations(course: Course, found: Mapping[str, float]) -> dict[str, float]:
    """What two quantities say together."""
    rate, pressure = course.get("HR", (_NONE, _NONE)), course.get("Sys", (_NONE, _NONE))
    shock = np.interp(pressure[0], *rate) / pressure[1] if len(rate[1]) > 3 and len(pressure[1]) > 3 else _NONE
    oxygen, fraction = course.get("PaO2", (_NONE, _NONE)), course.get("FiO2", (_NONE, _NONE))
    ratio = _oxygen_ratio(oxygen, fraction)
    metres = found["Height.once"] / 100
    return {
        "ShockIndex.most": _best(shock, 100),
        "ShockIndex.high": _best(shock, 90),
        "ShockIndex.last": float(shock[-3:].mean()) if len(shock) else np.nan,
        "ShockIndex.recent": found["HR.recent"] / found["Sys.recent"],
        "ShockIndex.mean": found["HR.mean"] / found["Sys.mean"],
        "OxygenRatio.least": _best(ratio, 0),
        "OxygenRatio.mean": float(ratio.mean()) if len(ratio) else np.nan,
        "OxygenRatio.last": _at(ratio, -1),
        "UreaRatio.last": found["BUN.last"] / found["Creatinine.last"],
        "PulsePressure.mean": found["Sys.mean"] - found["Dias.mean"],
        "BMI.once": found["Weight.first"] / metres**2,
    }


def _oxygen_ratio(oxygen: tuple[Array, Array], fraction: tuple[Array, Array]) -> Array:
    """PaO2 over the FiO2 that was set when it was drawn, room air before any was."""
    if not len(oxygen[1]) or not len(fraction[1]):
        return _NONE
    place = np.searchsorted(fraction[0], oxygen[0], side="right") - 1
    return oxygen[1] / np.where(place >= 0, fraction[1][np.maximum(place, 0)], 0.21)


def _best(values: Array, percentile: float) -> float:
    return float(np.percentile(values, percentile)) if len(values) else float("nan")


def _at(values: Array, place: int) -> float:
    return float(values[place]) if len(values) else float("nan")


ALL: Final = tuple(features({}))
"""Every name, in order."""
_WARD: Final = frozenset(
    ("HR", "Sys", "Dias", "Mean", "RespRate", "Temp", "SaO2", "GCS", "Glucose", "Lactate", "Age", "ShockIndex")
)
WARD: Final = tuple(
    name for name in ALL if name.partition(".")[0] in (*_WARD, "PulsePressure") and not name.endswith(".count")
)
"""What a ward has, too. How often something was measured is left out: that tells of the place, not of the patient."""
