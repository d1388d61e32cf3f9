"""R peaks and samples in, rows of features out: streaming, over many lanes at once.

A lane keeps the last seconds of its signal, what its last beats looked like, and the shapes it had. A beat's row is
made when everything up to `HORIZON_S` after it is known, and reads nothing later, so that it does not depend on how the
signal came in frames.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from ml.signals import beat_features, beat_shapes
from ml.signals.beat_features import Beside
from ml.signals.beat_neighbours import (
    FUTURE,
    HORIZON_S,
    LONGEST_RR_S,
    PAST,
    SHORTEST_RR_S,
    Neighbours,
    intervals,
)
from ml.signals.beat_shapes import BeatShapes
from ml.signals.beat_waves import LENGTH, MEASURES, QRS, BeatPainter, BeatWaves, Floats
from ml.signals.filters import BoolArray, FloatArray, IntArray, side_by_side
from ml.signals.runs import runs

Kind = TypeVar("Kind", np.float32, np.float64)

R_PEAK_DELAY_S: Final = 1.5  # after which every R peak has been given
DELAY_S: Final = HORIZON_S + R_PEAK_DELAY_S
KEPT_S: Final = 3.5  # beside the piece that is worked on
KEPT_BEATS: Final = 128
BEATS_AT_ONCE: Final = 24
PIECE_S: Final = 1.0
COMMONNESS: Final = beat_shapes.NAMES.index("shape_share")


@dataclass(frozen=True)
class Rows:
    """(k,) beats ordered by lane, then time. `rows` (k, len(NAMES)); `missing`: share of the beat's own samples;
    `plain`: those whose class is plain without their waves, of which the row says nothing."""

    lane: IntArray
    sample: IntArray
    rows: Floats
    missing: Floats
    plain: BoolArray

    @staticmethod
    def join(parts: "list[Rows]") -> "Rows":
        if len(parts) == 1:
            return parts[0]
        lane = np.concatenate([part.lane for part in parts])
        order = np.argsort(lane, kind="stable")
        every = (
            np.concatenate([getattr(part, name) for part in parts]) for name in ("sample", "rows", "missing", "plain")
        )
        return Rows(lane[order], *(values[order] for values in every))


class BeatRowBank:
    """`lanes` ECG leads of one rate, millivolts. Arrays have one row per lane, rings of beats along the second axis.

    Frames longer than `piece_s` are worked on in pieces of that length: it bounds the memory, and changes no result.
    `is_plain` tells by (k, len(PLAIN_NAMES)) which beats need no more; without it all rows are whole.
    """

    def __init__(
        self,
        rate_hz: float,
        lanes: int,
        piece_s: float = PIECE_S,
        is_plain: Callable[[Floats], BoolArray] | None = None,
    ) -> None:
        self.rate_hz = rate_hz
        self._is_plain = is_plain
        self._painter = BeatPainter(rate_hz)
        self._piece = max(1, int(piece_s * rate_hz))
        self._signal: Floats = np.full((lanes, round((KEPT_S + piece_s) * rate_hz)), np.nan, dtype=np.float32)
        self._stretch_at = sliding_window_view(self._signal, self._painter.last - self._painter.first + 1, axis=1)
        self._count: IntArray = np.zeros(lanes, np.int64)
        self._born: IntArray = np.zeros(lanes, np.int64)
        self._told: IntArray = np.zeros(lanes, np.int64)
        self._sample: IntArray = np.zeros((lanes, KEPT_BEATS), np.int64)
        self._position: FloatArray = np.zeros((lanes, KEPT_BEATS))
        self._wave = _ring(lanes, LENGTH)
        self._shape = _ring(lanes, QRS.stop - QRS.start)
        self._measures = _ring(lanes, len(MEASURES))
        self._said = _ring(lanes, len(beat_shapes.NAMES))
        self._height, self._spike, self._missing, self._commonness = (_ring(lanes) for _ in range(4))
        self._rr_s: FloatArray = np.zeros((lanes, KEPT_BEATS))
        self._shapes = BeatShapes(lanes)
        self._pending = np.zeros((2, 0), np.int64)  # lane and sample of R peaks whose wave is not whole yet

    def reset(self, rows: IntArray) -> None:
        """The next sample of these lanes is their sample 0; what they still owed is dropped."""
        self._signal[rows] = np.nan
        for counter in (self._count, self._born, self._told):
            counter[rows] = 0
        self._shapes.reset(rows)
        self._pending = self._pending[:, ~np.isin(self._pending[0], rows)]

    def push(self, rows: IntArray, samples: FloatArray, peak_lane: IntArray, peak_sample: IntArray) -> Rows:
        """`samples` (len(rows), n) mV, not-a-number where there is none; new R peaks of those lanes, ascending in each,
        which may lie up to `R_PEAK_DELAY_S` back, or beyond the frame's end."""
        both = np.concatenate((self._pending, np.stack((peak_lane, peak_sample))), axis=1)
        self._pending = both[:, np.argsort(both[0], kind="stable")]
        cuts = range(0, samples.shape[1], self._piece)
        return Rows.join([self._push(rows, samples[:, cut : cut + self._piece]) for cut in cuts] or [self._tell(rows)])

    def beats_before(self, lane: IntArray, number: IntArray, count: int) -> tuple[FloatArray, Floats]:
        """Times in seconds (k, count) and waves (k, count, LENGTH) of the `count` beats of each lane before its beat
        `number`, of those that are still kept."""
        at = _flat(lane, number[:, None] + np.arange(-count, 0))
        return _taken(self._position, at) / self.rate_hz, _taken(self._wave, at)

    def _push(self, rows: IntArray, samples: FloatArray) -> Rows:
        length, lanes = samples.shape[1], side_by_side(rows)
        self._signal[lanes, :-length] = self._signal[lanes, length:]
        self._signal[lanes, -length:] = samples
        self._count[rows] += length
        told = []
        while self._paint_some():
            told.append(self._tell(rows, those_that_wait=False))
        return Rows.join([*told, self._tell(rows)])

    def _paint_some(self) -> bool:
        """Paints the pending beats whose wave is whole, a few of each lane; whether there were any."""
        lane, sample = self._pending
        whole = sample + self._painter.last < self._count[lane]
        rank = np.arange(len(lane)) - np.searchsorted(lane, lane)
        now = whole & (rank < BEATS_AT_ONCE)
        if not now.any():
            return False
        self._pending = self._pending[:, ~now]
        lane, sample, rank = lane[now], sample[now], rank[now]
        number = self._born[lane] + rank
        waves = self._painter.paint(self._stretches(lane, sample), sample)
        self._keep(lane, number % KEPT_BEATS, sample, waves)
        self._born += np.bincount(lane, minlength=len(self._born))
        self._learn_shapes(lane, number, rank, waves)
        return True

    def _stretches(self, lane: IntArray, sample: IntArray) -> FloatArray:
        """The newest sample of each lane is the last that is kept; before its first there is none."""
        first = sample + self._painter.first - self._count[lane] + self._signal.shape[1]
        found: FloatArray = self._stretch_at[lane, np.maximum(first, 0)].astype(np.float64)
        found[first < 0] = np.nan
        return found

    def _keep(self, lane: IntArray, slot: IntArray, sample: IntArray, waves: BeatWaves) -> None:
        self._sample[lane, slot] = sample
        self._position[lane, slot] = waves.position
        self._wave[lane, slot] = waves.wave
        self._shape[lane, slot] = waves.shape
        self._measures[lane, slot] = waves.measures
        self._height[lane, slot] = waves.height_mv
        self._spike[lane, slot] = waves.spike
        self._missing[lane, slot] = waves.missing

    def _learn_shapes(self, lane: IntArray, number: IntArray, rank: IntArray, waves: BeatWaves) -> None:
        since = waves.position - self._position[lane, (number - 1) % KEPT_BEATS]
        between = np.clip(since / self.rate_hz, SHORTEST_RR_S, LONGEST_RR_S)
        rr_s = np.where(number > 0, between, np.nan)
        said = self._shapes.learn(lane, rank, waves, rr_s)
        slot = number % KEPT_BEATS
        self._rr_s[lane, slot], self._said[lane, slot] = rr_s, said
        self._commonness[lane, slot] = said[:, COMMONNESS]

    def _tell(self, rows: IntArray, those_that_wait: bool = True) -> Rows:
        """The rows of beats that have all the followers they look at, or whose time to wait for more is over."""
        row, number = runs(self._told[rows], self._born[rows])
        lane = rows[row]
        sample = self._sample[lane, number % KEPT_BEATS]
        ripe = number + FUTURE < self._born[lane]
        if those_that_wait:
            ripe |= sample + round(DELAY_S * self.rate_hz) <= self._count[lane]
        lane, number, sample = lane[ripe], number[ripe], sample[ripe]
        self._told += np.bincount(lane, minlength=len(self._told))
        found = np.full((len(lane), len(beat_features.NAMES)), np.nan, dtype=np.float32)
        plain = np.zeros(len(lane), dtype=np.bool_)
        if len(lane):
            first = len(beat_features.PLAIN_NAMES)
            found[:, :first] = beat_features.columns(beat_features.plain_features(self._beside(lane, number)))
            if self._is_plain is not None:
                plain = self._is_plain(found[:, :first])
            rest = np.flatnonzero(~plain)
            if len(rest):
                found[rest, first:] = self._among_neighbours(lane[rest], number[rest])
        return Rows(lane, sample, found, self._missing[lane, number % KEPT_BEATS], plain)

    def _beside(self, lane: IntArray, number: IntArray) -> Beside:
        who = number[:, None] + np.arange(-2, 3)
        at = _flat(lane, who)
        away = np.abs(_taken(self._position, at) - _taken(self._position, at[:, 2:3]))
        absent = (who < 0) | (who >= self._born[lane, None]) | (away > HORIZON_S * self.rate_hz)
        said, rr_s = _taken(self._said, at), _taken(self._rr_s, at)
        said[absent], rr_s[absent] = np.nan, np.nan
        return Beside(said, rr_s, _taken(self._measures, at[:, 2]), _taken(self._spike, at[:, 2]))

    def _among_neighbours(self, lane: IntArray, number: IntArray) -> Floats:
        near, at = self._neighbours(lane, number)
        named = beat_features.neighbour_features(near) | beat_features.wave_features(near, _taken(self._wave, at))
        return beat_features.columns(named)

    def _neighbours(self, lane: IntArray, number: IntArray) -> tuple[Neighbours, IntArray]:
        """And where their waves are."""
        who = number[:, None] + np.arange(-PAST - 1, FUTURE + 1)
        there = (who >= 0) & (who < self._born[lane, None])
        at = _flat(lane, who)
        present, rr_s = intervals(_taken(self._position, at) / self.rate_hz, there)
        at = at[:, 1:]
        near = Neighbours(
            present=present,
            rr_s=rr_s,
            shape=_taken(self._shape, at),
            height_mv=_taken(self._height, at),
            measures=_taken(self._measures, at),
            commonness=_taken(self._commonness, at),
        )
        return near, at


def _flat(lane: IntArray, number: IntArray) -> IntArray:
    """Where beats `number` (k, n) of `lane` (k,) are in a ring whose first two axes are one."""
    return lane[:, None] * KEPT_BEATS + number % KEPT_BEATS


def _taken(ring: npt.NDArray[Kind], at: IntArray) -> npt.NDArray[Kind]:
    """Much quicker than by two indices."""
    return np.take(ring.reshape(-1, *ring.shape[2:]), at, axis=0)


def _ring(lanes: int, *each: int) -> Floats:
    return np.zeros((lanes, KEPT_BEATS, *each), dtype=np.float32)
