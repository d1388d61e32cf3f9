"""Whether a beat is a fusion: activated by the sinus node and by an ectopic focus at once.

Both wavefronts start at times of their own, so a fusion beat is not a mixture of the two waves as they stand in their
beats: each is moved by a little, and the least squares are taken of both. A fusion beat needs both; its duration and
its T wave lie between theirs.

Shapes are prepared as in `beat_shapes`: QRS, P and T, each about its own level.
"""

from typing import Final

import numpy as np

from ml.signals.beat_waves import Floats
from ml.signals.filters import BoolArray, FloatArray, IntArray

NAMES: Final = (
    "fusion_share",
    "fusion_size",
    "fusion_rest",
    "gain_on_reference",
    "gain_on_ectopic",
)
REFERENCE_LAGS: Final = np.arange(-6, 7, 2)  # of 8 ms: as the wave is moved to where its QRS has most energy, both
ECTOPIC_LAGS: Final = np.arange(-12, 13, 2)  # wavefronts may stand beside their own places
LEAST_APART: Final = np.float32(0.05)  # of two waves, or the least squares mean nothing
LEAST_POWER: Final = np.float32(1e-6)
EARLY_COUNTS: Final = 4.0
MOST_EARLY: Final = (-0.5, 0.3)  # log of intervals
NEARLY: Final = 0.6  # as strange as the strangest: an ectopic shape too


def strangeness(like_reference: FloatArray, earlier: FloatArray) -> FloatArray:
    """Of shapes (k, shapes), by their correlation with the reference and how much earlier than it they come."""
    strange = (1.0 - like_reference) * np.exp(-EARLY_COUNTS * np.clip(earlier, *MOST_EARLY))
    return np.where(np.isfinite(strange), strange, 0.0)


def ectopic_shape(
    strange: FloatArray, weight: FloatArray, reference: IntArray, likeness: FloatArray
) -> tuple[IntArray, BoolArray]:
    """Number of the common shape that is strangest, or of those nearly as strange the one that is likest to the beat;
    and if there is one. `likeness` (k, shapes) of the beat to each."""
    row = np.arange(len(strange))
    strange[row, reference] = 0.0
    first = np.argmax(weight * strange, axis=1)
    most = strange[row, first]
    likest = np.argmax(np.where(strange >= NEARLY * most[:, None], likeness, -2.0), axis=1)
    return np.where(most > 0.0, likest, first), most > 0.0


def fusion(qrs: Floats, reference: Floats, ectopic: Floats) -> Floats:
    """(k, len(NAMES)) of `qrs` (k, n) by the two shapes (k, n): the reference's share of both, the size of the ectopic
    part (1: as it is alone), what is left of the beat, and how much more either shape leaves alone."""
    ones, others = _moved(reference, REFERENCE_LAGS), _moved(ectopic, ECTOPIC_LAGS)
    power = np.maximum((qrs * qrs).sum(axis=1), LEAST_POWER)
    first = np.matmul(ones, qrs[:, :, None])
    second = np.matmul(others, qrs[:, :, None]).transpose(0, 2, 1)
    between = np.matmul(ones, others.transpose(0, 2, 1))
    its = np.maximum((ones * ones).sum(axis=2), LEAST_POWER)[:, :, None]
    theirs = np.maximum((others * others).sum(axis=2), LEAST_POWER)[:, None, :]
    both = its * theirs
    determinant = both - between * between
    one, other = first * theirs - second * between, second * its - first * between
    possible = (one > 0) & (other > 0) & (determinant > LEAST_APART * both)
    explained = np.where(possible, (one * first + other * second) / np.where(possible, determinant, 1), 0)
    flat = explained.reshape(len(qrs), -1)
    best = flat.argmax(axis=1)
    row, (here, there) = np.arange(len(qrs)), np.divmod(best, len(ECTOPIC_LAGS))
    mixed = possible[row, here, there]
    scale = np.where(mixed, determinant[row, here, there], 1.0)
    one_size = np.where(mixed, one[row, here, there] / scale * np.sqrt(its[row, here, 0]), 0.0)
    other_size = np.where(mixed, other[row, here, there] / scale * np.sqrt(theirs[row, 0, there]), 0.0)
    one_alone = _left((first.clip(0.0) ** 2 / its).max(axis=(1, 2)), power)
    other_alone = _left((second.clip(0.0) ** 2 / theirs).max(axis=(1, 2)), power)
    left = np.minimum(_left(flat[row, best], power), np.minimum(one_alone, other_alone))
    share = np.where(mixed, one_size / np.where(mixed, one_size + other_size, 1.0), one_alone < other_alone)
    typical = np.sqrt(np.maximum((ectopic * ectopic).sum(axis=1), LEAST_POWER))
    return np.column_stack((share, other_size / typical, left, one_alone - left, other_alone - left))


def toward(prepared: FloatArray, reference: FloatArray, ectopic: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(k,) how far each wave (k, n) is on the way from the one shape (0) to the other (1), and how far beside it."""
    way, own = ectopic - reference, prepared - reference
    length = np.maximum((way * way).sum(axis=1), LEAST_POWER)
    share = (own * way).sum(axis=1) / length
    beside = own - share[:, None] * way
    return share, np.sqrt((beside * beside).sum(axis=1) / length)


def _moved(wave: Floats, lags: IntArray) -> Floats:
    """(k, lags, n): what goes out at one end is held at the other."""
    at = np.clip(np.arange(wave.shape[1]) - lags[:, None], 0, wave.shape[1] - 1)
    return np.asarray(wave[:, at])


def _left(explained: Floats, power: Floats) -> Floats:
    return np.asarray(np.sqrt(np.clip(1.0 - explained / power, 0.0, 1.0)))
