"""What is usual for a person, by the hour of the day, and how far from it they are now: reasons, never alarms.

For each patient and vital the means of past hours are kept for a week. What is usual for an hour is the median of that
hour and its two neighbours over the days kept, once there are three days; before that the median of all hours. The
spread is 1.4826 x the median absolute deviation (Hampel 1974), and never below what such a vital varies by within a
well person's hour, so that who is very steady is not strange at once. The last hours do not count towards what is
usual: a deterioration must not become its own baseline.

Jointly: the squared Mahalanobis distance of these deviations under their own correlation over the past, of deviations
clipped at three spreads (which keeps past trouble from shaping it) and shrunk towards none where history is short
(Ledoit & Wolf 2004, with a fixed weight of so many hours). It finds what each vital by itself does not show: a pulse
that rises a little while the pressure falls a little.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2

Array = npt.NDArray[np.float64]

HOURS_A_DAY: Final = 24
MAD_TO_SD: Final = 1.4826
FEWEST_HOURS: Final = 12
FEWEST_DAYS: Final = 3
EMBARGO_H: Final = 6
CLIPPED_AT: Final = 3.0
SHRUNK_BY_H: Final = 24.0
STRANGE_AT: Final = 3.0
"""Spreads from the median at which a vital is given as a reason."""
JOINTLY_STRANGE_BELOW: Final = 0.001
"""The probability, were all as usual, below which several vitals together are given as a reason."""


@dataclass(frozen=True, slots=True)
class Vital:
    """`least_spread`: in `unit`, what a well person's hourly means vary by."""

    label: str
    unit: str
    least_spread: float
    decimals: int = 0


VITALS: Final[Mapping[str, Vital]] = MappingProxyType(
    {
        "heart_rate": Vital("Heart rate", "/min", 4.0),
        "spo2": Vital("SpO₂", "%", 1.0),
        "respiratory_rate": Vital("Respiratory rate", "/min", 1.5),
        "systolic_pressure": Vital("Systolic pressure", "mmHg", 6.0),
        "diastolic_pressure": Vital("Diastolic pressure", "mmHg", 4.0),
        "core_temperature": Vital("Core temperature", "°C", 0.2, 1),
        "skin_temperature": Vital("Skin temperature", "°C", 0.6, 1),
        "rmssd": Vital("HRV, RMSSD", "ms", 8.0),
    }
)


