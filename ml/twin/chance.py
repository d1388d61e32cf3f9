"""Normal deviates that belong to a patient: the same whoever else is in the shard, and in whatever order.

A counter is mixed with the patient's seed (SplitMix64: Steele, Lea & Flood 2014, OOPSLA) and turned into a normal
deviate by the inverse of its distribution. No generator has a state that would have to be kept.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from ml.physiology.quantities import Array

Words = npt.NDArray[np.uint64]
GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
SECOND: Final = np.uint64(0x94D049BB133111EB)


def normals(seeds: Words, counters: Words, kinds: int, members: int) -> Array:
    """(kinds, patients, members), of mean 0 over the members and variance 1 in expectation. `seeds`, `counters`
    (patients,): the same pair gives the same deviates."""
    own = _mixed(seeds + GOLDEN * _mixed(counters + GOLDEN))
    place = GOLDEN * np.arange(1, kinds * members + 1, dtype=np.uint64).reshape(kinds, 1, members)
    words = _mixed(own[None, :, None] + place)
    deviates = ndtri((words >> np.uint64(11)).astype(np.float64) * 2.0**-53 + 2.0**-54)
    if members > 1:
        deviates -= deviates.mean(axis=2, keepdims=True)
        deviates *= np.sqrt(members / (members - 1.0))
    return np.asarray(deviates)


def _mixed(words: Words) -> Words:
    words = (words ^ (words >> np.uint64(30))) * FIRST
    words = (words ^ (words >> np.uint64(27))) * SECOND
    return np.asarray(words ^ (words >> np.uint64(31)))
