"""What is usual for a person at one hour of the day, and how far from it they are: reasons, never alarms.

`baseline.py` tells it from the past. What several vitals show together, each of them within its own spread, is found by
the squared Mahalanobis distance of their deviations under the person's own correlation: a pulse that rises a little
while the pressure falls a little.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

STRANGE_AT: Final = 3.0
"""Spreads from the median at which a vital is given as a reason."""
JOINTLY_STRANGE_BELOW: Final = 0.001
"""The probability, were all as usual, below which several vitals together are given as a reason."""


@dataclass(frozen=True, slots=True)
class Vital:
    """`least_spread`: in `unit`, what a well person's hourly means vary by. `well`: what adults who are well have at
    rest; who came with another value may have come ill, and a day of it is not called usual. `repeats`: it says again
    what others say, and does not count where several are looked at together."""

    label: str
    unit: str
    least_spread: float
    decimals: int = 0
    well: tuple[float, float] = (-np.inf, np.inf)
    repeats: bool = False


# `well`: what scores nothing on NEWS2 (RCP 2017); pressures beside it: Evans 2021 and Whelton 2018; glucose: the range
# aimed at, Battelino 2019; lactate: Evans 2021.
VITALS: Final[Mapping[str, Vital]] = MappingProxyType(
    {
        "heart_rate": Vital("Heart rate", "/min", 4.0, well=(51.0, 90.0)),
        "spo2": Vital("SpO₂", "%", 1.0, well=(96.0, 100.0)),
        "respiratory_rate": Vital("Respiratory rate", "/min", 1.5, well=(12.0, 20.0)),
        "systolic_pressure": Vital("Systolic pressure", "mmHg", 6.0, well=(111.0, 219.0)),
        "diastolic_pressure": Vital("Diastolic pressure", "mmHg", 4.0, well=(50.0, 120.0)),
        "mean_pressure": Vital("Mean pressure", "mmHg", 4.0, well=(65.0, 140.0), repeats=True),
        "core_temperature": Vital("Core temperature", "°C", 0.2, 1, well=(36.1, 38.0)),
        "skin_temperature": Vital("Skin temperature", "°C", 0.6, 1),
        "glucose": Vital("Glucose", "mmol/L", 0.6, 1, well=(3.9, 10.0)),
        "blood_lactate": Vital("Lactate, blood", "mmol/L", 0.3, 1, well=(0.0, 2.0)),
        "total_body_water": Vital("Total body water", "L", 0.4, 1),
        "rmssd": Vital("HRV, RMSSD", "ms", 8.0),
    }
)


@dataclass(frozen=True, slots=True)
class Own:
    """What is usual of one vital for one person, and whether it is of this hour of the day."""

    median: float
    spread: float
    of_hour: bool

    def beside(self, value: float, decimals: int) -> str:
        """How a value lies to it, in words. Within a spread nothing is above or below."""
        away, named = value - self.median, usual_text(of_hour=self.of_hour)
        if abs(away) < self.spread or not round(away, decimals):
            return f"as {named}"
        return f"{abs(away):.{decimals}f} {'above' if away > 0.0 else 'below'} your {named}"


class OfVital(NamedTuple):
    """What is usual of one vital, each of shape (patients,); not-a-number where it is not known."""

    median: Array
    spread: Array
    of_hour: Flags

    def own(self, row: int) -> Own | None:
        """That of one patient; None where it is not known."""
        if not np.isfinite(self.median[row]):
            return None
        return Own(float(self.median[row]), float(self.spread[row]), bool(self.of_hour[row]))


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a person is not as usual. `vital`: its code; empty where it is several together."""

    vital: str
    value: float
    usual: float
    spreads: float
    text: str


