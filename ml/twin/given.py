"""What is told of a person, as the body takes it: meals, drinks and insulin by the clock, work by the movement.

What is told is an amount at a moment; the body takes a rate. An amount's share of any stretch of time is what has been
taken in by its end less what had been by its beginning: nothing is lost or doubled, however the hours are cut.

*Meals* are eaten, and drinks drunk, within a quarter of an hour. *Drinks* stand for the drinking that everybody is
thought to do anyway: until that would have come to as much, it rests. *Insulin* is of the rapid kind and goes under the
skin, from where it reaches the blood over hours (Hovorka 2004, Physiol Meas 25:905, 55 min). *Work* is told by the
movement that is measured (`ml.physiology.movement`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from ml.assimilation.ensemble_filter import Mask
from ml.physiology import Inputs
from ml.physiology.inputs import REST
from ml.physiology.quantities import Array

TAKEN_MIN: Final = 15.0
SKIN_MIN: Final = 55.0
ACTS_FOR_S: Final = 8.0 * 3600.0
"""What was told of longer ago is gone: 0.4 % of a meal is left in the stomach, 0.2 % of a dose under the skin."""
WATER_ML_PER_MIN: Final = float(REST.drink_ml_per_min)
SUGAR: Final = frozenset({"meal_carbohydrate", "insulin_dose"})
NEWS_S: Final = 1_800.0
MOVES_ON_MIN: Final = 10.0
"""So long somebody who moves is thought to go on, where nobody knows."""


@dataclass(frozen=True)
class Told:
    """Amounts (events,) of one kind, each of a patient of the shard by their place, at an epoch second."""

    patient: npt.NDArray[np.int64]
    at_s: Array
    amount: Array

    @classmethod
    def of(cls, events: Sequence[tuple[int, float, float]]) -> Self:
        """Out of (patient's place, epoch second, amount)."""
        table = np.array(events, dtype=np.float64).reshape(-1, 3)
        return cls(table[:, 0].astype(np.int64), table[:, 1], table[:, 2])

    def taken_in(self, share: Callable[[Array], Array], begin_s: Array, end_s: Array) -> Array:
        """(patients,) between two moments of each patient. `share` of an amount that is taken in by so many minutes
        after."""
        shares = share((end_s[self.patient] - self.at_s) / 60.0) - share((begin_s[self.patient] - self.at_s) / 60.0)
        return np.asarray(np.bincount(self.patient, self.amount * shares, len(begin_s)), dtype=np.float64)


@dataclass(frozen=True)
class Later:
    """`inputs`: what is done between two minutes from now, numbers or arrays (patients,). `news`, by sensor
    (patients,): whether the body knows what the sensor's own course does not: what was taken in so lately that glucose
    does not show it yet, or that the heart is quick because of work, which ends."""

    inputs: Callable[[float, float], Inputs]
    news: Mapping[str, Mask]


def eaten(minutes: Array) -> Array:
    """The share that is eaten or drunk by so many minutes after."""
    return np.clip(minutes / TAKEN_MIN, 0.0, 1.0)


def absorbed(minutes: Array) -> Array:
    """The share of rapid insulin that has reached the blood."""
    past = np.maximum(minutes, 0.0) / SKIN_MIN
    return np.asarray(1.0 - (1.0 + past) * np.exp(-past))


@dataclass(frozen=True)
class Given:
    """All that is told of a shard's `patients`. `told`: by code of TAKEN_AS; `fio2` (patients,). Moments are epoch
    seconds, one for all or (patients,)."""

    patients: int
    told: Mapping[str, Told] = field(default_factory=dict)
    fio2: Array | float = REST.fio2

    def between(self, begin_s: Array | float, end_s: Array | float, watts: Array | float = 0.0) -> Inputs:
        """What is done to the bodies between two moments; `watts` (patients,) is what they work meanwhile, not-a-number
        where their movement is not measured."""
        begin, end = (np.broadcast_to(np.asarray(at, np.float64), (self.patients,)) for at in (begin_s, end_s))
        minutes = (end - begin) / 60.0
        rates = {
            name: self.told[code].taken_in(share, begin, end) / minutes
            for code, (name, share) in TAKEN_AS.items()
            if code in self.told
        }
        if "fluid_intake" in self.told:
            rates["drink_ml_per_min"] += self._unprompted(begin, end)
        return Inputs(fio2=self.fio2, work_watts=watts, **rates)

    def later(self, now_s: Array | float, watts: Array | float = 0.0) -> "Later":
        """What is known to be done from now on, if nobody does anything new."""
        now = np.broadcast_to(np.asarray(now_s, np.float64), (self.patients,))

        def ahead(begin_min: float, end_min: float) -> Inputs:
            going_on = min(max(MOVES_ON_MIN - begin_min, 0.0) / (end_min - begin_min), 1.0)
            return self.between(now + 60.0 * begin_min, now + 60.0 * end_min, going_on * watts)

        works = np.broadcast_to(np.asarray(watts, np.float64) > 0.0, (self.patients,))
        return Later(ahead, {"glucose": self._sugar(now), "heart_rate": works})

    def _sugar(self, now_s: Array) -> Mask:
        found = np.zeros(self.patients, dtype=np.bool_)
        for code in self.told.keys() & SUGAR:
            each = self.told[code]
            found[each.patient[np.abs(now_s[each.patient] - each.at_s) < NEWS_S]] = True
        return found

    def _unprompted(self, begin_s: Array, end_s: Array) -> Array:
        """(patients,) mL/min of the drinking that nobody tells: none while what was told stands for it."""
        rows, from_s, until_s = self._stands_for
        within_s = np.maximum(np.minimum(until_s, end_s[rows]) - np.maximum(from_s, begin_s[rows]), 0.0)
        covered_s = np.bincount(rows, within_s, self.patients)
        return np.asarray(WATER_ML_PER_MIN * (1.0 - covered_s / (end_s - begin_s)))

    @cached_property
    def _stands_for(self) -> tuple[npt.NDArray[np.int64], Array, Array]:
        """Of each drink the patient, and from when until when it is the day's drinking: one after the other."""
        drunk, free_s = self.told["fluid_intake"], np.full(self.patients, -np.inf)
        order = np.argsort(drunk.at_s, kind="stable")
        from_s, until_s = np.empty((2, len(order)))
        for place, index in enumerate(order):
            row = drunk.patient[index]
            from_s[place] = max(free_s[row], drunk.at_s[index])
            free_s[row] = until_s[place] = from_s[place] + 60.0 * drunk.amount[index] / WATER_ML_PER_MIN
        return drunk.patient[order], from_s, until_s


TAKEN_AS: Final[Mapping[str, tuple[str, Callable[[Array], Array]]]] = MappingProxyType(
    {
        "meal_carbohydrate": ("carbohydrate_g_per_min", eaten),
        "insulin_dose": ("insulin_u_per_min", absorbed),
        "fluid_intake": ("drink_ml_per_min", eaten),
    }
)
"""By code of the quantity that is told: the input of the body, and how it is taken in."""
