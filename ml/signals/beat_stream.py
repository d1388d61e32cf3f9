"""Beats out of frames: the finder of candidates and the decision joined, for many lanes, and for one.

Lanes carry their state from frame to frame. A lane's results depend only on its samples, never on how they were cut
into frames or on the other lanes (see `filters`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ml.signals.beat_decision import BeatDecision, Rule
from ml.signals.candidate_table import MOST_S
from ml.signals.candidates import CandidateFinder
from ml.signals.filters import FloatArray, IntArray, WaveArray
from ml.signals.qrs_decision import QrsDecision

BACKGROUND_MEMORY_S: Final = 2.0
BEGUN_S: Final = 0.05  # before the end of a recording: of what comes so late only the beginning was seen


@dataclass(frozen=True)
class Beats:
    """Beats found by one push, ordered by lane, then time.

    `position`: where in the signal, in samples from the lane's last reset, with fractions; `sample`: the nearest one.
    """

    lane: IntArray
    position: FloatArray

    @staticmethod
    def join(parts: "list[Beats]") -> "Beats":
        """One after the other in time."""
        if len(parts) == 1:
            return parts[0]
        none = Beats(np.zeros(0, np.int64), np.zeros(0))
        lane = np.concatenate([part.lane for part in (none, *parts)])
        order = np.argsort(lane, kind="stable")
        return Beats(lane[order], np.concatenate([part.position for part in (none, *parts)])[order])

    @property
    def sample(self) -> IntArray:
        return np.asarray(np.rint(self.position), dtype=np.int64)


@dataclass(frozen=True)
class Levels:
    """What quality is judged by, (rows,) each: the usual envelope height of a beat (0 before one was seen), the mean of
    the envelope between beats in units of that, how recent beats resemble each other, the median interval between them,
    and the intervals' mean deviation from it in units of it (likeness and irregularity not-a-number before five beats).
    """

    signal: FloatArray
    background: FloatArray
    likeness: FloatArray
    usual_s: FloatArray
    irregularity: FloatArray
    doubt: FloatArray  # of the recent decisions, 0 to 1


class BeatBank:
    """Several lanes of one kind and rate. Lanes pushed together have frames of one length, a multiple of `step`."""

    _unseen_height = 0.0  # what the background is measured by before a beat was seen

    def __init__(self, finder: CandidateFinder, lanes: int, decision: Rule | QrsDecision) -> None:
        self.rate_hz = finder.rate_hz
        self.step = finder.step
        self.lanes = lanes
        self._finder = finder
        self._decision: BeatDecision | QrsDecision = (
            BeatDecision(finder.envelope_hz, lanes, finder.shape_length, decision)
            if isinstance(decision, Rule)
            else decision
        )
        self._longest = max(1, int(MOST_S * finder.envelope_hz)) * self.step
        self._background: FloatArray = np.zeros(lanes)
        self._all = np.arange(lanes)

    def reset(self, rows: IntArray) -> None:
        """The next sample of these lanes is their sample 0."""
        self._finder.reset(rows)
        self._decision.reset(rows)
        self._background[rows] = 0.0

    def push(self, samples: FloatArray, rows: IntArray | None = None) -> Beats:
        """`samples` (len(rows), n), not-a-number where there is none; `rows`: their lanes, each once, all if None.

        Raises ValueError for a frame that is no multiple of `step`.
        """
        rows = self._all if rows is None else rows
        if samples.ndim != 2 or len(samples) != len(rows) or samples.shape[1] % self.step:
            raise ValueError(f"frame of shape {samples.shape} is not ({len(rows)}, a multiple of {self.step})")
        cuts = range(0, samples.shape[1], self._longest)
        return Beats.join([self._push(samples[:, cut : cut + self._longest], rows) for cut in cuts])

    def _push(self, samples: FloatArray, rows: IntArray) -> Beats:
        found, envelope = self._finder.push(rows, samples)
        self._learn_background(rows, envelope, samples.shape[1] / self.rate_hz)
        beats = self._decision.decide(found, self._finder.known_until(self._all))
        return Beats(beats.lane, np.maximum(self._finder.position_of(beats.fiducial), 0.0))

    def levels(self, rows: IntArray | None = None) -> Levels:
        rows, memory = self._all if rows is None else rows, self._decision.memory
        return Levels(
            signal=memory.signal[rows],
            background=self._background[rows],
            likeness=memory.likeness[rows],
            usual_s=memory.usual_s[rows],
            irregularity=memory.irregularity(rows),
            doubt=self._decision.doubt(rows),
        )

    def _learn_background(self, rows: IntArray, envelope: WaveArray, seconds: float) -> None:
        """The envelope counts no higher than half a beat, so that the beats themselves matter little."""
        signal = self._decision.memory.signal[rows]
        signal = np.where(signal > 0, signal, self._unseen_height)
        mean = np.minimum(envelope, (0.5 * signal).astype(np.float32)).mean(axis=0, dtype=np.float64)
        now = np.divide(mean, signal, out=np.zeros_like(mean), where=signal > 0)
        share = 1.0 - np.exp(-seconds / BACKGROUND_MEMORY_S)
        self._background[rows] += share * (now - self._background[rows])


class BeatStream:
    """One lane. Frames of any length; `push` gives the samples of new beats, counted from the start, ascending."""

    def __init__(self, bank: BeatBank, delay_s: float) -> None:
        self._bank = bank
        self._delay_s = delay_s
        self._rest: FloatArray = np.zeros(0)
        self._last = np.nan
        self._pushed = 0
        self._given = -1

    def push(self, frame: npt.ArrayLike) -> IntArray:
        samples = np.asarray(frame, dtype=np.float64).ravel()
        self._pushed += len(samples)
        return self._advance(samples)

    def flush(self) -> IntArray:
        """The end of the recording: what was still waiting for its look-ahead, but for what had only begun. The stream
        takes no frame afterwards."""
        tail = np.full(round((self._delay_s + 0.2) * self._bank.rate_hz) + self._bank.step, self._last)
        found = self._advance(tail)
        return found[found < self._pushed - BEGUN_S * self._bank.rate_hz]

    def levels(self) -> Levels:
        return self._bank.levels()

    def _advance(self, samples: FloatArray) -> IntArray:
        finite = samples[np.isfinite(samples)]
        if len(finite):
            self._last = float(finite[-1])
        waiting = np.concatenate((self._rest, samples))
        whole = len(waiting) - len(waiting) % self._bank.step
        self._rest = waiting[whole:]
        found = self._bank.push(waiting[None, :whole]).sample
        found = found[np.diff(found, prepend=self._given) > 0]
        if len(found):
            self._given = int(found[-1])
        return found


def find_all(stream: BeatStream, signal: npt.ArrayLike, chunk: int) -> IntArray:
    """Every beat of a whole recording (n,), pushed through `stream` in pieces of `chunk` samples."""
    samples = np.asarray(signal, dtype=np.float64)
    if samples.ndim != 1:
        raise ValueError(f"one lead is (n,), not {samples.shape}")
    found = [stream.push(samples[start : start + chunk]) for start in range(0, len(samples), chunk)]
    return np.concatenate([*found, stream.flush()])
