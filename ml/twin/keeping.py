"""All that a twin needs to go on, as arrays by name, and how patients are taken out of a shard and put together.

Every array's patients lie along the axis that its declaration names; that is all that taking, joining, and packing
need to know.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from ml.physiology.quantities import Array
from ml.physiology.simulate import INPUTS
from ml.twin.sensors import SENSORS
from ml.twin.told import TOLD
from ml.twin.variables import VARIABLES

FROZEN: Final = 4
"""Bodies that go on without being corrected, begun half an hour apart."""
PAST_BINS: Final = 36
PAST_BIN_S: Final = 300.0
REMEMBERED: Final = ("heart_rate", "glucose")
CONSISTENCY: Final = ("nis", "lag_product", "mean", "weight", "last")
HYPOTHESES: Final = (
    "none", "bleeding", "dehydration", "fever", "exertion", "drug", "hypoxia", "arrhythmia", "meal",
    *(f"sensor_fault:{code}" for code in SENSORS),
)  # fmt: skip
PERSON: Final = ("male", "age_years", "height_cm", "mass_kg", "fitness")


# Along which axis patients lie; exact: written in all its digits, else in single precision.
FIRST: Final = {"axis": 0, "exact": False}
FIRST_EXACT: Final = {"axis": 0, "exact": True}
SECOND: Final = {"axis": 1, "exact": False}
SECOND_EXACT: Final = {"axis": 1, "exact": True}
THIRD: Final = {"axis": 2, "exact": False}


@dataclass
class Kept:
    """(…, patients, …) each. Members: the last axis of `ensemble`."""

    person: Array = field(metadata=FIRST_EXACT)  # (patients, PERSON)
    seeds: npt.NDArray[np.uint64] = field(metadata=FIRST_EXACT)
    draws: npt.NDArray[np.uint64] = field(metadata=FIRST_EXACT)
    at_s: Array = field(metadata=FIRST_EXACT)
    ensemble: Array = field(metadata=SECOND)  # (variables, patients, members)
    frozen: Array = field(metadata=SECOND)  # (variables, patients, FROZEN)
    frozen_at_s: Array = field(metadata=FIRST_EXACT)  # (patients, FROZEN)
    frozen_unsure: Array = field(
        metadata=SECOND
    )  # (sensors, patients, FROZEN): the variance of what it says a sensor shows; 0 where that had been learned
    surroundings: Array = field(metadata=SECOND)  # (inputs, patients)
    still: Array = field(metadata=FIRST)  # (patients,): 1 where movement is measured, and there is none
    prior_variance: Array = field(metadata=SECOND)  # (TOLD, patients)
    last_value: Array = field(metadata=SECOND)  # (sensors, patients), not-a-number before the first
    last_at_s: Array = field(metadata=SECOND_EXACT)  # (sensors, patients), minus infinity before the first
    consistency: Array = field(metadata=THIRD)  # (sensors, CONSISTENCY, patients)
    residual: Array = field(
        metadata=SECOND
    )  # (sensors, patients, FROZEN): what is seen less what a frozen body shows, smoothed
    residual_weight: Array = field(metadata=SECOND)  # 0 before the first, to 1
    leap: Array = field(metadata=SECOND)  # (sensors, patients): the greatest offset of late, in the sensor's unit
    pulled: Array = field(metadata=SECOND)  # (sensors, patients): what the last few readings moved the prediction by
    offset: Array = field(metadata=SECOND)  # (sensors, patients): by how much they are off what was predicted before
    leap_size: Array = field(metadata=SECOND)  # (sensors, patients): the same in deviations, fading
    restless: Array = field(metadata=SECOND)  # (sensors, patients): mean NIS, one reading counting for little
    odds: Array = field(metadata=SECOND)  # (hypotheses, patients)
    past: Array = field(metadata=SECOND)  # (REMEMBERED, patients, PAST_BINS), the latest last
    past_bin: Array = field(metadata=FIRST_EXACT)  # (patients,) number of the latest bin
    usual: Array = field(metadata=SECOND)  # (REMEMBERED, patients), over about a day
    usual_deviation: Array = field(metadata=SECOND)

    def take(self, indices: npt.ArrayLike) -> Self:
        """These patients, copied."""
        rows = np.atleast_1d(np.asarray(indices))
        return type(self)(
            **{each.name: np.take(getattr(self, each.name), rows, axis=each.metadata["axis"]) for each in fields(self)}
        )

    def put(self, indices: npt.ArrayLike, other: Self) -> None:
        """What was taken, back in its place."""
        for each in fields(self):
            place = (slice(None),) * each.metadata["axis"] + (indices,)
            getattr(self, each.name)[place] = getattr(other, each.name)

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Raises ValueError where the parts are of different numbers of members."""
        return cls(
            **{
                each.name: np.concatenate([getattr(part, each.name) for part in parts], axis=each.metadata["axis"])
                for each in fields(cls)
            }
        )


def blank(patients: int, members: int) -> Kept:
    """Of twins of which nothing is known: zeros, but for what has never been, which says so."""
    variables, sensors, remembered = len(VARIABLES), len(SENSORS), len(REMEMBERED)
    odds = np.zeros((len(HYPOTHESES), patients))
    odds[0] = 1.0
    return Kept(
        person=np.zeros((patients, len(PERSON))),
        seeds=np.zeros(patients, np.uint64),
        draws=np.zeros(patients, np.uint64),
        at_s=np.zeros(patients),
        ensemble=np.zeros((variables, patients, members)),
        frozen=np.zeros((variables, patients, FROZEN)),
        frozen_at_s=np.full((patients, FROZEN), -np.inf),
        frozen_unsure=np.zeros((sensors, patients, FROZEN)),
        surroundings=np.zeros((len(INPUTS), patients)),
        still=np.zeros(patients),
        prior_variance=np.zeros((len(TOLD), patients)),
        last_value=np.full((sensors, patients), np.nan),
        last_at_s=np.full((sensors, patients), -np.inf),
        consistency=np.zeros((sensors, len(CONSISTENCY), patients)),
        residual=np.zeros((sensors, patients, FROZEN)),
        residual_weight=np.zeros((sensors, patients, FROZEN)),
        leap=np.zeros((sensors, patients)),
        leap_size=np.zeros((sensors, patients)),
        restless=np.ones((sensors, patients)),
        pulled=np.zeros((sensors, patients)),
        offset=np.zeros((sensors, patients)),
        odds=odds,
        past=np.full((remembered, patients, PAST_BINS), np.nan),
        past_bin=np.zeros(patients),
        usual=np.full((remembered, patients), np.nan),
        usual_deviation=np.full((remembered, patients), np.nan),
    )


def layout() -> str:
    """Of everything that is kept: of what cannot be read back by another layout, the name differs."""
    named = (VARIABLES, tuple(SENSORS), INPUTS, HYPOTHESES, PERSON, REMEMBERED, PAST_BINS, FROZEN)
    arrays = tuple((each.name, each.metadata["axis"], each.metadata["exact"]) for each in fields(Kept))
    return hashlib.sha256(repr((named, arrays)).encode()).hexdigest()
