"""What is usual for a person, told from their own past week by the hour of the day.

For each patient and vital the means of past hours are kept for a week. What is usual for an hour is the median of that
hour and its two neighbours over the days kept, once there are three days; before that the median of all hours, and of
who has been seen for fewer than three days only what adults who are well have: the whole of it may be one illness. The
spread is 1.4826 x the median absolute deviation (Hampel 1974), and never below what such a vital varies by within a
well person's hour, so that who is very steady is not strange at once. The last hours do not count towards what is
usual: a deterioration must not become its own baseline.

The correlation of the deviations is over the past, of deviations clipped at three spreads (which keeps past trouble
from shaping it) and shrunk towards none where history is short (Ledoit & Wolf 2004, with a fixed weight of so many
hours).
"""

from collections.abc import Sequence
from typing import Final, Self

import numpy as np

from ml.scoring.usual import VITALS, Array, Flags, Usual

HOURS_A_DAY: Final = 24
DAYS: Final = 7
MAD_TO_SD: Final = 1.4826
FEWEST_HOURS: Final = 12
FEWEST_DAYS: Final = 3
EMBARGO_H: Final = 6
CLIPPED_AT: Final = 3.0
SHRUNK_BY_H: Final = 24.0
LEAST_EIGENVALUE: Final = 0.05


class Baseline:
    """The past week of many patients: `learn` an hour's means, ask what is usual for the present one."""

    def __init__(self, patients: int, vitals: Sequence[str] = tuple(VITALS), days: int = DAYS) -> None:
        self.vitals = tuple(vitals)
        self._days = days
        # By day and hour of the day; which absolute hour stands in a place is kept beside it.
        self._past = np.full((patients, len(self.vitals), days, HOURS_A_DAY), np.nan)
        self._hour = np.full((days, HOURS_A_DAY), -1, dtype=np.int64)
        self._least = np.array([VITALS[name].least_spread for name in self.vitals])
        self._well = np.array([VITALS[name].well for name in self.vitals]).T

    @classmethod
    def of(cls, first_hour: int, means: Array, vitals: Sequence[str] = tuple(VITALS)) -> Self:
        """Taught at once: `means` (patients, vitals, hours) of the hours from `first_hour` on (see `learn`)."""
        baseline = cls(means.shape[0], vitals)
        for step in range(means.shape[2]):
            baseline.learn(first_hour + step, means[:, :, step])
        return baseline

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
        of_hour = days >= FEWEST_DAYS
        median = np.where(of_hour, _median(near.reshape(*past.shape[:2], -1)), _median(flat))
        # The spread is of all hours, each about its own part of the day: three days have too few of one hour.
        residuals = self._residuals(past)
        spread = np.maximum(MAD_TO_SD * _median(np.abs(residuals)), self._least)
        known = (~np.isnan(flat)).sum(axis=-1) >= FEWEST_HOURS
        with np.errstate(invalid="ignore"):
            known &= self._seen_for_days(past) | ((median >= self._well[0]) & (median <= self._well[1]))
        return Usual(
            self.vitals,
            np.where(known, median, np.nan),
            np.where(known, spread, np.nan),
            of_hour & known,
            _correlation(residuals / spread[..., None]),
        )

    def _seen_for_days(self, past: Array) -> Flags:
        """(patients, vitals): whether so many days lie between the first and the last hour."""
        there = ~np.isnan(past)
        first = np.where(there, self._hour, np.iinfo(np.int64).max).min(axis=(2, 3))
        last = np.where(there, self._hour, -1).max(axis=(2, 3))
        return np.asarray(there.any(axis=(2, 3)) & (last - first >= FEWEST_DAYS * HOURS_A_DAY - 1))

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


def _correlation(deviations: Array) -> Array:
    """(patients, vitals, vitals) of deviations in spreads (patients, vitals, hours), shrunk towards the identity."""
    residuals = np.clip(deviations, -CLIPPED_AT, CLIPPED_AT)
    there = ~np.isnan(residuals)
    filled = np.where(there, residuals, 0.0)
    together = np.einsum("pit,pjt->pij", there.astype(float), there.astype(float))
    products = np.einsum("pit,pjt->pij", filled, filled) / np.maximum(together, 1.0)
    scale = np.sqrt(np.maximum(np.einsum("pii->pi", products), 1e-6))
    correlation = np.clip(products / (scale[:, :, None] * scale[:, None, :]), -0.95, 0.95)
    weight = together / (together + SHRUNK_BY_H)
    return _definite(np.where(np.eye(deviations.shape[1]) > 0, 1.0, weight * correlation))


def _definite(correlation: Array) -> Array:
    """The nearest by eigenvalues that is a correlation: pairs, each over hours of its own, need not make one."""
    values, vectors = np.linalg.eigh(correlation)
    whole = np.einsum("pik,pk,pjk->pij", vectors, np.maximum(values, LEAST_EIGENVALUE), vectors)
    scale = np.sqrt(np.einsum("pii->pi", whole))
    return np.asarray(whole / (scale[:, :, None] * scale[:, None, :]))


def _median(values: Array) -> Array:
    """Over the last axis, without what is not a number; not-a-number where there is nothing."""
    ordered = np.sort(values, axis=-1)  # not-a-number comes last
    count = (~np.isnan(values)).sum(axis=-1)
    low, high = np.maximum(count - 1, 0) // 2, np.maximum(count, 1) // 2
    high = np.minimum(high, np.maximum(count - 1, 0))
    middle = [np.take_along_axis(ordered, place[..., None], axis=-1)[..., 0] for place in (low, high)]
    return np.asarray(np.where(count > 0, (middle[0] + middle[1]) / 2, np.nan))
