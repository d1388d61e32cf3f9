"""Beat classes and rhythm beside the R peaks, for the shards of `live`: one bank finds the beats and classes them."""

import math
from typing import Final, NamedTuple

import numpy as np

from ml.signals.beat_stream import Beats
from ml.signals.beats import CLASSES, ClassedBeats
from ml.signals.ecg import RPeakBank
from ml.signals.filters import FloatArray, IntArray
from ml.signals.pacing import MIN_RATE_HZ, PacingRates
from ml.signals.rhythm_bank import RhythmBank
from ml.signals.rhythm_events import Rhythm

RHYTHMS: Final = tuple(Rhythm)


class RhythmUpdate(NamedTuple):
    """`beats`: time and class of each beat that was classed now, at most 10 s after it happened. The others stand as
    of the last of those: None before they can be said. `pacing_per_min`: pacemaker pulses, None where none is seen."""

    beats: tuple[tuple[float, str], ...]
    rhythm: Rhythm
    ventricular_ectopics_per_min: float | None
    fibrillation: float | None
    fibrillation_burden: float | None
    pacing_per_min: float | None = None


class ClassingBank(RPeakBank):
    """An `RPeakBank` that classes what it finds. `updates` tells of the last push."""

    def __init__(self, rate_hz: float, lanes: int) -> None:
        super().__init__(rate_hz, lanes)
        self._rhythm = RhythmBank(rate_hz, lanes)
        self._pacing = PacingRates(rate_hz, lanes) if rate_hz >= MIN_RATE_HZ else None
        self._classed: dict[int, list[tuple[int, str]]] = {}

    def reset(self, rows: IntArray) -> None:
        super().reset(rows)
        self._rhythm.reset(rows)
        if self._pacing is not None:
            self._pacing.reset(rows)

    def push(self, samples: FloatArray, rows: IntArray | None = None) -> Beats:
        found = super().push(samples, rows)
        lanes = self._all if rows is None else rows
        classed = self._rhythm.push(lanes, samples, found.lane, found.sample)
        if self._pacing is not None:
            self._pacing.push(samples, lanes)
        self._classed = _by_lane(classed)
        return found

    def updates(self, lanes: list[tuple[int, float]]) -> list[RhythmUpdate | None]:
        """Of lanes (row, time of sample 0 in epoch seconds); None for one of whose beats none was classed now."""
        told = [each for each in lanes if each[0] in self._classed]
        if not told:
            return [None] * len(lanes)
        state = self._rhythm.state(np.array([row for row, _ in told], dtype=np.int64))
        columns = (
            state.rhythm.tolist(), _said(state.ectopics_per_min), _said(state.fibrillation), _said(state.burden)
        )  # fmt: skip
        found = {}
        for (row, zero_epoch_s), rhythm, ectopics, fibrillation, burden in zip(told, *columns, strict=True):
            beats = tuple([(zero_epoch_s + sample / self.rate_hz, name) for sample, name in self._classed[row]])
            pacing = self._pacing.per_min(row) if self._pacing is not None else None
            found[row] = RhythmUpdate(beats, RHYTHMS[rhythm], ectopics, fibrillation, burden, pacing)
        return [found.get(row) for row, _ in lanes]


def _by_lane(classed: ClassedBeats) -> dict[int, list[tuple[int, str]]]:
    found: dict[int, list[tuple[int, str]]] = {}
    columns = classed.lane.tolist(), classed.sample.tolist(), classed.numbers.tolist()
    for lane, sample, number in zip(*columns, strict=True):
        found.setdefault(lane, []).append((sample, CLASSES[number]))
    return found


def _said(values: FloatArray) -> list[float | None]:
    return [None if math.isnan(value) else value for value in values.tolist()]