@dataclass(frozen=True, slots=True)
class Usual:
    """Each of shape (patients, vitals): median, spread, and whether it is of this hour of the day. Not-a-number where
    there is too little history."""

    median: Array
    spread: Array
    of_hour: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a person is not as usual. `vital`: its code; empty where it is several together."""

    vital: str
    value: float
    usual: float
    spreads: float
    text: str


class Baseline:
    """The past week of many patients: `learn` an hour's means, ask how the present one differs."""

    def __init__(self, patients: int, vitals: Sequence[str] = tuple(VITALS), days: int = 7) -> None:
        self.vitals = tuple(vitals)
        self._days = days
        # By day and hour of the day; which absolute hour stands in a place is kept beside it.
        self._past = np.full((patients, len(self.vitals), days, HOURS_A_DAY), np.nan)
        self._hour = np.full((days, HOURS_A_DAY), -1, dtype=np.int64)
        self._least = np.array([VITALS[name].least_spread for name in self.vitals])

    def learn(self, hour: int, means: Array) -> None:
        """`means` (patients, vitals) of the hour that began `hour` x 3,600 s after the epoch, not-a-number where
        nothing was measured. In any order; an hour that is learned again is replaced."""
        day, of_day = (hour // HOURS_A_DAY) % self._days, hour % HOURS_A_DAY
        if hour >= self._hour[day, of_day]:
            self._hour[day, of_day] = hour
            self._past[:, :, day, of_day] = means

    def usual(self, hour: int) -> Usual:
        """What is usual for an hour, by what was learned up to six hours before it."""
        past = self._before(hour)
        flat = past.reshape(*past.shape[:2], -1)
        near = past[..., [(hour + step) % HOURS_A_DAY for step in (-1, 0, 1)]]
        days = (~np.isnan(near)).any(axis=-1).sum(axis=-1)
        near = near.reshape(*past.shape[:2], -1)
        of_hour = days >= FEWEST_DAYS
        median = np.where(of_hour, _median(near), _median(flat))
        # The spread is of all hours, each about its own part of the day: three days have too few of one hour.
        spread = np.maximum(MAD_TO_SD * _median(np.abs(self._residuals(past))), self._least)
        known = (~np.isnan(flat)).sum(axis=-1) >= FEWEST_HOURS
        return Usual(np.where(known, median, np.nan), np.where(known, spread, np.nan), of_hour & known)

    def deviations(self, hour: int, values: Array) -> Array:
        """(patients, vitals): how many spreads `values` lie above what is usual, not-a-number where unknown."""
        usual = self.usual(hour)
        return np.asarray((values - usual.median) / usual.spread)

    def surprise(self, hour: int, values: Array) -> Array:
        """(patients,): how probable so great a joint distance is if all is as usual; 1 where nothing is known."""
        usual = self.usual(hour)
        now = (values - usual.median) / usual.spread
        there = ~np.isnan(now)
        correlation = self._correlation(self._before(hour), usual.spread)
        both = there[:, :, None] & there[:, None, :]
        identity = np.eye(len(self.vitals))
        filled = np.nan_to_num(now)
        solved = np.linalg.solve(np.where(both, correlation, identity), filled[..., None])[..., 0]
        squared = np.sum(filled * solved, axis=-1)
        count = there.sum(axis=-1)
        return np.where(count > 0, chi2.sf(squared, np.maximum(count, 1)), 1.0)

    def reasons(self, hour: int, values: Array) -> list[list[Reason]]:
        """For each patient what is not as usual, the strangest first."""
        usual, away, surprise = self.usual(hour), self.deviations(hour, values), self.surprise(hour, values)
        patients = range(len(values))
        return [self._of_patient(values[row], usual, row, away[row], float(surprise[row])) for row in patients]

    def _of_patient(self, values: Array, usual: Usual, row: int, away: Array, surprise: float) -> list[Reason]:
        size = np.abs(np.nan_to_num(away))
        order = np.argsort(-size)
        found = [
            self._reason(int(place), float(values[place]), usual, row, float(away[place]))
            for place in order
            if size[place] >= STRANGE_AT
        ]
        if not found and surprise < JOINTLY_STRANGE_BELOW:
            names = " and ".join(VITALS[self.vitals[place]].label for place in order[:2])
            spreads = float(np.sqrt(chi2.isf(surprise, 1)))
            found = [Reason("", float("nan"), float("nan"), spreads, f"{names} do not go together as usual")]
        return found

    def _reason(self, place: int, value: float, usual: Usual, row: int, spreads: float) -> Reason:
        code, median = self.vitals[place], float(usual.median[row, place])
        vital = VITALS[code]
        by = f"{abs(value - median):.{vital.decimals}f}"
        unit = vital.unit if vital.unit.startswith("/") else f" {vital.unit}"
        when = "your usual for this hour" if usual.of_hour[row, place] else "your usual"
        side = "above" if value > median else "below"
        return Reason(code, value, median, spreads, f"{vital.label} {by}{unit} {side} {when}")

    def _before(self, hour: int) -> Array:
        """The past that may be gone by, of the same shape, not-a-number elsewhere."""
        valid = (self._hour >= 0) & (self._hour <= hour - EMBARGO_H) & (self._hour > hour - self._days * HOURS_A_DAY)
        return np.where(valid, self._past, np.nan)

    def _residuals(self, past: Array) -> Array:
        """(patients, vitals, hours): past hours less the median of their part of the day (three hours wide, over the
        days), or of all where there are too few days."""
        around = np.stack([np.roll(past, step, axis=-1) for step in (-1, 0, 1)], axis=2)
        enough = (~np.isnan(around)).any(axis=2).sum(axis=2) >= FEWEST_DAYS
        of_hour = _median(np.moveaxis(around, -1, 2).reshape(*past.shape[:2], HOURS_A_DAY, -1))
        overall = _median(past.reshape(*past.shape[:2], -1))
        centre = np.where(enough, of_hour, overall[..., None])
        return np.asarray((past - centre[:, :, None, :]).reshape(*past.shape[:2], -1))

    def _correlation(self, past: Array, spread: Array) -> Array:
        """(patients, vitals, vitals), shrunk towards the identity."""
        residuals = np.clip(self._residuals(past) / spread[..., None], -CLIPPED_AT, CLIPPED_AT)
        there = ~np.isnan(residuals)
        filled = np.where(there, residuals, 0.0)
        together = np.einsum("pit,pjt->pij", there.astype(float), there.astype(float))
        products = np.einsum("pit,pjt->pij", filled, filled) / np.maximum(together, 1.0)
        scale = np.sqrt(np.maximum(np.einsum("pii->pi", products), 1e-6))
        correlation = np.clip(products / (scale[:, :, None] * scale[:, None, :]), -0.95, 0.95)
        weight = (together.min(axis=(1, 2)) / (together.min(axis=(1, 2)) + SHRUNK_BY_H))[:, None, None]
        identity = np.eye(len(self.vitals))
        return np.asarray(np.where(identity > 0, 1.0, weight * correlation))


def _median(values: Array) -> Array:
    """Over the last axis, without what is not a number; not-a-number where there is nothing."""
    ordered = np.sort(values, axis=-1)  # not-a-number comes last
    count = (~np.isnan(values)).sum(axis=-1)
    low, high = np.maximum(count - 1, 0) // 2, np.maximum(count, 1) // 2
    high = np.minimum(high, np.maximum(count - 1, 0))
    middle = [np.take_along_axis(ordered, place[..., None], axis=-1)[..., 0] for place in (low, high)]
    return np.asarray(np.where(count > 0, (middle[0] + middle[1]) / 2, np.nan))
