"""What the glimpse and the looks at a candidate read, with the truth beside it: rows out of annotated lanes.

The lanes go through the very detector that is shipped, many at once, with a recorder in its decision.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np
import numpy.typing as npt

from ml.signals.beat_stream import BeatBank
from ml.signals.filters import BoolArray, FloatArray, IntArray, WaveArray
from ml.signals.qrs import QrsCandidates
from ml.signals.qrs_decision import QrsDecision
from ml.signals.qrs_glance import Columns
from ml.signals.qrs_glance import rows_of as rows_of_columns
from ml.signals.qrs_judges import Judge
from ml.training.ecg_lanes import Lane

AT_ONCE: Final = 256
MATCH_S: Final = 0.15
TAIL_S: Final = 1.8  # the last value held on, as at the end of a recording


@dataclass(frozen=True)
class Rows:
    """n candidates: inputs (n, k), whether each is a beat, whose."""

    inputs: WaveArray
    beat: BoolArray
    person: npt.NDArray[np.str_]

    def take(self, which: BoolArray | IntArray) -> "Rows":
        return Rows(self.inputs[which], self.beat[which], self.person[which])

    @staticmethod
    def join(parts: "Sequence[Rows]") -> "Rows":
        parts = [part for part in parts if len(part.beat)]
        return Rows(
            np.concatenate([part.inputs for part in parts]),
            np.concatenate([part.beat for part in parts]),
            np.concatenate([part.person for part in parts]),
        )


class Recorder(QrsDecision):
    """Keeps what each judge read, with the lane and the candidate's place."""

    def __init__(self, finder: QrsCandidates, lanes: int, judges: Sequence[Judge]) -> None:
        super().__init__(finder.envelope_hz, lanes, finder.shape_length, judges)
        self.seen: list[list[tuple[IntArray, IntArray, FloatArray, WaveArray]]] = [[] for _ in judges]

    def _ask(self, judge: int, lane: IntArray, number: IntArray, inputs: Columns) -> WaveArray:
        fiducial = self._table.fiducial[self._table.at(lane, number)]
        self.seen[judge].append((lane, number, fiducial, rows_of_columns(inputs)))
        return super()._ask(judge, lane, number, inputs)


def rows_of(lanes: Iterable[Lane], judge: int, judges: Sequence[Judge]) -> Rows:
    """What one of the judges (0 to 3) read of the candidates in `lanes`."""
    ordered = sorted(lanes, key=_kind)
    parts = []
    for (rate_hz, length), group in groupby(ordered, key=_kind):
        each = list(group)
        for start in range(0, len(each), AT_ONCE):
            parts.append(_rows(each[start : start + AT_ONCE], rate_hz, length, judge, judges))
    return Rows.join(parts)


def _kind(lane: Lane) -> tuple[float, int]:
    return lane.rate_hz, len(lane.signal_mv)


def _rows(lanes: list[Lane], rate_hz: float, length: int, judge: int, judges: Sequence[Judge]) -> Rows:
    finder = QrsCandidates(rate_hz, len(lanes))
    recorder = Recorder(finder, len(lanes), judges)
    bank = BeatBank(finder, len(lanes), recorder)
    signals = np.stack([lane.signal_mv for lane in lanes])
    tail = np.repeat(signals[:, -1:], round(TAIL_S * rate_hz) + bank.step, axis=1)
    whole = np.concatenate((signals, tail), axis=1)
    bank.push(whole[:, : whole.shape[1] - whole.shape[1] % bank.step])
    kept = recorder.seen[judge]
    if not kept:
        return Rows(np.zeros((0, 0), np.float32), np.zeros(0, np.bool_), np.zeros(0, np.str_))
    lane, number, fiducial = (np.concatenate([part[k] for part in kept]) for k in range(3))
    inputs = np.concatenate([part[3] for part in kept])
    order = np.lexsort((number, lane))
    lane, inputs, place = lane[order], inputs[order], finder.position_of(fiducial[order])
    beat, sure = np.zeros(len(lane), np.bool_), (place > 0) & (place < length)
    edges = np.searchsorted(lane, np.arange(len(lanes) + 1))
    for k, one in enumerate(lanes):
        mine = slice(edges[k], edges[k + 1])
        beat[mine] = _is_beat(place[mine], one.beats, MATCH_S * rate_hz)
        for start, end in one.unsure:
            sure[mine] &= (place[mine] < start) | (place[mine] > end)
        reach = MATCH_S * rate_hz
        sure[mine] &= beat[mine] | ((place[mine] > reach) & (place[mine] < length - reach))
    person = np.array([one.person for one in lanes])[lane]
    return Rows(inputs[sure], beat[sure], person[sure])


def _is_beat(place: FloatArray, beats: IntArray, reach: float) -> BoolArray:
    """The candidate nearest to each annotated beat, within reach."""
    found = np.zeros(len(place), np.bool_)
    if not len(place):
        return found
    order = np.argsort(place)
    right = np.clip(np.searchsorted(place[order], beats), 0, len(place) - 1)
    left = np.maximum(right - 1, 0)
    nearer = np.where(np.abs(place[order[left]] - beats) < np.abs(place[order[right]] - beats), left, right)
    nearest = order[nearer]
    within = np.abs(place[nearest] - beats) <= reach
    found[nearest[within]] = True
    return found
