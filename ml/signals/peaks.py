"""Candidates for a beat: the peaks of an envelope that nothing near them outdoes.

Found with a fixed look-ahead, so that what is found does not depend on how the signal was cut into frames.
"""

from dataclasses import dataclass, fields

import numpy as np

from ml.signals.filters import BoolArray, FloatArray, IntArray, WaveArray, sliding_max


@dataclass(frozen=True)
class Candidates:
    """One row per candidate, ordered by lane, then time.

    `index` and `fiducial` (where the beat is timed) count envelope samples from the lane's start.
    """

    lane: IntArray
    index: IntArray
    amplitude: FloatArray
    fiducial: FloatArray
    shape: WaveArray  # (n, k): unit vector of the band-passed wave around it; then heights in other bands, if any

    def take(self, which: IntArray | BoolArray) -> "Candidates":
        return Candidates(*(getattr(self, f.name)[which] for f in fields(self)))

    def merge(self, later: "Candidates") -> "Candidates":
        """Both together; `later` holds nothing earlier than this in any lane."""
        both = Candidates.join([self, later])
        return both.take(np.argsort(both.lane, kind="stable"))

    @staticmethod
    def join(parts: "list[Candidates]") -> "Candidates":
        """One after the other."""
        return Candidates(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Candidates)))

    @staticmethod
    def none(shape_length: int) -> "Candidates":
        no_index, no_value = np.zeros(0, np.int64), np.zeros(0)
        return Candidates(no_index, no_index, no_value, no_value, np.zeros((0, shape_length), np.float32))


def dominant_peaks(envelope: WaveArray, near: int, eclipse: int, ratio: float, floor: float) -> BoolArray:
    """Mask over envelope[near : n - eclipse] of (n, lanes): peaks above `floor`, highest of `near` neighbours on either
    side, and not followed within `eclipse` samples by one of which it is less than `ratio` (as a P wave is by its
    QRS)."""
    n = len(envelope)
    here = envelope[near : n - eclipse]
    beside = sliding_max(envelope[: n - eclipse + near], near)
    highest = here > beside[: len(here)]
    highest &= here >= beside[near + 1 :]
    highest &= here > floor
    if ratio > 0:
        highest &= here >= ratio * sliding_max(envelope[near + 1 :], eclipse)
    return np.asarray(highest)


def parabolic_offset(left: FloatArray, middle: FloatArray, right: FloatArray) -> FloatArray:
    """Where between its neighbours the top of three samples lies, -0.5 to 0.5."""
    curvature = left - 2 * middle + right
    with np.errstate(divide="ignore", invalid="ignore"):
        offset = np.where(curvature != 0, 0.5 * (left - right) / curvature, 0.0)
    return np.clip(offset, -0.5, 0.5)