@dataclass(frozen=True, slots=True)
class Usual:
    """Of `vitals`: median, spread, and whether they are of this hour of the day, each (patients, vitals), not-a-number
    where it is not known; `correlation` of deviations (patients, vitals, vitals)."""

    vitals: tuple[str, ...]
    median: Array
    spread: Array
    of_hour: Flags
    correlation: Array

    def of(self, code: str) -> OfVital:
        """Raises ValueError for a vital that is not among them."""
        place = self.vitals.index(code)
        return OfVital(self.median[:, place], self.spread[:, place], self.of_hour[:, place])

    def known(self, row: int) -> tuple[str, ...]:
        """The vitals of one patient of which it is known what is usual."""
        return tuple(code for code, median in zip(self.vitals, self.median[row], strict=True) if np.isfinite(median))

    def deviations(self, values: Array) -> Array:
        """(patients, vitals): how many spreads `values` lie above what is usual, not-a-number where unknown."""
        return np.asarray((values - self.median) / self.spread)

    def surprise(self, values: Array) -> Array:
        """(patients,): how probable so great a joint distance is if all is as usual; 1 where nothing is known."""
        away = self._together(values)
        there = ~np.isnan(away)
        both = there[:, :, None] & there[:, None, :]
        filled = np.nan_to_num(away)
        matrix = np.where(both, self.correlation, np.eye(len(self.vitals)))
        squared = np.sum(filled * np.linalg.solve(matrix, filled[..., None])[..., 0], axis=-1)
        count = there.sum(axis=-1)
        return np.where(count > 0, chi2.sf(squared, np.maximum(count, 1)), 1.0)

    def apart(self, values: Array) -> list[tuple[str, ...]]:
        """For each patient the two vitals furthest from usual where the vitals do not go together as usual while none
        shows it by itself; else none."""
        away, surprise = np.abs(np.nan_to_num(self.deviations(values))), self.surprise(values)
        joint = np.abs(np.nan_to_num(self._together(values)))
        found = (away.max(axis=-1, initial=0.0) < STRANGE_AT) & (surprise < JOINTLY_STRANGE_BELOW)
        order = np.argsort(-joint, axis=-1)[:, :2]
        return [tuple(self.vitals[place] for place in order[row]) if found[row] else () for row in range(len(values))]

    def reasons(self, values: Array) -> list[list[Reason]]:
        """For each patient what is not as usual, the strangest first."""
        away, surprise, apart = self.deviations(values), self.surprise(values), self.apart(values)
        return [
            [_together(apart[row], float(surprise[row]))] if apart[row] else self._single(values[row], row, away[row])
            for row in range(len(values))
        ]

    def _single(self, values: Array, row: int, away: Array) -> list[Reason]:
        size = np.abs(np.nan_to_num(away))
        return [
            self._reason(int(place), float(values[place]), row, float(away[place]))
            for place in np.argsort(-size)
            if size[place] >= STRANGE_AT
        ]

    def _reason(self, place: int, value: float, row: int, spreads: float) -> Reason:
        code, median = self.vitals[place], float(self.median[row, place])
        vital = VITALS[code]
        by = f"{abs(value - median):.{vital.decimals}f}"
        unit = vital.unit if vital.unit.startswith("/") else f" {vital.unit}"
        side = "above" if value > median else "below"
        usual = usual_text(of_hour=bool(self.of_hour[row, place]))
        return Reason(code, value, median, spreads, f"{vital.label} {by}{unit} {side} your {usual}")

    def _together(self, values: Array) -> Array:
        """Deviations of what counts where several are looked at together."""
        repeats = np.array([VITALS[code].repeats for code in self.vitals])
        return np.where(repeats, np.nan, self.deviations(values))


def usual_text(*, of_hour: bool) -> str:
    return "usual for this hour" if of_hour else "usual"


def apart_text(vitals: tuple[str, ...]) -> str:
    """The sentence about vitals that do not go together."""
    first, *others = (VITALS[code].label for code in vitals)
    return f"{' and '.join([first, *(_within(label) for label in others)])} do not go together as usual"


def _within(label: str) -> str:
    """A label within a sentence: abbreviations stay as they are."""
    return label if label[1:2].isupper() or not label.isascii() else label[:1].lower() + label[1:]


def _together(vitals: tuple[str, ...], surprise: float) -> Reason:
    spreads = float(np.sqrt(chi2.isf(max(surprise, np.finfo(float).tiny), 1)))
    return Reason("", float("nan"), float("nan"), spreads, apart_text(vitals))
